"""The service of an event server: takes events, takes them back, brings them to clients."""

from collections.abc import Sequence
from typing import Any, Generic

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.errors import RequestError
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.client_delivery import (
    ClientDelivery,
    Created,
    DeliveryMeans,
    Publication,
    refused,
)
from sebridge.gateway.events.event_cluster import R
from sebridge.gateway.events.event_server import EventServer
from sebridge.gateway.events.new_events import UNASSIGNED
from sebridge.gateway.events.signals import (
    EventHeard,
    EventsChanged,
    EventTaken,
    EventUndelivered,
)
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.status import Status


class EventServerService(ClientDelivery[int], Generic[R]):
    """Takes events for a server, and has each brought to every client.

    What the server wants done when something becomes due goes through `carry_out`, too.
    """

    def __init__(self, endpoint: Endpoint, server: EventServer[R], means: DeliveryMeans) -> None:
        super().__init__(endpoint, server, means)
        self._server = server
        self._bus = means.bus
        for event in server.schedule.not_ended(self._now):
            self._deliveries.begin(event.event_id)
        means.bus.listen(EventHeard, self._on_heard)

    def valid(self) -> list[R]:
        """Return the events in force and to come."""
        return self._server.valid(self._now)

    def free_id(self) -> int:
        """Return an identifier for another event: newer than those of all there are."""
        schedule = self._server.schedule
        return self._ids.assign(
            self._now,
            newest=schedule.newest_id,
            is_taken=lambda event_id: schedule.get(event_id) is not None,
        )

    def record(self, command: str, **fields: Any) -> Record:
        """Return the record of a command that the server sends, by its name."""
        found = self._server.definition.named(command, from_server=True)
        assert found is not None, f"no server of 0x{self._server.cluster_id:04X} sends {command}"
        return found.record(**fields)

    async def create(self, record: R) -> Created[R]:
        """Take an event, and send it to all clients; one without an identifier gets one."""
        if self._server.identifier(record) == UNASSIGNED:
            record = self._server.identified(record, self.free_id())
        try:
            given: Any = record  # every event has this field, and no base class for it
            self.check_near("start_time", given.start_time)
            stored, outcome = self._server.add(record, self._now)
        except RequestError as error:
            return refused(record, error)
        self._changed(outcome)
        odd = self._server.oddity(stored)
        event_id = self._server.identifier(stored)
        devices = await self.publish(event_id)
        if not devices:
            self._tell_undelivered(event_id)
        return Created(Status.SUCCESS, stored, devices, odd)

    def change(
        self, records: Sequence[R], withdrawn: Sequence[int]
    ) -> tuple[list[R], list[RequestError]]:
        """Take several events at once, each with a newer identifier, and take others back.

        Each client is brought what it lacks, one after the other; nobody waits for that. Returns
        the events that were taken, and why others were not.
        """
        numbered = [self._server.identified(record, self.free_id()) for record in records]
        taken, refusals, outcome = self._server.change(numbered, withdrawn, self._now)
        self._changed(outcome)
        self.spawn(self._catch_up(self._peers.clients(self._server.cluster_id)), "bring events")
        return taken, refusals

    async def cancel(self, event_id: int, at: int, command: Record) -> list[Eui64]:
        """Take an event back at a time (seconds since 2000, 0 = now), and tell all clients.

        Raises InvalidFieldError for a time that is too far ahead.
        """
        self.check_near("effective_time", at)
        self._changed(self._server.cancel(event_id, at, self._now))
        return await self.tell_all(command)

    async def cancel_all(self, command: Record | None) -> list[Eui64]:
        """Take all events back, and tell all clients if there is a command that says so."""
        self._changed(self._server.cancel_all(self._now))
        return [] if command is None else await self.tell_all(command)

    @override
    def publication(self, key: int) -> Publication | None:
        event, now = self._server.schedule.get(key), self._now
        if event is None or (event.due is not None and event.due <= now):
            return None
        return Publication(self._server.publication(event, now), self._server.awaits_answer(event))

    @override
    def in_order(self, keys: Sequence[int]) -> list[int]:
        events = [self._server.schedule.get(event_id) for event_id in keys]
        known = sorted((event.start, event.event_id) for event in events if event is not None)
        return [event_id for _, event_id in known]

    @override
    def heard(self, key: int, peer: Peer) -> None:
        """Tell that a client has an event; we hear of it as of one that says so itself."""
        self._bus.send(self._server.heard(peer, [key]))

    @override
    def taken(self, key: int, peer: Peer) -> None:
        """Note that a client took an event that it has to acknowledge, and tell it."""
        super().taken(key, peer)
        place = (self._server.local_endpoint, self._server.cluster_id)
        self._bus.send(EventTaken(peer.device, peer.endpoint, *place, key))

    def carry_out(self, outcome: Outcome) -> None:
        """Do what the server wants done, and see which events came and which are over."""
        for signal in outcome.signals:
            if isinstance(signal, EventsChanged):
                self._note(signal)
        self._router.carry_out(self._endpoint, self._server, outcome)

    def _changed(self, outcome: Outcome) -> None:
        self.carry_out(outcome)
        self._woken()

    def _tell_undelivered(self, event_id: int) -> None:
        """Say that no client has an event, where there are any."""
        if self._peers.clients(self._server.cluster_id):
            here = self._endpoint.endpoint_id
            self._bus.send(EventUndelivered(here, self._server.cluster_id, event_id))

    def _on_heard(self, signal: EventHeard) -> None:
        server = self._server
        if (signal.local_endpoint, signal.cluster_id) == (server.local_endpoint, server.cluster_id):
            for event_id in signal.event_ids:
                if self._server.schedule.get(event_id) is not None:  # a client may name any number
                    self._deliveries.heard(event_id, signal.device, signal.endpoint)

    def _note(self, change: EventsChanged) -> None:
        for event_id in change.over:
            self._deliveries.over(event_id)
        for event_id in change.added:
            self._deliveries.begin(event_id)
