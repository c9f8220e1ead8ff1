"""Routers are asked for their tables, one at a time and not for long; the silent are named."""

import asyncio
from collections.abc import AsyncIterator
import struct

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import RefusedError
from sebridge.base.signals import SignalBus
from sebridge.network.directory import Directory
from sebridge.network.manager import DeviceManager
from sebridge.network.network_survey import LONGEST_SURVEY, MOST_QUESTIONS, NetworkSurvey
from sebridge.network.remote_bindings import RemoteBindings
from sebridge.network.trust_center import TrustCenter
from sebridge.radio.radio import NetworkState
from sebridge.radio.zdo_server import MAINS_POWERED, node_descriptor
from sebridge.zcl.zdo import LogicalType, ZdoCommand
from tests.network.air import Air, Station, address

OWN = 0x99
NEIGHBORS, ROUTES = ZdoCommand.Mgmt_Lqi_req, ZdoCommand.Mgmt_Rtg_req
BINDINGS = ZdoCommand.Mgmt_Bind_req


def table(number: int, *, of: int = 1) -> bytes:
    """Return an answer with one neighbour, which says that there are so many."""
    entry = struct.pack(
        "<8s8sHBBBB", bytes(8), bytes(address(number)), 0x1000 + number, 1, 2, 1, 99
    )
    return bytes((0, of, 0, 1)) + entry


class House:
    """A gateway which is a station of its own air, and routers that have been interviewed."""

    def __init__(self, directory: Directory, clock: VirtualClock, bus: SignalBus) -> None:
        self.air = Air(Station(OWN))
        self.clock = clock
        self.trust = TrustCenter(self.air, {}, clock, bus, lambda: False)
        self.manager = DeviceManager(self.air, directory, self.trust, clock)
        self.air.deliver = self.manager.seen
        bindings = RemoteBindings(self.manager.zdo, lambda: address(OWN), {}, bus)
        self.survey = NetworkSurvey(self.manager.zdo, directory, bindings, clock, self._own, "home")

    def _own(self) -> NetworkState:
        return NetworkState(
            joined=True,
            address=address(OWN),
            nwk=0,
            pan_id=1,
            extended_pan_id=Eui64(1),
            channel=11,
            kind="simulated",
            node=node_descriptor(LogicalType.COORDINATOR),
            power=MAINS_POWERED,
        )

    async def know(self, number: int, *, sleepy: bool = False) -> Station:
        station = self.air.add(Station(number, sleepy=sleepy))
        self.manager.seen(station.frame())
        await self.clock.settle()
        station.asked.clear()
        return station


@pytest.fixture
async def house(directory: Directory, clock: VirtualClock, bus: SignalBus) -> AsyncIterator[House]:
    house = House(directory, clock, bus)
    yield house
    await house.manager.stop()
    await house.trust.stop()


async def test_a_table_is_read_to_its_end(house: House) -> None:
    router = await house.know(1)
    router.answers = {NEIGHBORS: table(2, of=2), ROUTES: b"\0\0\0\0"}

    told = await house.survey.take()

    assert router.asked == [NEIGHBORS, NEIGHBORS, ROUTES, BINDINGS]
    assert [(one.from_address, one.to_address) for one in told.links] == [(address(1), address(2))]
    assert (told.nodes[0].name, told.nodes[0].kind) == ("home", "coordinator")
    assert [one.address for one in told.unheard] == [address(OWN)]  # it tells no tables
    assert "refused Mgmt_Lqi_req with status 0x84" in told.unheard[0].reason


async def test_end_devices_and_who_is_offline_are_not_asked(
    house: House, directory: Directory
) -> None:
    sleepy = await house.know(1, sleepy=True)
    gone = await house.know(2)
    directory.deactivate(address(2))

    told = await house.survey.take()

    assert (sleepy.asked, gone.asked) == ([], [])
    assert [one.reason for one in told.unheard if one.address == address(2)] == [
        f"{address(2)} is offline, and was not asked"
    ]


async def test_one_silent_router_takes_only_a_moment(house: House, clock: VirtualClock) -> None:
    silent = await house.know(1)
    silent.falls_silent()
    begun = clock.monotonic()
    survey = asyncio.create_task(house.survey.take())

    await clock.advance(seconds=6)

    told = await survey
    assert clock.monotonic() - begun == 6
    assert told.unheard[-1].reason == f"{address(1)} did not answer Mgmt_Lqi_req"


async def test_neighbors_are_shown_where_routes_are_not_told(house: House) -> None:
    router = await house.know(1)
    router.answers = {NEIGHBORS: table(2)}

    told = await house.survey.take()

    assert len(told.links) == 1
    assert "Mgmt_Rtg_req" in told.unheard[-1].reason


async def test_a_table_without_an_end_is_left(house: House) -> None:
    router = await house.know(1)
    router.answers = {NEIGHBORS: table(2, of=255), ROUTES: b"\0\x05\0\0"}

    await house.survey.take()

    assert router.asked == [*[NEIGHBORS] * MOST_QUESTIONS, ROUTES, BINDINGS]


async def test_the_whole_is_over_in_time_and_is_made_once(
    house: House, clock: VirtualClock
) -> None:
    for number in range(1, 15):
        (await house.know(number)).falls_silent()
    survey = asyncio.create_task(house.survey.take())
    await clock.settle()

    with pytest.raises(RefusedError, match="being made already"):
        await house.survey.take()
    await clock.advance(seconds=LONGEST_SURVEY)

    told = await survey
    late = [one for one in told.unheard if "the time for the map was over" in one.reason]
    assert (len(told.unheard), len(late)) == (15, 4)
    assert len(house.air.stations) == 15
