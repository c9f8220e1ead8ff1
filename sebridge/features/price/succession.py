"""What is in force and what comes after it: block periods, conversion factors, calorific values.

Rules PRC-16 to PRC-18. Pure; times are seconds since 2000 UTC.
"""

from collections.abc import Callable, MutableMapping
from typing import Final, Generic, Literal

import msgspec

from sebridge.base.errors import DuplicateError, OutdatedError, UnknownEventError
from sebridge.gateway.events.event_cluster import R
from sebridge.model.data_types import Uint32
from sebridge.schedule.event import Moment

Place = Literal["active", "scheduled"]
_ACTIVE: Final = "active"
_SCHEDULED: Final = "scheduled"


class Item(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """A value and when it is in force; `end` None means "until changed".

    One that repeats starts again when it ends.
    """

    provider_id: Uint32 = 0
    issuer_event_id: Uint32
    start: Moment
    end: Moment | None = None
    repeats: bool = False
    record: R


Again = Callable[[Item[R], int], Item[R]]


class Succession(Generic[R]):
    """One active item, and one that is scheduled; a later issuer event id replaces an older one.

    `again` returns the repetition of an item that is in force at a moment; without it none repeats.
    """

    def __init__(self, store: MutableMapping[str, Item[R]], again: Again[R] | None = None) -> None:
        self._store = store
        self._again = again

    def take(self, item: Item[R], now: int) -> None:
        """Take an item in.

        Raises DuplicateError for an issuer event id that is there already, OutdatedError for an
        item that is over, or in the place of a newer one.
        """
        self.advance(now)
        if item.end is not None and item.end <= now and not item.repeats:
            raise OutdatedError(f"{item.issuer_event_id} is over already")
        if any(item.issuer_event_id == other.issuer_event_id for other in self._store.values()):
            raise DuplicateError(f"{item.issuer_event_id} is there already")
        place: Place = _ACTIVE if item.start <= now else _SCHEDULED
        other = self._store.get(place)
        if other is not None and other.issuer_event_id > item.issuer_event_id:
            raise OutdatedError(f"{item.issuer_event_id} is older than {other.issuer_event_id}")
        self._store[place] = item
        self.advance(now)

    def cancel(self, provider_id: int, issuer_event_id: int, now: int) -> None:
        """Take back what is scheduled (PRC-17); UnknownEventError when it is not."""
        self.advance(now)
        item = self._store.get(_SCHEDULED)
        if item is None or (item.provider_id, item.issuer_event_id) != (
            provider_id,
            issuer_event_id,
        ):
            raise UnknownEventError(f"{issuer_event_id} is not scheduled")
        del self._store[_SCHEDULED]

    def advance(self, now: int) -> None:
        """Do what is due: start, end, start again."""
        scheduled = self._store.get(_SCHEDULED)
        if scheduled is not None and scheduled.start <= now:
            self._store[_ACTIVE] = scheduled
            del self._store[_SCHEDULED]
        active = self._store.get(_ACTIVE)
        if active is None or active.end is None or active.end > now:
            return
        if active.repeats and self._again is not None:
            self._store[_ACTIVE] = self._again(active, now)
        else:
            del self._store[_ACTIVE]

    def active(self, now: int) -> Item[R] | None:
        """Return what is in force."""
        self.advance(now)
        return self._store.get(_ACTIVE)

    def items(self, now: int) -> list[Item[R]]:
        """Return what is in force and what is to come, by its start."""
        self.advance(now)
        return [self._store[place] for place in (_ACTIVE, _SCHEDULED) if place in self._store]

    def next_change(self, now: int) -> int | None:
        """Return when something starts or ends; None for never."""
        moments = [m for item in self.items(now) for m in (item.start, item.end) if m is not None]
        return min((moment for moment in moments if moment > now), default=None)
