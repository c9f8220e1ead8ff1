"""Frames that arrive twice, because an acknowledgement was lost. The caller brings the time."""

from collections.abc import Hashable
from typing import Final

WINDOW: Final = 2.0  # seconds within which an identical frame is the same frame


class DuplicateFilter:
    """Know a frame that was heard a moment ago.

    What makes a frame is up to the caller. At most `limit` frames are remembered.
    """

    def __init__(self, window: float = WINDOW, limit: int = 4096) -> None:
        self._window = window
        self._limit = limit
        self._heard: dict[Hashable, float] = {}  # when each was heard, the first one first
        self._sweep = 0.0

    def is_new(self, frame: Hashable, now: float) -> bool:
        """Remember the frame; False when it was heard within the window (monotonic seconds)."""
        if now >= self._sweep:  # once in a while, as each frame pays for it
            self._forget_until(now - self._window)
            self._sweep = now + self._window
        heard = self._heard
        before = heard.get(frame)
        if before is not None:
            if before > now - self._window:
                return False
            del heard[frame]  # it takes its place behind the others again
        elif len(heard) >= self._limit:
            del heard[next(iter(heard))]
        heard[frame] = now
        return True

    def _forget_until(self, end: float) -> None:
        self._heard = {frame: then for frame, then in self._heard.items() if then > end}
