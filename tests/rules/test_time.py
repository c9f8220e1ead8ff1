"""The rules of the Time cluster, by their numbers, between a gateway and a display on the air."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock, unix_time, zigbee_time
from sebridge.features.time.client_service import EVERY, TimeClientService, time_source
from sebridge.features.time.local_time import INVALID_TIME, ZoneRules
from sebridge.features.time.network_time import (
    MASTER,
    MASTER_ZONE_DST,
    SUPERSEDING,
    SYNCHRONISED,
    NetworkTime,
    TimeSource,
    choose,
)
from sebridge.features.time.server import AUTHORITATIVE, TimeServer
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.network.peer import Peer
from sebridge.schedule.changes import Ended, Started
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.runner import ScheduleRunner
from sebridge.schedule.schedule import Schedule
from sebridge.simulator.device import SimulatedDevice
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import SE_ENDPOINT, SE_PROFILE, TIME
from sebridge.zcl.status import Status
from tests.api.home import DISPLAY, Home
from tests.doubles import WrongClock
from tests.gateway.radio_side import NOW, peer

UTC = unix_time(NOW)


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    home = Home(clock, [DISPLAY])
    await home.start()
    yield home
    await home.stop()


class OneServer:
    """The energy service interface as the display knows it."""

    def __init__(self, home: Home) -> None:
        self._peer = Peer(home.gateway.radio.network.address, SE_ENDPOINT, SE_PROFILE)

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        return [self._peer] if cluster_id == TIME else []


def time_client(home: Home, clock: Any) -> TimeClientService:
    (display,) = home.house.household.devices.values()
    return TimeClientService(
        NetworkTime(),
        reader=RemoteReader(display.router.exchange),
        servers=OneServer(home),
        address_of=lambda _device: 0,
        wanted=lambda: True,
        every=lambda: EVERY,
        clock=clock,
        bus=display.bus,
        local_endpoint=display.endpoint.endpoint_id,
    )


def test_time_01_an_esi_is_master_of_time_and_zone_and_never_synchronised_by_others() -> None:
    """Bits 0, 2 and 3 are set; bit 1 must not be where bit 0 is."""
    status = TimeServer(lambda: NOW).attributes.read(0x0001).value

    assert status == AUTHORITATIVE == MASTER | MASTER_ZONE_DST | SUPERSEDING
    assert not status & SYNCHRONISED


async def test_time_02_the_masters_time_cannot_be_written_over_the_air(home: Home) -> None:
    """Neither the time nor the status bits; the answer is READ_ONLY."""
    server = home.gateway.endpoints[SE_ENDPOINT].cluster(TIME, server=True)
    assert server is not None
    for attribute_id, attribute_type in ((0x0000, 0xE2), (0x0001, 0x18), (0x0002, 0x2B)):
        written = AttributeValue(attribute_id, attribute_type, 0, b"\0\0\0\0")
        assert server.attributes.check_write(written, over_the_air=True) == Status.READ_ONLY


def test_time_03_no_clock_is_set_from_an_invalid_time() -> None:
    """A server without time shows 0xFFFFFFFF, and a client leaves its clock alone."""
    server, time = TimeServer(lambda: INVALID_TIME), NetworkTime()
    master = AttributeValue(0x0001, 0x18, MASTER, bytes((MASTER,)))
    answer = [(0x0000, 0, server.attributes.read(0x0000)), (0x0001, 0, master)]

    step = time.take(time_source(peer(), 0, answer), UTC)

    assert server.attributes.read(0x0000).raw == b"\xff\xff\xff\xff"
    assert (step, time.known) == (0.0, False)


@pytest.mark.parametrize(
    ("statuses", "addresses", "chosen"),
    [
        ((SYNCHRONISED, MASTER, MASTER | SUPERSEDING), (0, 1, 2), 2),
        ((SYNCHRONISED, MASTER), (0, 1), 1),
        ((MASTER, MASTER), (7, 0), 1),
        ((0, SYNCHRONISED), (0, 1), 1),
        ((0, SUPERSEDING), (0, 1), None),
    ],
    ids=["superseding", "master", "lower address", "synchronised", "none of them"],
)
def test_time_04_the_best_of_several_servers_is_chosen(
    statuses: Sequence[int], addresses: Sequence[int], chosen: int | None
) -> None:
    """Superseding, master, synchronised; then the lower address; never one that is neither."""
    pairs = zip(statuses, addresses, strict=True)
    sources = [TimeSource(peer(address), address, status, NOW) for status, address in pairs]

    assert choose(sources) is (None if chosen is None else sources[chosen])


async def test_time_05_a_client_sets_its_clock_at_joining_and_every_day(
    home: Home, clock: VirtualClock
) -> None:
    """It stays within a minute of the server, though its own clock is wrong and drifts."""
    own = WrongClock(clock, slow=600.0)
    desk = time_client(home, own)

    await desk.start()
    await clock.advance(5)
    at_joining = desk.time.now(own.utc())
    own.slow += 45.0
    await clock.advance(hours=24)
    a_day_later = desk.time.now(own.utc())
    await desk.stop()

    assert abs(at_joining - (zigbee_time(clock.utc()) - 86_400)) <= 3
    assert abs(a_day_later - zigbee_time(clock.utc())) <= 3


def test_time_06_prices_may_correct_the_time_but_only_those_of_the_chosen_server() -> None:
    """The zone still comes from the Time cluster."""
    time = NetworkTime()
    time.take(TimeSource(peer(1), 0, MASTER, NOW, ZoneRules(3600)), UTC)

    assert time.take_price_time(peer(2), NOW + 300, UTC) == 0.0
    assert time.take_price_time(peer(1), NOW + 300, UTC) == 300.0
    assert time.local(UTC) == NOW + 300 + 3600


def test_time_06_whoever_has_prices_has_the_time_as_well(clock: VirtualClock) -> None:
    """Both sides of our own endpoints and every simulated device."""
    home = Home(clock, [DISPLAY])
    devices: list[SimulatedDevice] = list(home.house.household.devices.values())
    for endpoint in (*home.gateway.endpoints.values(), *(device.endpoint for device in devices)):
        held = {cluster.cluster_id for cluster in endpoint.clusters}
        assert TIME in held or 0x0700 not in held


@pytest.mark.parametrize(("time", "local"), [(999, 4599), (1000, 8199), (1999, 9198), (2000, 5600)])
def test_time_07_local_time_is_standard_time_and_daylight_saving(time: int, local: int) -> None:
    """The shift counts from DstStart on, and no longer at DstEnd."""
    zone = ZoneRules(3600, 1000, 2000, 3599)
    server = TimeServer(lambda: time, lambda: zone)

    assert server.attributes.read(0x0006).value == time + 3600
    assert server.attributes.read(0x0007).value == local == zone.local(time)


async def test_time_08_a_clock_that_steps_starts_and_ends_what_is_due(clock: VirtualClock) -> None:
    """M in part: from memory that what has passed is ended, and what has begun runs."""
    runner, schedule = ScheduleRunner(clock), Schedule[str](Policy.MESSAGE, {})
    told: list[Any] = []
    runner.serve(schedule, told.extend)
    begin = zigbee_time(clock.utc())
    event = ScheduledEvent(
        event_id=1, start=begin + 3600, end=begin + 7200, record="r", received=begin
    )
    schedule.add(event, begin)
    await runner.start()

    clock.jump(4000)
    await clock.advance(15)
    started = [type(change) for change in told]
    clock.jump(4000)
    runner.wake()
    await clock.settle()
    await runner.stop()

    assert started == [Started]
    assert [type(change) for change in told] == [Started, Ended]
