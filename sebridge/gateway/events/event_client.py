"""What the clients of Price, DRLC and Messaging share: they tell several servers apart (GEN-8)."""

from collections.abc import Callable
from typing import Any, Final

from sebridge.base.errors import OutdatedError
from sebridge.gateway.cluster import Command
from sebridge.gateway.events.event_cluster import EventCluster, R
from sebridge.gateway.events.signals import EventReceived
from sebridge.gateway.local_attributes import LocalAttributes
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.status import Status

MOST_HEARD: Final = 100
"""So many events a client keeps; the profile asks for two prices and two loads (GEN-6)."""

_EVERY_SERVER: Final = 1 << 72  # above every address and endpoint, so that no number is 0


def origin_of(server: Peer) -> int:
    """Return the number of a server, which no other has, and which is never 0."""
    address = int(server.device)
    return _EVERY_SERVER | address << 8 | server.endpoint


def cut(text: str, most: int) -> str:
    """Return the text, or as many whole characters as fit into so many octets of UTF-8."""
    return text.encode()[:most].decode(errors="ignore") if len(text.encode()) > most else str(text)


class EventClient(EventCluster[R]):
    """Keeps the events of all servers of the home.

    `time_is_known` says whether the clock is right: without it only what starts now can be taken
    (GEN-7).
    """

    server = False

    def __init__(
        self,
        local_endpoint: int,
        schedule: Schedule[R],
        attributes: LocalAttributes | None = None,
        *,
        time_is_known: Callable[[], bool],
    ) -> None:
        super().__init__(local_endpoint, schedule, attributes)
        self._time_is_known = time_is_known

    def sent_by(self, source: Peer, event_id: int) -> ScheduledEvent[R] | None:
        """Return the event which a server calls by this id."""
        return self.schedule.get(ScheduledEvent.key_of(origin_of(source), event_id))

    def named(self, event_id: int, now: int) -> list[ScheduledEvent[R]]:
        """Return the events which any server calls by this id."""
        return [e for e in self.schedule.not_ended(now) if e.event_id == event_id]

    def heard_event(self, command: Command, event_id: int, **times: Any) -> ScheduledEvent[R]:
        """Return what a server sent as the schedule keeps it."""
        given: Any = {
            "record": command.record,
            "received": command.now,
            "source": command.source,
            "origin": origin_of(command.source),
        }
        return ScheduledEvent(event_id=event_id, **given | times)

    def check_time(self, start_time: int) -> None:
        """Raise OutdatedError for an event at a time, when we do not know the time."""
        if start_time and not self._time_is_known():
            raise OutdatedError("the time is not known yet")

    def received(self, command: Command, record: Record, status: Status) -> EventReceived:
        """Return the news that a server sent something, and what was said to it."""
        source = command.source
        return EventReceived(
            source.device, source.endpoint, self.local_endpoint, self.cluster_id, status, record
        )
