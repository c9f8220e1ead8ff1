"""How often a wrong PIN may be given: a pause that grows, for each caller and for all. Pure.

A PIN has four digits, so whoever may try as often as he likes finds it. What was tried is kept over
restarts.
"""

from collections.abc import MutableMapping
import math
from typing import Final

import msgspec

from sebridge.base.errors import LimitError, RefusedError
from sebridge.model.data_types import Moment

_FREE_OF_CALLER: Final = 3  # wrong PINs before the first pause
_FREE_OF_ALL: Final = 10
_FIRST_PAUSE: Final = 30.0  # seconds; each further wrong PIN doubles it
_LONGEST_PAUSE: Final = 3_600.0  # seconds
_FORGOTTEN_AFTER: Final = 86_400.0  # seconds without a wrong PIN
_MOST_CALLERS: Final = 64
_ALL: Final = ""


class WrongPinError(RefusedError):
    """The PIN is not the one of this display."""


class WrongPins(msgspec.Struct, frozen=True):
    """How many wrong PINs there were, and when the last: seconds since 1970."""

    count: int
    last: Moment


class PinAttempts:
    """Says whether a PIN may be tried, and for how long not.

    The `store` keeps the wrong PINs of each caller and of all. A clock that was set back makes no
    pause longer than it is.
    """

    def __init__(self, store: MutableMapping[str, WrongPins]) -> None:
        self._store = store

    def check(self, caller: str, now: float) -> None:
        """Raise LimitError, with the seconds that are left, while there is a pause."""
        left = self.pause_left(caller, now)
        if left:
            raise LimitError(f"too many wrong PINs: the next is looked at in {left} s", left)

    def pause_left(self, caller: str, now: float) -> int:
        """Return the seconds, rounded up, until this caller may try again."""
        of_all = self._left(_ALL, _FREE_OF_ALL, now)
        return math.ceil(max(of_all, self._left(_key(caller), _FREE_OF_CALLER, now)))

    def wrong(self, caller: str, now: float) -> LimitError:
        """Count a wrong PIN; return the error that tells of it, with the seconds of the pause."""
        for key in (_ALL, _key(caller)):
            self._store[key] = WrongPins(self._count(key, now) + 1, now)
        callers = {key: wrong for key, wrong in self._store.items() if key != _ALL}
        if len(callers) > _MOST_CALLERS:  # what they tried stays counted among all
            del self._store[min(callers, key=lambda key: callers[key].last)]
        problem, left = "the PIN is not the one of this display", self.pause_left(caller, now)
        if left:
            return LimitError(f"{problem}; the next is looked at in {left} s", left)
        return LimitError(problem)

    def right(self, caller: str, now: float) -> None:
        """Forget the wrong PINs of a caller, who knows it after all; those of others count on."""
        key = _key(caller)
        others = self._count(_ALL, now) - self._count(key, now)
        self._store.pop(key, None)
        if others > 0:
            self._store[_ALL] = WrongPins(others, self._store[_ALL].last)
        else:
            self._store.pop(_ALL, None)

    def notes(self, now: float) -> list[str]:
        """Return what people should know of it."""
        count = self._count(_ALL, now)
        if not count:
            return []
        left = math.ceil(self._left(_ALL, _FREE_OF_ALL, now))
        times = "once" if count == 1 else f"{count} times"
        pause = f"; nobody's is looked at for {left} s" if left else ""
        return [f"a wrong PIN for messages was given {times}{pause}"]

    def _count(self, key: str, now: float) -> int:
        wrong = self._store.get(key)
        if wrong is None or now - wrong.last > _FORGOTTEN_AFTER:
            return 0
        return wrong.count

    def _left(self, key: str, free: int, now: float) -> float:
        paused = self._count(key, now) - free
        if paused < 0:
            return 0.0
        # no shift beyond what is longest anyway: the count has no limit
        pause = min(_FIRST_PAUSE * float(1 << min(paused, 16)), _LONGEST_PAUSE)
        return min(max(self._store[key].last + pause - now, 0.0), pause)


def _key(caller: str) -> str:
    return f"by {caller}"
