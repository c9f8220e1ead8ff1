"""Our radio on ZNP, as zigpy-znp drives it: a stick that resets itself, endpoints that come later.

Real time passes here only because the driver has no other.
"""

import asyncio
from collections.abc import AsyncIterator
from secrets import SystemRandom

import pytest

from sebridge.base.addresses import Group
from sebridge.base.clock import SystemClock
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import GroupMember, Outgoing
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.options import RadioOptions
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.modules.znp.device_commands import MOST_GROUPS
from sebridge.simulator.modules.znp.module import ZnpModule
from sebridge.zcl.zdo import SimpleDescriptor
from tests.integration.emulated_sticks import Drawers
from tests.patience import PATIENCE, until
from tests.radio.simulated_air import (
    HA_ENDPOINT,
    METER,
    METER_ENDPOINT,
    METERING,
    SE,
    SE_ENDPOINT,
    Ears,
)

MIRROR = SimpleDescriptor(
    endpoint=0x0B, profile_id=SE, device_id=0x0502, input_clusters=(METERING,)
)


class Wire:
    """The module, its port, our radio, and a meter."""

    def __init__(self) -> None:
        clock = SystemClock()
        self.ether = Ether(clock, AirOptions(delay=0))
        drawers, bus = Drawers(), SignalBus(strict=True)
        self.module = ZnpModule(
            self.ether, drawers("items", None, None), clock=clock, seed=SystemRandom(), bus=bus
        )
        self.port = ModulePort(self.module, "127.0.0.1", 0)
        self.ears, self.meter_ears = Ears(), Ears()
        self.meter = SimulatedRadio(self.ether, METER, WELL_KNOWN_KEY, [METER_ENDPOINT], {})
        self._clock = clock

    async def start(self) -> None:
        await self.port.start()
        path = f"socket://127.0.0.1:{self.port.port}"
        options = RadioOptions(type="znp", path=path, channel=15)
        self.radio = make_radio(
            options, [SE_ENDPOINT, HA_ENDPOINT], {}, self._clock, NetworkGuard({})
        )
        await self.radio.start(self.ears)

    async def stop(self) -> None:
        await self.meter.stop()
        await self.radio.stop()
        await self.port.stop()
        await self.module.stop()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    wire = Wire()
    await wire.start()
    yield wire
    await wire.stop()


async def test_a_stick_that_resets_itself_is_lost_with_the_reason_and_can_be_started_again(
    wire: Wire,
) -> None:
    before = wire.radio.network
    assert before.joined

    wire.module.restart()
    await until(lambda: bool(wire.ears.reasons))

    assert str(wire.ears.reasons[0]) == "the stick was reset"
    assert not wire.radio.network.joined
    await wire.radio.start(wire.ears)
    assert wire.radio.network.extended_pan_id == before.extended_pan_id
    assert len(wire.ears.reasons) == 1


async def test_giving_up_the_network_is_no_loss(wire: Wire) -> None:
    await wire.radio.leave()

    assert wire.ears.reasons == []


async def test_an_endpoint_that_comes_later_hears_and_speaks_its_profile(wire: Wire) -> None:
    frames: list[AirFrame] = []
    wire.radio.offer([SE_ENDPOINT, HA_ENDPOINT, MIRROR])
    await wire.radio.permit_joining(60)
    await wire.meter.start(wire.meter_ears)
    await until(lambda: (METER, wire.meter.network.nwk) in wire.ears.arrivals)
    wire.ether.watch(frames.append)

    async with asyncio.timeout(PATIENCE):
        while not wire.ears.zcl():  # the stick is told of the endpoint meanwhile
            await wire.meter.send(
                Outgoing(CHIP, SE, METERING, 0x0A, MIRROR.endpoint, b"\x18\x01\x0a")
            )
            await asyncio.sleep(0.05)
    await wire.radio.send(Outgoing(METER, SE, METERING, MIRROR.endpoint, 0x0A, b"\x18\x02\x0b"))

    heard = wire.ears.zcl()[0]
    assert (heard.profile_id, heard.destination_endpoint) == (SE, MIRROR.endpoint)
    assert [f.source_endpoint for f in frames if f.source == CHIP] == [MIRROR.endpoint]


async def test_what_is_sent_to_a_group_is_heard_once_while_we_are_in_it(wire: Wire) -> None:
    wire.radio.offer([SE_ENDPOINT, HA_ENDPOINT, MIRROR])
    await wire.radio.permit_joining(60)
    await wire.meter.start(wire.meter_ears)
    await until(lambda: (METER, wire.meter.network.nwk) in wire.ears.arrivals)
    ours = (SE_ENDPOINT.endpoint, MIRROR.endpoint)  # of one profile

    wire.radio.hear_groups({GroupMember(endpoint, group) for endpoint in ours for group in (7, 8)})
    wire.radio.hear_groups({GroupMember(endpoint, group) for endpoint in ours for group in (8, 9)})
    await until(lambda: {group for _, group in wire.module.members} == {8, 9})
    for group in (7, 8, 9):
        told = Outgoing(Group(group), SE, METERING, 0x0A, 0xFF, bytes((0x18, group, 0x0A)))
        await wire.meter.send(told)
    await until(lambda: len(wire.ears.zcl()) >= 2)

    assert [(frame.group, frame.broadcast) for frame in wire.ears.zcl()] == [(8, True), (9, True)]


async def test_a_group_for_which_the_stick_has_no_room_is_named(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    wire.radio.hear_groups(
        GroupMember(SE_ENDPOINT.endpoint, group) for group in range(1, MOST_GROUPS + 2)
    )
    await until(lambda: "no room for the group" in caplog.text)

    assert {group for _, group in wire.module.members} == set(range(1, MOST_GROUPS + 1))
    assert f"no room for the group 0x{MOST_GROUPS + 1:04X}" in caplog.text
