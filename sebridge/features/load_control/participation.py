"""What a load-control client reports of an event, as a table (DRLC-6, DRLC-9). Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.features.load_control.records import EventStatus


class Participation(msgspec.Struct, frozen=True):
    """What the user chose for one event."""

    opted_out: bool = False
    running: bool = False
    changed_while_running: bool = False

    def started(self) -> "Participation":
        """Return the choice once the event runs."""
        return replace(self, running=True)

    def chosen(self, *, out: bool) -> "Participation":
        """Return the choice after the user opted out or in."""
        changed = self.changed_while_running or (self.running and out != self.opted_out)
        return replace(self, opted_out=out, changed_while_running=changed)


class EventParticipation(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the user of a display takes part in an event, and whether he must (DRLC-6).

    `start` and `end` are those for this display, after its random delays, in seconds since 2000;
    `end` is None for an event that lasts until it is cancelled.
    """

    issuer_event_id: int
    participates: bool
    mandatory: bool
    start: int
    end: int | None
    criticality_level: int


FIRST_PLACE: Final = 1
MOST_PLACES: Final = 8
"""So many events have a place at once; the profile asks for two of them (GEN-6)."""


def placed(before: Mapping[int, int], events: Sequence[EventParticipation]) -> dict[int, int]:
    """Return the place of each event by its id: 1 to `MOST_PLACES`, the others have none.

    An event keeps the place that it has in `before` until it is over, so that nobody who looks at a
    place has another event under his hands. Who comes anew takes the lowest that is free, in the
    order of `events`.
    """
    known = dict.fromkeys(event.issuer_event_id for event in events)
    kept = {event_id: place for event_id, place in before.items() if event_id in known}
    free = [
        place
        for place in range(FIRST_PLACE, FIRST_PLACE + MOST_PLACES)
        if place not in kept.values()
    ]
    newcomers = (event_id for event_id in known if event_id not in kept)
    return kept | dict(zip(newcomers, free, strict=False))


_AT_THE_END: Final = {
    # (changed while it ran, out in the end): status
    (False, False): EventStatus.COMPLETED,
    (False, True): EventStatus.COMPLETED_NO_PARTICIPATION,
    (True, False): EventStatus.PARTIALLY_COMPLETED_WITH_OPT_IN,
    (True, True): EventStatus.PARTIALLY_COMPLETED_WITH_OPT_OUT,
}


def status_at_start(participation: Participation) -> EventStatus:
    """Return what is reported at the effective start."""
    return EventStatus.OPTED_OUT if participation.opted_out else EventStatus.STARTED


def status_at_end(participation: Participation) -> EventStatus:
    """Return what is reported at the effective end."""
    return _AT_THE_END[participation.changed_while_running, participation.opted_out]
