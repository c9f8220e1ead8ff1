"""Started, Ended, Cancelled, Superseded, Postponed: what the engine tells."""

from typing import Any

import msgspec

from sebridge.schedule.event import ScheduledEvent


class Change(msgspec.Struct, frozen=True):
    """Something that became of an event; `moment` is when it was due, in seconds since 2000."""

    event: ScheduledEvent[Any]
    moment: int


class Started(Change, frozen=True):
    """The event is in force."""


class Ended(Change, frozen=True):
    """The event ran its time, or made way for its successor."""


class Cancelled(Change, frozen=True):
    """The event was taken back; also when it had not started."""


class Superseded(Change, frozen=True):
    """Another event took the place of this one; also when it had not started."""


class Postponed(Change, frozen=True):
    """The clock was set back to before the start of a running event, which waits again."""
