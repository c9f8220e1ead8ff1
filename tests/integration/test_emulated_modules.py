"""The emulated modules under drivers that are not ours, those of zigpy, in a whole bridge.

Real time passes here only because the drivers have no other.
"""

from collections.abc import AsyncIterator, Callable
from itertools import chain
import json
import logging
from pathlib import Path
from typing import Any

from bellows.zigbee.application import ControllerApplication as EzspDriver
import pytest
from zigpy_znp.zigbee.application import ControllerApplication as ZnpDriver

from sebridge.app.emulated_stick import EmulatedSticks
from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.radio.factory import zigpy_config
from sebridge.radio.zigpy_words import key_to_zigpy, to_zigpy
from sebridge.settings.config import read
from sebridge.settings.options import RadioOptions
from sebridge.simulator.household import link_key_of
from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION, VERSIONS
from tests.integration.bridges import ROOT, Caller, configuration
from tests.integration.brokers import Listener, Mosquitto
from tests.integration.emulated_sticks import drawers_of_used, make_stick, proves
from tests.integration.serial_cable import serial_cable
from tests.integration.steady_clock import SteadyClock, ticking
from tests.patience import until
from tests.ports import unused_port

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")
PLUG = Eui64.parse("00:0d:6f:00:0a:00:00:02")
DISPLAY = Eui64.parse("00:0d:6f:00:0a:00:00:03")
DEVICES = {
    "Meter": ("meter", METER),
    "Plug": ("sub_meter", PLUG),
    "Display": ("display", DISPLAY),
}
MODELS = {"znp": "CC2652", "ezsp": "emulated NCP", "xbee": "XBee"}
EZSP = [f"ezsp {version}" for version in VERSIONS]
USUAL = ["znp", f"ezsp {USUAL_VERSION}", "xbee zb", "xbee se"]
ALL = ["znp", *EZSP, "xbee zb", "xbee se"]
_SPEED = 5
_HASTE = 25
"""How fast time passes where minutes are waited for."""
_JOIN_TIME = 240

MakeBridge = Callable[..., Process]


@pytest.fixture
async def clock() -> AsyncIterator[SteadyClock]:
    async with ticking(SteadyClock(_SPEED)) as clock:
        yield clock


@pytest.fixture(params=USUAL)
def module(request: pytest.FixtureRequest) -> str:
    """Return the kind of module, and which version of EZSP it speaks or firmware it has."""
    return str(request.param)


@pytest.fixture
def kind(module: str) -> str:
    """Return the kind of module."""
    return module.partition(" ")[0]


@pytest.fixture
def stick_again(module: str, clock: SteadyClock, tmp_path: Path) -> Callable[[], EmulatedSticks]:
    """Return a way to plug the stick in again: on the same port, with what it has kept."""
    drawers, port = drawers_of_used(), unused_port()
    certificates = tmp_path / "certificates.txt"
    return lambda: make_stick(module, clock, DEVICES, certificates, drawers, port)


@pytest.fixture
async def stick(stick_again: Callable[[], EmulatedSticks]) -> AsyncIterator[EmulatedSticks]:
    stick = stick_again()
    await stick.start()
    yield stick
    await stick.stop()


@pytest.fixture
def listener(mosquitto: Mosquitto, listening: Callable[..., Listener]) -> Listener:
    return listening(mosquitto.port, f"{ROOT}/#")


@pytest.fixture
def make_bridge(
    module: str, stick: EmulatedSticks, clock: SteadyClock, mosquitto: Mosquitto, tmp_path: Path
) -> MakeBridge:
    """Return a way to make bridges on the stick, at its TCP port or another; with one database."""
    kind = module.partition(" ")[0]
    certificates = None if kind == "xbee" else str(tmp_path / "certificates.txt")

    def make(path: str = stick.sticks[0].path) -> Process:
        file = configuration(
            tmp_path / "bridge",
            {"port": mosquitto.port},
            radio={"type": kind, "path": path, "channel": 15},
            security={"certificate_store": certificates},
        )
        options = read(file.read_text(), file.parent, {})
        return Process(options, clock=clock, compute=clock.compute)

    return make


@pytest.fixture
async def bridge(
    module: str, make_bridge: MakeBridge, stick: EmulatedSticks
) -> AsyncIterator[Process]:
    """Return a bridge whose devices have joined, with the keys that are due."""
    bridge = make_bridge()
    await bridge.start()
    await until(lambda: bridge.link.published > 0)
    await let_in(module, bridge, stick)
    yield bridge
    await bridge.stop()


async def let_in(module: str, bridge: Process, stick: EmulatedSticks) -> None:
    """Wait until all devices have joined, and have the keys that are due."""
    for device in (METER, DISPLAY):
        await bridge.gateway.manager.add(device, link_key_of(device), _JOIN_TIME)
    await bridge.gateway.trust_center.open(_JOIN_TIME)  # to those without a key, too
    await until(lambda: all(at_home(bridge, device) for device in (METER, PLUG, DISPLAY)))
    await until(lambda: all(is_due(module, bridge, stick, dev) for dev in (METER, DISPLAY)))


def at_home(bridge: Process, device: Eui64) -> bool:
    directory = bridge.gateway.directory
    return directory.is_active(device) and directory[device].is_complete


def is_due(module: str, bridge: Process, stick: EmulatedSticks, device: Eui64) -> bool:
    """Say whether the link key with a device is as it should be: established, by whom it can."""
    network = stick.ether.network
    assert network is not None
    by_bridge = bridge.gateway.trust_center.is_established(device)
    on_air = network.ring.is_established(device)
    if module.partition(" ")[0] == "xbee":
        return not by_bridge and on_air == proves(module) and device in network.link_keys
    return by_bridge and on_air


def readings(listener: Listener, device: Eui64) -> list[dict[str, Any]]:
    """Return what a meter has shown so far."""
    begin = f"{ROOT}/device/{int(device):016x}/"
    return [
        json.loads(payload)
        for topic, payload, retained in listener.heard
        if topic.startswith(begin) and topic.endswith("/metering") and not retained
    ]


@pytest.mark.parametrize("module", ALL, indirect=True)
async def test_meters_of_both_profiles_join_and_report_and_a_price_reaches_the_display(
    module: str, kind: str, bridge: Process, stick: EmulatedSticks, listener: Listener
) -> None:
    await until(lambda: len(readings(listener, METER)) > 1)
    await until(lambda: readings(listener, PLUG))
    display = stick.household.find(PriceOnDisplay)["Display"]
    caller = Caller(listener)

    price = {"issuer_event_id": 7, "price": 25, "duration_in_minutes": 60}
    answer = await caller.rpc("create_price_event", record=price)

    assert "result" in answer
    await until(lambda: display.price is not None)
    network = bridge.gateway.radio.network
    assert (network.kind, network.model) == (kind, MODELS[kind])
    told = await bridge.gateway.survey.take()
    silent = [network.address] if module == "xbee se" else []  # which leaves that to its host
    assert [one.address for one in told.unheard] == silent
    heard_by = {one.from_address for one in told.links if one.to_address == METER}
    assert heard_by | set(silent) == {network.address, PLUG, DISPLAY}


@pytest.mark.parametrize("module", ALL, indirect=True)
async def test_a_bridge_that_starts_again_finds_its_network_its_devices_and_their_keys(
    module: str,
    bridge: Process,
    stick: EmulatedSticks,
    make_bridge: MakeBridge,
    listener: Listener,
) -> None:
    before = bridge.gateway.radio.network
    await bridge.stop()
    heard = len(readings(listener, METER))

    again = make_bridge()
    await again.start()

    after = again.gateway.radio.network
    assert (after.pan_id, after.channel) == (before.pan_id, before.channel)
    assert after.extended_pan_id == before.extended_pan_id
    await until(lambda: len(readings(listener, METER)) > heard + 1)
    assert is_due(module, again, stick, METER)
    await again.stop()


async def test_a_stick_that_was_unplugged_comes_back_with_its_network_and_the_house(
    module: str,
    bridge: Process,
    stick: EmulatedSticks,
    stick_again: Callable[[], EmulatedSticks],
    listener: Listener,
    clock: SteadyClock,
) -> None:
    before = bridge.gateway.radio.network
    await stick.stop()
    await until(lambda: not bridge.gateway.radio.network.joined)
    heard = len(readings(listener, METER))

    again = stick_again()
    await again.start()

    await until(lambda: bridge.gateway.radio.network.joined)
    assert bridge.gateway.radio.network.pan_id == before.pan_id
    # the house was made anew as well: where its meter had been asked for reports, it has forgotten,
    # and is read when the first is overdue
    clock.speed = _HASTE
    await until(lambda: len(readings(listener, METER)) > heard)
    assert is_due(module, bridge, again, METER)
    await bridge.stop()
    await again.stop()


@pytest.mark.parametrize("module", ["znp", *EZSP, "xbee zb"], indirect=True)
async def test_the_house_follows_the_stick_to_another_channel_and_both_stay_there(
    bridge: Process,
    stick: EmulatedSticks,
    make_bridge: MakeBridge,
    listener: Listener,
) -> None:
    answer = await Caller(listener).rpc("change_channel", channel=24)

    assert answer["result"] == {"old_channel": 15, "channel": 24}
    assert stick.ether.network is not None
    assert stick.ether.network.info.channel == bridge.gateway.radio.network.channel == 24
    heard = len(readings(listener, METER))
    await until(lambda: len(readings(listener, METER)) > heard + 1)
    await bridge.stop()

    again = make_bridge()  # by the configuration, in which there is channel 15
    await again.start()

    assert again.gateway.radio.network.channel == 24
    heard = len(readings(listener, METER))
    await until(lambda: len(readings(listener, METER)) > heard)
    await again.stop()


@pytest.mark.parametrize("module", ["znp", *EZSP, "xbee zb"], indirect=True)
async def test_the_house_and_the_stick_go_on_with_another_network_key(
    module: str,
    bridge: Process,
    stick: EmulatedSticks,
    make_bridge: MakeBridge,
    listener: Listener,
) -> None:
    assert stick.ether.network is not None
    before = stick.ether.network.network_key

    answer = await Caller(listener).rpc("change_network_key")

    assert answer["result"] == ({} if module.startswith("xbee") else {"key_sequence_number": 1})
    assert stick.ether.network.network_key != before
    heard = len(readings(listener, METER))
    await until(lambda: len(readings(listener, METER)) > heard + 1)
    await bridge.stop()

    again = make_bridge()
    await again.start()

    heard = len(readings(listener, METER))
    await until(lambda: len(readings(listener, METER)) > heard)
    await again.stop()


@pytest.mark.parametrize("module", ["znp"], indirect=True)
async def test_a_backup_by_the_driver_has_the_devices_and_their_keys(
    bridge: Process, stick: EmulatedSticks
) -> None:
    network = bridge.gateway.radio.network
    kept = bridge.gateway.trust_center.established(METER)
    assert kept is not None
    await bridge.stop()
    path = stick.sticks[0].path
    driver = ZnpDriver(zigpy_config(RadioOptions(type="znp"), path))

    await driver.connect()
    await driver.load_network_info(load_devices=True)
    await driver.disconnect()

    info = driver.state.network_info
    assert (info.pan_id, info.channel) == (network.pan_id, network.channel)
    keys = {key.partner_ieee: key.key for key in info.key_table}
    assert keys[to_zigpy(METER)] == key_to_zigpy(kept.key)
    assert {to_zigpy(PLUG), to_zigpy(DISPLAY)} <= set(info.nwk_addresses)


async def test_who_comes_without_its_key_stays_outside(
    make_bridge: MakeBridge, stick: EmulatedSticks
) -> None:
    bridge = make_bridge()
    await bridge.start()

    await bridge.gateway.trust_center.open(_JOIN_TIME)
    await until(lambda: at_home(bridge, PLUG))

    assert not stick.household.devices["Meter"].is_joined
    assert METER not in bridge.gateway.directory
    await bridge.stop()


# ------------------------------------------------------------------ keys, searched by key_search


LIBRARIES = {
    "zigpy.application": [],
    "zigpy_znp": ["zigpy_znp.api", "zigpy_znp.uart", "zigpy_znp.nvram"],
    "bellows": ["bellows.ash", "bellows.ezsp", "bellows.ezsp.protocol", "bellows.uart"],
    "zigpy_xbee": ["zigpy_xbee.api", "zigpy_xbee.uart"],
    "serialx": ["serialx.descriptor_transport"],
}
"""What writes keys into its log, and those of its loggers that do."""
DRIVERS = {"znp": ZnpDriver, "ezsp": EzspDriver}


@pytest.mark.parametrize("module", ALL, indirect=True)
async def test_no_key_is_logged_by_the_serial_port_at_any_level_of_any_logger(
    module: str,
    stick: EmulatedSticks,
    make_bridge: MakeBridge,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("zigpy", *LIBRARIES, *chain(*LIBRARIES.values())):
        caplog.set_level(1, name)

    with serial_cable(stick.sticks[0].port.port) as path:
        bridge = make_bridge(path)
        await bridge.start()
        await let_in(module, bridge, stick)
        await bridge.stop()

    assert {"zigpy", "sebridge"} <= {one.name.partition(".")[0] for one in caplog.records}


@pytest.mark.tells_keys("Captured log call")
@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("znp", "zigpy.application"),
        ("znp", "zigpy_znp"),
        ("znp", "serialx"),
        ("ezsp 13", "bellows"),
    ],
    indirect=["module"],
)
async def test_a_library_that_nobody_holds_back_tells_keys(
    kind: str, library: str, stick: EmulatedSticks, caplog: pytest.LogCaptureFixture
) -> None:
    for name in LIBRARIES:
        caplog.set_level(logging.DEBUG if name == library else logging.INFO, name)

    with serial_cable(stick.sticks[0].port.port) as path:
        driver = DRIVERS[kind](zigpy_config(RadioOptions(type=kind), path))
        await driver.startup(auto_form=True)
        await driver.shutdown()

    assert logging.getLogger(library).level == logging.DEBUG
