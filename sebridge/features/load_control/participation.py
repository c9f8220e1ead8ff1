"""What a load-control client reports of an event, as a table (DRLC-6, DRLC-9). Pure."""

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


class EventParticipation(msgspec.Struct, frozen=True):
    """Whether the user of a display takes part in an event, and whether he must (DRLC-6)."""

    issuer_event_id: int
    participates: bool
    mandatory: bool


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
