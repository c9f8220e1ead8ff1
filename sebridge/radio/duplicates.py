"""Frames that arrive twice, because an acknowledgement was lost. The caller brings the time."""

from collections.abc import Hashable
from typing import Final

WINDOW: Final = 2.0  # seconds within which an identical frame is the same frame


class DuplicateFilter:
    """Know a frame that was heard a moment ago.

    What makes a frame is up to the caller. At most `limit` frames are remembered, by their hashes
    of 64 bits: those of a busy network would take megabytes themselves, and who does not know how
    Python hashes in this run can make no two with the same.
    """

    def __init__(self, window: float = WINDOW, limit: int = 4096) -> None:
        self._window = window
        self._limit = limit
        self._heard: dict[int, float] = {}  # by hash when each was heard, the first one first
        self._sweep = 0.0

    def is_new(self, frame: Hashable, now: float) -> bool:
        """Remember the frame; False when it was heard within the window (monotonic seconds)."""
        if now >= self._sweep:  # once in a while, as each frame pays for it
            self._forget_until(now - self._window)
            self._sweep = now + self._window
        heard, key = self._heard, hash(frame)
        before = heard.get(key)
        if before is not None:
            if before > now - self._window:
                return False
            del heard[key]  # it takes its place behind the others again
        elif len(heard) >= self._limit:
            del heard[next(iter(heard))]
        heard[key] = now
        return True

    def _forget_until(self, end: float) -> None:
        self._heard = {key: then for key, then in self._heard.items() if then > end}
