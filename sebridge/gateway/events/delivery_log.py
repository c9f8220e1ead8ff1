"""What each device made of each event, also of those that are over. Pure.

Times are seconds since 1970 UTC.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.model.data_types import Moment

MOST_EVENTS: Final = 200
"""Of so many events is kept what became of them."""
MOST_DELIVERIES: Final = 8192
"""So many are kept of all events together; those of a single event are all kept."""
MOST_ANSWERS: Final = 8
"""So many answers of a device to an event are kept, the newest."""


class ToldEvent(msgspec.Struct, frozen=True):
    """An event as it was told; `over` is since when it is, `cancelled` whether it was taken back.

    `record` are the fields of its record, as plain values.
    """

    record: dict[str, Any]
    over: Moment | None = None
    cancelled: bool = False


class Recipient(msgspec.Struct, frozen=True):
    """A device that was told an event."""

    event_id: int
    device: Eui64


class Answer(msgspec.Struct, frozen=True):
    """What a device said of an event, such as `started`, and when."""

    status: str
    time: Moment


class Delivery(msgspec.Struct, frozen=True):
    """Since when a device was brought an event, and has it as the event asks; what it said of it.

    An event that is to be acknowledged may be brought and not received. The oldest answer comes
    first.
    """

    sent: Moment
    received: Moment | None = None
    answers: tuple[Answer, ...] = ()


class DeliveryLog:
    """Keeps of the events of one server what devices made of them; hand in power-safe mappings.

    What devices say of events that were never told here is not kept. When there are too many, the
    oldest goes that is over, or else the oldest.
    """

    def __init__(
        self,
        events: MutableMapping[int, ToldEvent],
        deliveries: MutableMapping[Recipient, Delivery],
    ) -> None:
        self._events = events
        self._deliveries = deliveries
        self._devices: dict[int, dict[Eui64, None]] = {event_id: {} for event_id in events}
        for recipient in tuple(deliveries):
            if recipient.event_id in self._devices:
                self._devices[recipient.event_id][recipient.device] = None
            else:
                del deliveries[recipient]  # the power failed between the one and the other

    def __contains__(self, event_id: int) -> bool:
        return event_id in self._events

    @property
    def events(self) -> Mapping[int, ToldEvent]:
        """All events by their identifiers, the oldest first."""
        return self._events

    def deliveries(self, event_id: int) -> dict[Eui64, Delivery]:
        """Return what devices made of an event; nothing of one that is not kept."""
        devices = self._devices.get(event_id, ())
        return {device: self._deliveries[Recipient(event_id, device)] for device in devices}

    def begin(self, event_id: int, record: dict[str, Any]) -> None:
        """Note a new event; what was kept of an earlier one of this identifier goes."""
        self._drop(event_id)
        self._events[event_id] = ToldEvent(record)
        self._devices[event_id] = {}
        self._make_room(event_id)

    def over(self, event_id: int, now: float, *, cancelled: bool) -> None:
        """Note that an event is over."""
        event = self._events.get(event_id)
        if event is not None and event.over is None:
            self._events[event_id] = replace(event, over=now, cancelled=cancelled)

    def sent(self, event_id: int, device: Eui64, now: float) -> None:
        """Note that a device was brought an event, and did not say yet that it has it."""
        if event_id in self._events and device not in self._devices[event_id]:
            self._keep(event_id, device, Delivery(now))

    def received(self, event_id: int, device: Eui64, now: float) -> None:
        """Note that a device has an event."""
        if event_id in self._events:
            kept = self._deliveries.get(Recipient(event_id, device), Delivery(now))
            if kept.received is None:
                self._keep(event_id, device, replace(kept, received=now))

    def answered(self, event_id: int, device: Eui64, status: str, now: float) -> None:
        """Note what a device says of an event; the same again is nothing new."""
        if event_id not in self._events:
            return
        kept = self._deliveries.get(Recipient(event_id, device), Delivery(now, now))
        if not kept.answers or kept.answers[-1].status != status:
            answers = (*kept.answers, Answer(status, now))[-MOST_ANSWERS:]
            self._keep(event_id, device, replace(kept, answers=answers))

    def forget(self, device: Eui64) -> None:
        """Forget what a device made of all events."""
        for event_id, devices in self._devices.items():
            if device in devices:
                del devices[device]
                del self._deliveries[Recipient(event_id, device)]

    def _keep(self, event_id: int, device: Eui64, delivery: Delivery) -> None:
        self._devices[event_id][device] = None
        self._deliveries[Recipient(event_id, device)] = delivery
        self._make_room(event_id)

    def _make_room(self, newest: int) -> None:
        """Let the oldest events go as long as there are too many, but not the one at hand."""
        while len(self._events) > MOST_EVENTS or len(self._deliveries) > MOST_DELIVERIES:
            others = [event_id for event_id in self._events if event_id != newest]
            if not others:
                return
            is_over = (e for e in others if self._events[e].over is not None)
            self._drop(next(is_over, others[0]))

    def _drop(self, event_id: int) -> None:
        for device in self._devices.pop(event_id, ()):
            del self._deliveries[Recipient(event_id, device)]
        self._events.pop(event_id, None)
