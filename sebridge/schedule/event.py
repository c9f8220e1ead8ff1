"""What the engine needs to know of an event. Times are whole seconds since 2000 UTC."""

from collections.abc import Hashable
from typing import Annotated, Final, Generic, TypeVar

import msgspec

from sebridge.model.data_types import Integer, Uint8, Uint16
from sebridge.model.row_codec import Later

R = TypeVar("R")

ALL_CLASSES: Final = 0xFFFF
EVERY_GROUP: Final = 0
_ID_BITS: Final = 32

Moment = Annotated[int, Integer(33)]
"""Seconds since 2000 UTC. Twice what a field on the air holds: an event may end after that."""


class ScheduledEvent(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """An event with its absolute times, and the record it came as.

    `event_id` is the issuer event id (or message id), `source` the server it came from, None for
    our own; `origin` is the number of that server, 0 for our own, because each counts its events
    for itself (GEN-8). `end` None means "until changed" (GEN-3). `received` is the moment of
    receipt: an event whose start is past begins then, and keeps its end (DRLC-4).

    Load-control events meet only where they have a device class (a bit of `classes`) in common;
    a server, which keeps the events of several enrollment groups, also names the `group`
    (1..255; 0 is every group). Prices meet only where they are for the same `commodity`.

    `start_delay` and `end_delay` are the random offsets in seconds, drawn once (DRLC-15).
    `cancelled_at` is the moment at which a cancellation takes effect, `superseded` are the device
    classes for which another event took the place of this one.
    """

    event_id: int
    start: Moment
    end: Moment | None
    record: R
    received: Moment
    classes: Uint16 = ALL_CLASSES
    group: Uint8 = EVERY_GROUP
    source: Hashable = None
    origin: int = 0
    commodity: str = ""
    start_delay: int = 0
    end_delay: int = 0
    cancelled_at: Moment | None = None
    superseded: Later[int] = 0

    @property
    def key(self) -> int:
        """What tells the event from all others; of our own events, the event id."""
        return self.key_of(self.origin, self.event_id)

    @property
    def stored_under(self) -> int:
        """The key under which it is kept."""
        return self.key

    @staticmethod
    def key_of(origin: int, event_id: int) -> int:
        """Return the key of the event that a server calls by this id."""
        return origin << _ID_BITS | event_id

    @property
    def remaining(self) -> int:
        """The device classes that are left to it (DRLC-25)."""
        return self.classes & ~self.superseded

    @property
    def effective_start(self) -> int:
        """When the event begins for this device, after its random delay."""
        return self.start + self.start_delay

    @property
    def effective_end(self) -> int | None:
        """When the event ends for this device: the start delay shifts the end as well (DRLC-16)."""
        return None if self.end is None else self.end + self.start_delay + self.end_delay

    @property
    def begin(self) -> int:
        """When it really begins: never before it was received."""
        return max(self.effective_start, self.received)

    @property
    def due(self) -> int | None:
        """When it is over by itself, cancelled or ended; None for "until changed"."""
        moments = [m for m in (self.effective_end, self.cancelled_at) if m is not None]
        return min(moments, default=None)

    def running(self, now: int) -> bool:
        """Say whether the event's own times put it in force; another may have taken its place."""
        due = self.due
        return self.effective_start <= now and (due is None or now < due)
