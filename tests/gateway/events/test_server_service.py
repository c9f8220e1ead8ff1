"""Events to all clients, and again to those who missed them."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from typing_extensions import override

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.records import (
    CancelLoadControlEventRecord,
    LoadControlEventRecord,
)
from sebridge.features.load_control.server import DrlcServer
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.client_delivery import DeliveryMeans
from sebridge.gateway.events.new_events import EventIds
from sebridge.gateway.events.server_service import EventServerService
from sebridge.gateway.events.signals import (
    ActiveEventsChanged,
    EventHeard,
    EventsChanged,
    EventUndelivered,
)
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceActive, DeviceInactive, DeviceRemoved
from sebridge.radio.radio import Outgoing
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import DRLC, PRICE, SE_ENDPOINT, SE_PROFILE
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, Trust, address, peer, unsigned


class Directory:
    """The clients that are there."""

    def __init__(self) -> None:
        self.peers: list[Peer] = [peer(1), peer(2)]

    def clients(self, cluster_id: int) -> Sequence[Peer]:
        return list(self.peers) if cluster_id == DRLC else []


class Home:
    """The service of load-control events, and what lies outside of it."""

    def __init__(self, sender: RecordingSender, clock: VirtualClock, bus: SignalBus) -> None:
        self.clock, self.bus, self.sender = clock, bus, sender
        self.directory = Directory()
        self.server = DrlcServer(SE_ENDPOINT, Schedule(Policy.LOAD_CONTROL, {}), verify=unsigned)
        endpoint = Endpoint(SE_ENDPOINT, SE_PROFILE, 0x0500, (self.server,))
        trust = Trust()
        exchange = trust.exchange(sender, clock)
        self.router = trust.router([endpoint], exchange, clock, bus)
        self.woken: list[bool] = []
        self.ids: dict[str, int] = {}
        self.interval, self.patience = 60.0, 10.0
        means = DeliveryMeans(
            router=self.router,
            peers=self.directory,
            clock=clock,
            bus=bus,
            interval=lambda: self.interval,
            patience=lambda: self.patience,
            woken=lambda: self.woken.append(True),
            ids=EventIds(self.ids),
            most_days_ahead=lambda: 400,
        )
        self.service = EventServerService(endpoint, self.server, means)

    @property
    def now(self) -> int:
        return zigbee_time(self.clock.utc())

    def heard(self) -> list[tuple[int, int]]:
        """Return device and event of all that was sent since the last time."""
        destinations = [out.destination for out in self.sender.sent]
        ids = [int.from_bytes(frame.payload[:4], "little") for frame in self.sender.take()]
        return [
            ((destination or 0) & 0xFF, event_id)
            for destination, event_id in zip(destinations, ids, strict=True)
        ]


@pytest.fixture
async def home(sender: RecordingSender, clock: VirtualClock, bus: SignalBus) -> AsyncIterator[Home]:
    home = Home(sender, clock, bus)
    await home.service.start()
    yield home
    await home.service.stop()
    await home.router.stop()


def event(event_id: int, start: int = 0, minutes: int = 30) -> LoadControlEventRecord:
    return LoadControlEventRecord(
        issuer_event_id=event_id, start_time=start, duration_in_minutes=minutes
    )


# ------------------------------------------------------------------ creating


async def test_an_event_goes_to_every_client_once_and_encrypted_gen_13_drlc_33(
    home: Home,
) -> None:
    created = await home.service.create(event(1))

    assert created.status == Status.SUCCESS
    assert created.record.start_time == home.now
    assert created.devices == [address(1), address(2)]
    assert all(out.encrypted for out in home.sender.sent)
    assert home.heard() == [(1, 1), (2, 1)]
    assert home.woken == [True]
    assert [e.issuer_event_id for e in home.service.valid()] == [1]


async def test_what_becomes_due_is_told_on_the_bus_and_brought_no_more(home: Home) -> None:
    ended: list[EventsChanged] = []
    home.sender.silent.add(address(2))
    await home.service.create(event(1, minutes=1))
    home.heard()
    home.bus.listen(EventsChanged, ended.append)

    home.service.carry_out(home.server.advance(home.now + 60))
    home.sender.silent.clear()
    home.bus.send(DeviceActive(address(2)))
    await home.clock.settle()

    assert [tuple(signal.over) for signal in ended] == [(1,)]
    assert (home.heard(), home.woken) == ([], [True])


async def test_creating_is_told_on_the_bus(home: Home) -> None:
    told: list[object] = []
    for kind in (EventsChanged, ActiveEventsChanged):
        home.bus.listen(kind, told.append)

    await home.service.create(event(1))

    assert [type(signal) for signal in told] == [EventsChanged, ActiveEventsChanged]


async def test_an_event_twice_or_an_impossible_one_is_refused_with_a_reason(home: Home) -> None:
    await home.service.create(event(1))
    home.heard()

    twice = await home.service.create(event(1))
    impossible = await home.service.create(event(2, minutes=0))

    assert (twice.status, twice.reason) == (Status.DUPLICATE_EXISTS, "event 1 exists already")
    assert impossible.status == Status.INVALID_FIELD
    assert "duration_in_minutes" in impossible.reason
    assert home.heard() == []


async def test_a_device_with_two_endpoints_is_named_once(home: Home) -> None:
    home.directory.peers = [peer(1), peer(1, endpoint=10)]

    created = await home.service.create(event(1))

    assert created.devices == [address(1)]
    assert len(home.sender.sent) == 2


# ------------------------------------------------------------------ again


async def test_only_who_has_not_heard_hears_again_after_the_interval(home: Home) -> None:
    home.sender.silent.add(address(2))
    created = await home.service.create(event(1))
    assert created.devices == [address(1)]
    home.heard()

    await home.clock.advance(59)
    assert home.heard() == []
    await home.clock.advance(1)
    assert home.heard() == [(2, 1)]
    home.sender.silent.clear()
    await home.clock.advance(60)
    assert home.heard() == [(2, 1)]

    await home.clock.advance(600)
    assert home.heard() == []


async def test_the_interval_may_change_at_any_time(home: Home) -> None:
    home.sender.silent.add(address(2))
    await home.service.create(event(1))
    home.heard()

    home.interval = 5.0
    await home.clock.advance(60)
    home.heard()
    await home.clock.advance(5)

    assert home.heard() == [(2, 1)]


async def test_a_client_gets_its_events_in_order_until_one_fails(home: Home) -> None:
    home.sender.silent.update({address(1), address(2)})
    for number in (1, 2):
        await home.service.create(event(number, home.now + 3600 * number))
    home.heard()
    home.sender.silent.remove(address(1))

    await home.clock.advance(60)

    assert sorted(home.heard()) == [(1, 1), (1, 2), (2, 1)]


async def test_an_event_that_ended_is_sent_no_more(home: Home) -> None:
    home.sender.silent.add(address(2))
    await home.service.create(event(1, minutes=1))
    home.heard()

    await home.clock.advance(60)

    assert home.heard() == []


async def test_who_asked_for_events_needs_no_sending(home: Home) -> None:
    home.sender.silent.add(address(2))
    await home.service.create(event(1))
    home.heard()

    home.bus.send(EventHeard(address(2), 9, SE_ENDPOINT, DRLC, [1]))
    home.bus.send(EventHeard(address(2), 9, SE_ENDPOINT, PRICE, [2]))
    await home.clock.advance(60)

    assert home.heard() == []


async def test_events_that_do_not_exist_are_not_remembered(home: Home) -> None:
    home.bus.send(EventHeard(address(1), 9, SE_ENDPOINT, DRLC, list(range(100, 200))))
    home.bus.send(EventsChanged(SE_ENDPOINT, PRICE, [], server=True))

    await home.service.create(event(100))

    assert home.heard() == [(1, 100), (2, 100)]


async def test_who_misses_the_first_of_its_events_waits_for_the_others(home: Home) -> None:
    home.sender.silent.add(address(1))
    for number in (1, 2):
        await home.service.create(event(number, home.now + 3600 * number))
    home.heard()

    home.bus.send(DeviceActive(address(1)))
    await home.clock.settle()

    assert home.heard() == [(1, 1)]


# ------------------------------------------------------------------ who comes and goes


async def test_a_client_that_appears_gets_what_is_in_force_at_once(home: Home) -> None:
    await home.service.create(event(1))
    home.heard()
    home.directory.peers.append(peer(3))

    home.bus.send(DeviceActive(address(3)))
    await home.clock.settle()

    assert home.heard() == [(3, 1)]


async def test_a_device_that_is_no_client_gets_nothing(home: Home) -> None:
    await home.service.create(event(1))
    home.heard()

    home.bus.send(DeviceActive(address(9)))
    await home.clock.settle()

    assert home.heard() == []


@pytest.mark.parametrize("gone", [DeviceInactive, DeviceRemoved])
async def test_a_client_that_was_away_gets_everything_again(
    home: Home, gone: type[DeviceInactive] | type[DeviceRemoved]
) -> None:
    await home.service.create(event(1))
    home.heard()

    home.bus.send(gone(address(1)))
    home.bus.send(DeviceActive(address(1)))
    await home.clock.settle()

    assert home.heard() == [(1, 1)]


# ------------------------------------------------------------------ taking back


async def test_a_cancellation_is_told_to_all_also_to_who_missed_the_event(home: Home) -> None:
    home.sender.silent.add(address(2))
    await home.service.create(event(1))
    home.sender.silent.clear()
    home.heard()

    told = await home.service.cancel(1, 0, CancelLoadControlEventRecord(issuer_event_id=1))

    assert told == [address(1), address(2)]
    assert home.heard() == [(1, 1), (2, 1)]
    assert home.service.valid() == []
    await home.clock.advance(120)
    assert home.heard() == []


async def test_all_events_may_be_taken_back_with_or_without_a_command(home: Home) -> None:
    await home.service.create(event(1))
    await home.service.create(event(2, home.now + 3600))
    home.heard()

    silently = await home.service.cancel_all(None)
    aloud = await home.service.cancel_all(CancelLoadControlEventRecord(issuer_event_id=5))

    assert silently == []
    assert aloud == [address(1), address(2)]
    assert home.service.valid() == []
    assert home.heard() == [(1, 5), (2, 5)]


# ------------------------------------------------------------------ limits


class SlowSender(RecordingSender):
    """A radio that takes its time, and counts what is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way = self.most = 0
        self.gate = asyncio.Event()

    @override
    async def send(self, frame: Outgoing) -> None:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.gate.wait()
            await super().send(frame)
        finally:
            self.under_way -= 1


@pytest.fixture
def sender() -> SlowSender:
    slow = SlowSender()
    slow.gate.set()
    return slow


async def test_only_some_transmissions_are_under_way_at_once(
    home: Home, sender: SlowSender, clock: VirtualClock
) -> None:
    home.directory.peers = [peer(number) for number in range(1, 101)]
    sender.gate.clear()

    creating = asyncio.ensure_future(home.service.create(event(1)))
    await clock.settle()
    assert sender.under_way == 8
    sender.gate.set()

    assert len((await creating).devices) == 100
    assert sender.most == 8


async def test_a_transmission_that_takes_too_long_is_given_up_and_tried_again(
    home: Home, sender: SlowSender, clock: VirtualClock
) -> None:
    home.patience = 3.0
    sender.gate.clear()

    creating = asyncio.ensure_future(home.service.create(event(1)))
    await clock.advance(3)
    assert (await creating).devices == []
    sender.gate.set()
    await clock.advance(60)

    assert home.heard() == [(1, 1), (2, 1)]


async def test_an_event_that_reaches_nobody_who_is_there_is_told(home: Home) -> None:
    told: list[EventUndelivered] = []
    home.bus.listen(EventUndelivered, told.append)
    home.sender.silent = {peer.device for peer in home.directory.peers}

    await home.service.create(LoadControlEventRecord(issuer_event_id=1, duration_in_minutes=60))
    home.directory.peers = []
    await home.service.create(LoadControlEventRecord(issuer_event_id=2, duration_in_minutes=60))

    assert told == [EventUndelivered(SE_ENDPOINT, DRLC, 1)]
