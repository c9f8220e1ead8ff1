"""What the log of a server is told of its events."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.server import PriceServer
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.events.delivery_log import DeliveryLog
from sebridge.gateway.events.delivery_notes import DeliveryNotes
from sebridge.gateway.events.signals import EventAnswered, EventHeard, EventsChanged, EventTaken
from sebridge.network.signals import DeviceRemoved
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import DRLC, PRICE, SE_ENDPOINT
from tests.gateway.radio_side import address

KNOWN, STRANGER = address(1), address(2)


class Served:
    """A server of prices and its log."""

    def __init__(self, clock: VirtualClock, bus: SignalBus) -> None:
        self._clock, self._bus = clock, bus
        self._prices: dict[int, Any] = {}
        self._kept: tuple[MutableMapping[Any, Any], ...] = ({}, {})
        self.server = PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, self._prices))
        self.log = DeliveryLog(*self._kept)

    def start(self) -> None:
        DeliveryNotes(
            self.log,
            self.server,
            clock=self._clock,
            bus=self._bus,
            knows=lambda device: device == KNOWN,
        )

    @property
    def now(self) -> int:
        return zigbee_time(self._clock.utc())

    def add(self, event_id: int, **more: Any) -> Outcome:
        fields = {"issuer_event_id": event_id, "duration_in_minutes": 60, "price": 1} | more
        return self.server.add(PublishPriceRecord(**fields), self.now)[1]

    def tell(self, outcome: Outcome) -> None:
        for signal in outcome.signals:
            self._bus.send(signal)


@pytest.fixture
def served(clock: VirtualClock, bus: SignalBus) -> Served:
    return Served(clock, bus)


def test_an_event_is_kept_as_it_was_told_until_it_is_taken_back(
    served: Served, clock: VirtualClock
) -> None:
    served.start()
    served.tell(served.add(7))
    told = served.log.events[7]

    served.tell(served.server.cancel(7, 0, served.now))

    assert (told.record["price"], told.record["start_time"]) == (1, served.now)
    assert (told.over, told.cancelled) == (None, False)
    assert (served.log.events[7].over, served.log.events[7].cancelled) == (clock.utc(), True)


async def test_an_event_that_ran_its_time_is_not_cancelled(
    served: Served, clock: VirtualClock
) -> None:
    served.start()
    served.tell(served.add(7))

    await clock.advance(minutes=60)
    served.tell(served.server.advance(served.now))

    assert (served.log.events[7].over, served.log.events[7].cancelled) == (clock.utc(), False)


def test_only_known_devices_are_noted_and_only_for_this_server(
    served: Served, clock: VirtualClock, bus: SignalBus
) -> None:
    served.start()
    served.tell(served.add(7))
    for device, cluster in ((STRANGER, PRICE), (KNOWN, DRLC)):
        place = (device, 9, SE_ENDPOINT, cluster)
        for signal in (
            EventTaken(*place, 7),
            EventHeard(*place, [7]),
            EventAnswered(*place, 7, "confirmed"),
        ):
            bus.send(signal)
    bus.send(EventsChanged(SE_ENDPOINT, PRICE, [], over=[7], server=False))
    nothing = served.log.deliveries(7)

    bus.send(EventTaken(KNOWN, 9, SE_ENDPOINT, PRICE, 7))

    assert nothing == {}
    (sent,) = served.log.deliveries(7).values()
    assert (sent.sent, sent.received) == (clock.utc(), None)
    assert served.log.events[7].over is None
    bus.send(DeviceRemoved(KNOWN))
    assert served.log.deliveries(7) == {}


def test_what_happened_while_nobody_noted_it_is_seen_at_the_start(
    served: Served, clock: VirtualClock
) -> None:
    served.log.begin(6, {"price": 3})
    served.log.begin(8, {"price": 4})
    for event_id in (7, 8):
        served.add(event_id, start_time=served.now + event_id * 3600)

    served.start()

    over = {event_id: event.over for event_id, event in served.log.events.items()}
    assert over == {6: clock.utc(), 8: None, 7: None}
