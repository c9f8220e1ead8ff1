"""Devices get new firmware: from the file on a disk through the air to what people see of it."""

import hashlib
import json
from pathlib import Path
import re
from typing import Any

import jinja2
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ConfigError, RefusedError
from sebridge.features.ota.client import OtaClient
from sebridge.features.ota.records import ImageNotifyRecord, QueryNextImageRecord
from sebridge.network.peer import Peer
from sebridge.radio.radio import Incoming
from sebridge.settings.options import GatewayOptions
from sebridge.settings.ota_options import OtaOptions
from sebridge.settings.simulator_options import (
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from sebridge.transports.mqtt.messages import Message
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import HA_ENDPOINT, HA_PROFILE, OTA_UPGRADE, SE_ENDPOINT, SE_PROFILE
from tests.api.home import (
    METER as API_METER,
    Collections as ApiCollections,
    Home as ApiHome,
    house_security,
)
from tests.features.ota.files import element, file_of
from tests.features.ota.parts import FIRMWARE
from tests.homeassistant.schema import check
from tests.scenarios.conftest import Collections, Home, MakeHome

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")
PLUG = Eui64.parse("00:0d:6f:00:0a:00:00:02")


def device(kind: str, eui64: Eui64, **options: Any) -> SimulatedDeviceOptions:
    firmware = {"firmware": 1, "firmware_type": 7} | options
    return SimulatedDeviceOptions(kind=kind, name=kind, eui64=eui64, options=firmware)


def simulator(*devices: SimulatedDeviceOptions, **air: Any) -> SimulatorOptions:
    return SimulatorOptions(devices=devices, air=AirOptions(**({"delay": 0.0} | air)))


@pytest.fixture
def ota(tmp_path: Path) -> OtaOptions:
    """Return options with a folder in which there is an image of 2,000 octets."""
    (tmp_path / "meter.ota").write_bytes(file_of(contents=element(2_000)))
    return OtaOptions(directory=tmp_path)


def client(home: Home, eui64: Eui64) -> OtaClient:
    return home.household.part_of(eui64, OtaClient, "device with firmware")


async def update_of(home: Home, eui64: Eui64) -> dict[str, Any]:
    found = await home.result("get_firmware_updates", destination_address=str(eui64))
    [update] = found["update_list"]
    return dict(update)


def states(home: Home) -> list[str]:
    told = [item["state"] for item in home.notifications("firmware_update_changed")]
    return list(dict.fromkeys(told))


def of_house(kind: str = "sub_meter", **air: Any) -> SimulatorOptions:
    """Return a house with one device that has firmware."""
    return simulator(device(kind, METER if kind == "meter" else PLUG), **air)


async def refused(home: Home, method: str = "update_firmware", **more: Any) -> str:
    answer = await home.rpc(method, **{"destination_address": str(PLUG)} | more)
    assert answer["status"] == "error", answer
    return str(answer["error"]["message"])


async def test_a_meter_takes_an_image_over_bad_air_and_runs_it(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    house = simulator(device("meter", METER), loss=0.1, duplicates=0.1, seed=3)
    home: Home = await make_home(simulator=house, ota=ota)
    before = await update_of(home, METER)

    begun = await home.result("update_firmware", destination_address=str(METER))
    await home.clock.advance(seconds=1_200)

    after = await update_of(home, METER)
    assert (before["installed_version"], before["latest_version"]) == (1, 2)
    assert begun["state"] in {"waiting", "offered", "downloading"}
    assert (after["installed_version"], after["state"], after["percent"]) == (2, "done", 100)
    assert client(home, METER).file_version == 2
    assert states(home) == ["waiting", "offered", "downloading", "installing", "done"]
    topic = home.topics.at_device(METER, "firmware")
    assert home.broker.kept(topic) == {
        "installed_version": "0x00000002",
        "latest_version": "0x00000002",
        "state": "done",
        "percent": 100,
        "reason": None,
        "notes": None,
    }


async def test_an_update_begins_and_is_run_when_somebody_wants_it(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    home: Home = await make_home(simulator=of_house(), ota=ota)
    start, run = home.now + 600, home.now + 1_800
    await home.result(
        "update_firmware", destination_address=str(PLUG), start_time=start, upgrade_time=run
    )

    seen = []
    for seconds in (595, 10, 600, 1_200):
        await home.clock.advance(seconds=seconds)
        seen.append(((await update_of(home, PLUG))["state"], client(home, PLUG).file_version))

    assert seen == [("scheduled", 1), ("downloading", 1), ("installing", 1), ("done", 2)]


async def test_a_device_holds_its_image_until_it_is_told_to_run_it(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    home: Home = await make_home(simulator=of_house(), ota=ota)
    place = {"destination_address": str(PLUG)}
    await home.result("update_firmware", **place, upgrade_time=0xFFFFFFFF)
    await home.clock.advance(seconds=120)
    held = await update_of(home, PLUG)
    other = await refused(home, file_version=7)

    await home.result("update_firmware", **place)
    await home.clock.advance(seconds=120)

    assert (held["state"], held["percent"]) == ("loaded", 100)
    assert "there is no image of version 0x00000007" in other
    assert (await update_of(home, PLUG))["state"] == "done"
    assert client(home, PLUG).file_version == 2


async def test_each_state_is_told_and_each_ten_per_cent(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    home: Home = await make_home(simulator=of_house(), ota=ota)
    await home.result("update_firmware", destination_address=str(PLUG))
    await home.clock.advance(seconds=30)

    told = home.notifications("firmware_update_changed")

    assert [item["percent"] for item in told if item["state"] == "downloading"] == [
        *(2, 11, 20, 30, 41, 51, 60, 72, 81, 90, 100)
    ]
    assert [item["state"] for item in told if item["state"] != "downloading"] == [
        *("waiting", "offered", "installing", "done")
    ]


async def test_who_is_aborted_takes_nothing_more(make_home: MakeHome, ota: OtaOptions) -> None:
    home: Home = await make_home(simulator=of_house(), ota=ota)
    await home.result("update_firmware", destination_address=str(PLUG))
    await home.clock.advance(seconds=6)
    begun = await update_of(home, PLUG)

    aborted = await home.result("abort_firmware_update", destination_address=str(PLUG))
    await home.clock.advance(seconds=60)

    assert begun["state"] == "downloading"
    assert aborted["state"] == (await update_of(home, PLUG))["state"] == "aborted"
    assert (client(home, PLUG).file_version, client(home, PLUG).contents) == (1, b"")
    assert "no update" in await refused(home, "abort_firmware_update")


async def test_after_a_power_cut_of_the_whole_house_the_update_goes_on(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    kept: Collections = {}
    first: Home = await make_home(kept, of_house(), ota=ota)
    await first.result("update_firmware", destination_address=str(PLUG))
    await first.clock.advance(seconds=6)
    await first.stop()

    home: Home = await make_home(kept, of_house(), ota=ota)
    before = await update_of(home, PLUG)
    await home.clock.advance(hours=1, seconds=90)

    assert before["state"] == "downloading"
    assert (await update_of(home, PLUG))["state"] == "done"


async def test_a_file_that_is_gone_ends_its_update_with_why(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    assert ota.directory is not None
    kept: Collections = {}
    first: Home = await make_home(kept, of_house(), ota=ota)
    await first.result("update_firmware", destination_address=str(PLUG))
    await first.clock.advance(seconds=6)
    await first.stop()
    (ota.directory / "meter.ota").write_bytes(file_of(contents=element(1_999)))

    home: Home = await make_home(kept, of_house(), ota=ota)
    update = await update_of(home, PLUG)

    assert update["state"] == "failed"
    assert update["reason"] == "the file meter.ota is not there any more, or was changed"
    assert update["latest_version"] == 2  # that file would do as well


async def test_what_cannot_be_is_refused_with_why(
    make_home: MakeHome, ota: OtaOptions, tmp_path: Path
) -> None:
    house = simulator(
        device("sub_meter", PLUG, firmware=2), device("display", METER, firmware=None)
    )
    home: Home = await make_home(simulator=house, ota=ota)
    (tmp_path / "old.ota").write_bytes(file_of(file_version=1))
    (tmp_path / "other.ota").write_bytes(file_of(file_version=9, maker=1))
    (tmp_path / "notes.txt").write_text("no image")

    listed = await home.result("list_firmware_images")

    assert [image["name"] for image in listed["image_list"]] == [
        "meter.ota",
        "old.ota",
        "other.ota",
    ]
    assert listed["image_list"][0] == {
        "name": "meter.ota",
        "manufacturer_code": 0x1234,
        "image_type": 7,
        "file_version": 2,
        "image_size": 2_062,
        "header_text": "meter firmware",
    }
    assert listed["refused_list"] == [
        {"name": "notes.txt", "reason": "the file ends within its header"}
    ]
    assert "no newer image" in await refused(home)
    assert "the device runs it already" in await refused(home, file_version=2)
    assert "older than 0x00000002" in await refused(home, file_version=1)
    assert "it is of manufacturer 0x0001" in await refused(home, file_version=9)
    assert "takes no firmware" in await refused(home, destination_address=str(METER))
    assert "not known" in await refused(home, destination_address="00:00:00:00:00:00:00:09")
    older = await home.result(
        "update_firmware", destination_address=str(PLUG), file_version=1, downgrade=True
    )
    await home.clock.advance(seconds=120)
    assert older["latest_version"] == 1
    assert client(home, PLUG).file_version == 1


async def test_a_device_that_tells_nothing_by_itself_is_had_ask(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    silent = device("sub_meter", PLUG, firmware_silent=True, firmware_hardware=3)
    home: Home = await make_home(simulator=simulator(silent), ota=ota)
    home.kept["device_firmware"].clear()  # as while none of its answers has come

    reason = await refused(home)
    await home.clock.advance(seconds=60)

    assert "has not told yet" in reason
    assert home.kept["device_firmware"][PLUG].hardware_version == 3
    assert (await update_of(home, PLUG))["latest_version"] == 2


async def test_an_image_may_be_for_one_model_which_is_known_later(
    make_home: MakeHome, ota: OtaOptions, tmp_path: Path
) -> None:
    index = tmp_path / "index.json"
    digest = hashlib.sha3_256((tmp_path / "meter.ota").read_bytes()).hexdigest()
    named = {
        "manufacturer_id": 0x1234,
        "image_type": 7,
        "file_version": 2,
        "checksum": f"sha3-256:{digest}",
        "path": "meter.ota",
        "model_names": ["HA plug (sub_meter)"],
        "changelog": "Counts better.",
    }
    index.write_text(json.dumps({"firmwares": [named]}))

    home: Home = await make_home(simulator=of_house(), ota=OtaOptions(index=index))

    kept = home.broker.kept(home.topics.at_device(PLUG, "firmware"))
    assert (kept["latest_version"], kept["notes"]) == ("0x00000002", "Counts better.")


async def test_a_meter_with_a_certificate_tells_its_firmware_when_it_has_its_key(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    security = house_security(ApiCollections())
    home: Home = await make_home(simulator=of_house("meter"), ota=ota, security=security)
    await home.clock.advance(seconds=120)

    assert (await update_of(home, METER))["installed_version"] == 1


async def test_without_images_nothing_is_offered(make_home: MakeHome) -> None:
    home: Home = await make_home(simulator=of_house())

    assert "neither ota.directory nor ota.index is set" in await refused(home)
    assert (await update_of(home, PLUG))["latest_version"] == 1


async def test_home_assistant_has_an_update_and_installs_it(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    home: Home = await make_home(simulator=of_house(), ota=ota)
    announced = home.broker.kept("homeassistant/device/sebridge_home_000d6f000a000002/config")
    [update] = [part for part in announced["cmps"].values() if part["p"] == "update"]
    states = [json.loads(rendered(update["val_tpl"], home.broker.kept(update["stat_t"])))]

    home.broker.deliver(Message(update["cmd_t"], update["pl_inst"].encode()))
    for seconds in (6, 120):
        await home.clock.advance(seconds=seconds)
        states.append(json.loads(rendered(update["val_tpl"], home.broker.kept(update["stat_t"]))))

    assert not check(announced)
    assert (update["name"], update["dev_cla"]) == ("Firmware", "firmware")
    assert states[0] == {
        "installed_version": "0x00000001",
        "latest_version": "0x00000002",
        "in_progress": False,
        "update_percentage": None,
        "release_summary": "",
    }
    assert states[1]["in_progress"]
    assert 0 < states[1]["update_percentage"] < 100
    assert states[2]["installed_version"] == "0x00000002"
    assert not states[2]["in_progress"]


async def test_of_a_removed_device_nothing_is_kept(make_home: MakeHome, ota: OtaOptions) -> None:
    home: Home = await make_home(simulator=of_house(), ota=ota)
    await home.result("update_firmware", destination_address=str(PLUG))

    await home.result("remove_device", device_address=str(PLUG))
    await home.clock.advance(seconds=60)

    assert home.kept["firmware_updates"] == {}
    assert "state" not in await update_of(home, PLUG)  # it has come back, as a stranger


async def test_of_a_device_that_nobody_knows_any_more_nothing_is_told(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    kept: Collections = {"device_firmware": {PLUG: FIRMWARE}}

    home: Home = await make_home(kept, simulator(), ota=ota)

    assert (await home.result("get_firmware_updates"))["update_list"] == []
    assert home.topics.at_device(PLUG, "firmware") not in home.broker.retained


async def test_a_notice_to_everybody_is_believed_no_more_than_one_to_a_device(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    """Smart Energy encrypts the cluster, which a broadcast cannot be: its devices let it be."""
    house = simulator(
        device("meter", METER, firmware_hardware=3), device("sub_meter", PLUG, firmware_hardware=3)
    )
    home: Home = await make_home(simulator=house, ota=ota)
    notice = ImageNotifyRecord(payload_type=0, query_jitter=100)
    everybody = Peer(Eui64.parse("00:00:00:00:00:00:FF:FF"), 0xFF, HA_PROFILE)
    frame = Frame(0x00, 0, notice.serialize(), cluster_specific=True, from_server=True)
    exchange = home.gateway.router.exchange

    await exchange.tell(everybody, HA_PROFILE, OTA_UPGRADE, HA_ENDPOINT, frame)
    with pytest.raises(RefusedError, match="which a broadcast cannot have"):
        await exchange.tell(everybody, SE_PROFILE, OTA_UPGRADE, SE_ENDPOINT, frame)
    await home.clock.advance(seconds=5)

    told = home.kept["device_firmware"]
    assert (told[PLUG].hardware_version, told[METER].hardware_version) == (3, None)


async def test_what_a_meter_asks_in_the_clear_is_not_answered(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    home: Home = await make_home(simulator=of_house("meter"), ota=ota)
    await home.result("update_firmware", destination_address=str(METER), start_time=home.now + 60)
    query = QueryNextImageRecord(manufacturer_code=0x1234, image_type=7, file_version=2)
    frame = Frame(0x01, 7, query.serialize(), cluster_specific=True)

    for profile, endpoint in ((SE_PROFILE, SE_ENDPOINT), (HA_PROFILE, HA_ENDPOINT)):
        forged = Incoming(
            METER,
            home.gateway.directory.nwk_of(METER) or 0,
            profile_id=profile,
            cluster_id=OTA_UPGRADE,
            source_endpoint=9,
            destination_endpoint=endpoint,
            data=frame.serialize(),
        )
        home.gateway.radio_user.received(forged)
    await home.clock.advance(seconds=1)

    assert home.gateway.gate.statistics.in_the_clear == 2
    assert (await update_of(home, METER))["state"] == "scheduled"


async def test_a_display_has_no_firmware_for_others(clock: VirtualClock) -> None:
    shown = ApiHome(clock, (), gateway=GatewayOptions(role="display"))

    refusal = await shown.refused("list_firmware_images")

    assert refusal.message == "a display has no firmware for others"


@pytest.mark.parametrize(
    ("option", "value", "limits"),
    [
        ("firmware", -1, "0..0xFFFFFFFE, or null"),
        ("firmware_type", 65_536, "0..65535"),
        ("firmware_hardware", -1, "0..65535"),
    ],
)
def test_an_option_beyond_its_limits_is_named(
    clock: VirtualClock, option: str, value: int, limits: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(limits)):
        ApiHome(clock, [API_METER], meter={"firmware": 1, option: value})


def rendered(template: str, value: Any) -> str:
    """Return what Home Assistant makes of a template."""
    environment = jinja2.Environment(autoescape=False)  # it makes JSON
    environment.filters["to_json"] = json.dumps
    return environment.from_string(template).render(value_json=value)
