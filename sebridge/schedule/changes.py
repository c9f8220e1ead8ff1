"""Started, Ended, Cancelled, Superseded, Postponed: what the engine tells."""

from dataclasses import dataclass
from typing import Any

from sebridge.schedule.event import ScheduledEvent


@dataclass(frozen=True, slots=True)
class Change:
    """Something that became of an event; `moment` is when it was due, in seconds since 2000."""

    event: ScheduledEvent[Any]
    moment: int


class Started(Change):
    """The event is in force."""

    __slots__ = ()


class Ended(Change):
    """The event ran its time, or made way for its successor."""

    __slots__ = ()


class Cancelled(Change):
    """The event was taken back; also when it had not started."""

    __slots__ = ()


class Superseded(Change):
    """Another event took the place of this one; also when it had not started."""

    __slots__ = ()


class Postponed(Change):
    """The clock was set back to before the start of a running event, which waits again."""

    __slots__ = ()
