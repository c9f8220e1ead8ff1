"""Joining, leaving, silence, and frames that should not be."""

import json
import random

from sebridge.base.addresses import Eui64
from sebridge.radio.radio import Incoming
from sebridge.settings.simulator_options import HOUSEHOLD, AirOptions, SimulatorOptions
from tests.scenarios.conftest import Home, MakeHome

SWITCH = "00:0d:6f:00:0a:00:00:05"


async def test_all_devices_of_the_house_are_known_and_active(home: Home) -> None:
    records = (await home.result("get_device_information"))["record_list"]

    assert len(records) == 6
    assert all(record["active"] for record in records)
    assert records[0]["node_type"] == 0
    assert home.broker.retained["sebridge/home/device/000d6f000a000005/availability"] == b"online"


async def test_the_network_status_tells_where_we_are(home: Home) -> None:
    status = await home.result("get_zigbee_network_status")

    assert (status["status"], status["channel"]) == (0, 15)


async def test_a_silent_device_becomes_inactive_and_comes_back(home: Home) -> None:
    device = home.household.devices["Water heater switch"]
    topic = "sebridge/home/device/000d6f000a000005/availability"

    await device.stop()
    await home.clock.advance(minutes=20)
    gone = home.broker.retained[topic]
    await device.start()
    await home.clock.advance(minutes=1)

    assert gone == b"offline"
    assert home.broker.retained[topic] == b"online"


async def test_a_removed_device_leaves_no_topic_behind(home: Home) -> None:
    await home.result("remove_device", device_address=SWITCH)
    await home.clock.advance(seconds=30)

    assert not [topic for topic in home.broker.retained if "000d6f000a000005" in topic]
    records = (await home.result("get_device_information"))["record_list"]
    assert SWITCH not in [record["addr_extended"] for record in records]
    unknown = await home.rpc("remove_device", device_address=SWITCH)
    assert unknown["error"]["code"] == -32001


def kept_of_switch(home: Home) -> list[str]:
    return [topic for topic in home.broker.retained if SWITCH.replace(":", "") in topic]


async def test_home_assistant_has_let_go_of_a_device_before_its_topics_are_emptied(
    home: Home,
) -> None:
    before = kept_of_switch(home)
    home.gateway.directory.remove(Eui64.parse(SWITCH))
    at_once = kept_of_switch(home)
    await home.clock.advance(seconds=3)

    announced = "homeassistant/device/sebridge_home_000d6f000a000005/config"
    assert set(before) - set(at_once) == {announced}
    assert at_once
    assert not kept_of_switch(home)


async def test_a_removal_that_a_restart_came_into_is_finished(make_home: MakeHome) -> None:
    first = await make_home()
    await first.result("remove_device", device_address=SWITCH)
    await first.stop()
    left = kept_of_switch(first)
    others = tuple(one for one in HOUSEHOLD if str(one.eui64) != SWITCH)

    second = await make_home(
        kept=first.kept,
        simulator=SimulatorOptions(devices=others, air=AirOptions(delay=0.0)),
        retained=first.broker.retained,
    )

    assert left
    assert not kept_of_switch(second)


async def test_joining_can_be_opened_and_closed(home: Home) -> None:
    await home.result("enable_joining", join_time=60)

    assert home.broker.kept(home.topics.info)["joining_until"] is not None
    await home.result("enable_joining", join_time=0)
    assert home.broker.kept(home.topics.info)["joining_until"] is None


async def test_a_device_shows_itself(home: Home) -> None:
    answer = await home.result(
        "identify",
        destination_address=SWITCH,
        destination_endpoint_id=9,
        source_endpoint_id="0x5E",
        identify_time=15,
    )

    assert answer["identify_time"] == 15
    assert answer["source_address"] == SWITCH


async def test_a_device_that_is_off_gives_a_delivery_error(home: Home) -> None:
    await home.household.devices["Water heater switch"].stop()

    answer = await home.rpc(
        "identify",
        destination_address=SWITCH,
        destination_endpoint_id=9,
        source_endpoint_id="0x5E",
        identify_time=15,
    )

    assert answer["error"]["code"] == -32002


def frame(home: Home, data: bytes, **more: object) -> Incoming:
    source = Eui64.parse(SWITCH)
    known = home.gateway.directory[source]
    plain: dict[str, object] = {
        "source": source,
        "source_nwk": known.nwk,
        "profile_id": 0x0109,
        "cluster_id": 0x0701,
        "source_endpoint": 9,
        "destination_endpoint": 0x5E,
        "data": data,
        "encrypted": True,
    }
    return Incoming(**plain | more)  # type: ignore[arg-type]


async def test_a_frame_in_the_clear_on_a_secured_cluster_is_refused(home: Home) -> None:
    report = bytes.fromhex("010a00" + "05000000" + "02" + "00000000" + "01" + "0080008080ff0001")
    before = len(home.notifications("received_report_event_status"))

    home.gateway.radio_user.received(frame(home, report + bytes(42), encrypted=False))
    await home.clock.advance(seconds=1)

    assert home.gateway.gate.statistics.in_the_clear == 1
    assert len(home.notifications("received_report_event_status")) == before


async def test_junk_is_counted_and_the_bridge_lives_on(home: Home) -> None:
    chance = random.Random(4)

    for _ in range(500):
        junk = chance.randbytes(chance.randrange(0, 90))
        cluster = chance.choice((0, 3, 0x0A, 0x0700, 0x0701, 0x0702, 0x0703, 0x0800, 0xFC00))
        endpoint = chance.choice((0, 1, 9, 0x5E, 0xFF))
        home.gateway.radio_user.received(
            frame(home, junk, cluster_id=cluster, destination_endpoint=endpoint)
        )
    await home.clock.advance(minutes=2)

    assert home.gateway.gate.statistics.malformed > 10
    assert (await home.rpc("get_time"))["status"] == "ok"


async def test_health_counts_what_happened(home: Home) -> None:
    await home.clock.advance(minutes=2)

    health = home.broker.kept(home.topics.health)

    assert health["devices"] == {"known": 5, "active": 5}
    assert health["frames"]["reports"] > 0
    assert health["database_writable"] is True


def shown_as(home: Home) -> tuple[str, str]:
    """Return how the switch is called, by its own topic and in Home Assistant."""
    facts, announced = (
        json.loads(home.broker.retained[topic])
        for topic in kept_of_switch(home)
        if topic.endswith(("/device/000d6f000a000005", "000d6f000a000005/config"))
    )
    if "dev" in facts:
        facts, announced = announced, facts
    return facts["name"], announced["dev"]["name"]


async def test_a_device_is_renamed_everywhere(home: Home) -> None:
    answer = await home.result("rename_device", device_address=SWITCH, name="Boiler")
    await home.clock.advance(seconds=30)
    renamed = shown_as(home)

    without = await home.result("rename_device", device_address=SWITCH, name="")
    await home.clock.advance(seconds=30)

    assert answer == {"device_address": SWITCH, "name": "Boiler"}
    assert renamed == ("Boiler", "Boiler")
    assert without["name"] == shown_as(home)[0] == "load control device"
    refused = await home.rpc("rename_device", device_address=SWITCH, name="x" * 65)
    assert refused["error"]["data"] == {"parameter": "name"}


async def test_a_name_comes_back_with_its_device(home: Home) -> None:
    await home.result("rename_device", device_address=SWITCH, name="Boiler")
    await home.result("remove_device", device_address=SWITCH, keep_settings=True)
    await home.clock.advance(seconds=30)
    gone = kept_of_switch(home)

    await home.result("add_device", device_address=SWITCH)
    await home.clock.advance(seconds=30)

    assert gone == []
    topic = "sebridge/home/device/000d6f000a000005"
    assert json.loads(home.broker.retained[topic])["name"] == "Boiler"
