"""What holds for every event that a caller gives: an identifier, and a start that is near. Pure.

Times are whole seconds since 2000 UTC.
"""

from collections.abc import Callable, MutableMapping
from typing import Final

from sebridge.base.clock import ZIGBEE_EPOCH, iso_time, unix_time
from sebridge.base.errors import InvalidFieldError
from sebridge.schedule.schedule import NEVER
from sebridge.settings import entries

UNASSIGNED: Final = 0
"""The identifier of an event whose identifier was left out."""
_NO_ID: Final = 0xFFFFFFFF  # means "any" where a client asks (GEN-9)
_LAST: Final = "last"  # the one key of the collection
_DAY: Final = 86_400


class EventIds:
    """Gives identifiers to events that come without one.

    They grow with the time of issue (GEN-4), and no two are alike, also over restarts: hand in a
    power-safe mapping, which keeps the last one.
    """

    def __init__(self, store: MutableMapping[str, int]) -> None:
        self._store = store

    def assign(self, now: int, *, newest: int, is_taken: Callable[[int], bool]) -> int:
        """Return an identifier that is free, and newer than the `newest` of the events there are.

        Where a caller has used up the largest, that is not possible, and it is only free.
        """
        found = max(now, self._store.get(_LAST, UNASSIGNED) + 1, newest + 1)
        if found >= _NO_ID:
            found = max(now, UNASSIGNED + 1)
        while is_taken(found):
            found += 1
        self._store[_LAST] = found
        return found


def check_near(name: str, moment: int, now: int, most_days_ahead: int) -> None:
    """Raise InvalidFieldError for a time (field `name`) that is farther ahead than is allowed.

    0 is now, and 0xFFFFFFFF no time.
    """
    farthest = most_days_ahead * _DAY
    if moment == NEVER or moment - now <= farthest:
        return
    problem = (
        f"{name} {moment} is {iso_time(unix_time(moment))}, more than the {most_days_ahead} days"
        f" ahead that {entries.MOST_DAYS_AHEAD.name} allows"
    )
    since_2000 = moment - ZIGBEE_EPOCH
    if abs(since_2000 - now) <= farthest:
        problem += (
            "; it looks like seconds since 1970: give seconds since 2000-01-01 00:00:00 UTC,"
            f" {since_2000}, or {iso_time(float(moment))}"
        )
    else:
        problem += "; times are seconds since 2000-01-01 00:00:00 UTC"
    raise InvalidFieldError(problem)
