"""Have a log know what devices make of a server's events."""

from collections.abc import Callable
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.gateway.events.delivery_log import DeliveryLog
from sebridge.gateway.events.event_server import EventServer
from sebridge.gateway.events.signals import EventAnswered, EventHeard, EventsChanged, EventTaken
from sebridge.model.plain import to_plain
from sebridge.network.signals import DeviceRemoved


class DeliveryNotes:
    """Notes in the log of a server which events come and go, and what known devices say of them."""

    def __init__(
        self,
        log: DeliveryLog,
        server: EventServer[Any],
        *,
        clock: Clock,
        bus: SignalBus,
        knows: Callable[[Eui64], bool],
    ) -> None:
        self._log = log
        self._server = server
        self._clock = clock
        self._knows = knows
        self._begin_and_end()
        bus.listen(EventsChanged, self._on_change)
        bus.listen(EventTaken, self._on_taken)
        bus.listen(EventHeard, self._on_heard)
        bus.listen(EventAnswered, self._on_answer)
        bus.listen(DeviceRemoved, lambda signal: log.forget(signal.device))

    def _begin_and_end(self) -> None:
        """Note what came while there was no log, and what was gone before it could be noted."""
        valid = self._server.schedule.not_ended(zigbee_time(self._clock.utc()))
        for event in valid:
            if event.event_id not in self._log:
                self._begin(event.event_id)
        for event_id in tuple(self._log.events):
            if self._server.schedule.get(event_id) is None:
                self._log.over(event_id, self._clock.utc(), cancelled=False)

    def _begin(self, event_id: int) -> None:
        event = self._server.schedule.get(event_id)
        if event is not None:
            self._log.begin(event_id, to_plain(self._server.shown(event)))

    def _on_change(self, signal: EventsChanged) -> None:
        if self._is_ours(signal) and signal.server:
            for event_id in signal.added:
                self._begin(event_id)
            for event_id in signal.over:
                cancelled = event_id in signal.cancelled
                self._log.over(event_id, self._clock.utc(), cancelled=cancelled)

    def _on_taken(self, signal: EventTaken) -> None:
        if self._is_ours(signal) and self._knows(signal.device):
            self._log.sent(signal.event_id, signal.device, self._clock.utc())

    def _on_heard(self, signal: EventHeard) -> None:
        if self._is_ours(signal) and self._knows(signal.device):
            for event_id in signal.event_ids:
                self._log.received(event_id, signal.device, self._clock.utc())

    def _on_answer(self, signal: EventAnswered) -> None:
        if self._is_ours(signal) and self._knows(signal.device):
            self._log.answered(signal.event_id, signal.device, signal.answer, self._clock.utc())

    def _is_ours(self, signal: EventsChanged | EventTaken | EventHeard | EventAnswered) -> bool:
        server = self._server
        place = (signal.local_endpoint, signal.cluster_id)
        return place == (server.local_endpoint, server.cluster_id)
