"""Frames that arrive twice, because an acknowledgement was lost. The caller brings the time."""

from collections import deque
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
        self._seen: set[Hashable] = set()
        self._order: deque[tuple[float, Hashable]] = deque()

    def is_new(self, frame: Hashable, now: float) -> bool:
        """Remember the frame; False when it was heard within the window (monotonic seconds)."""
        order = self._order
        while order and order[0][0] <= now - self._window:
            self._seen.discard(order.popleft()[1])
        if frame in self._seen:
            return False
        if len(order) >= self._limit:
            self._seen.discard(order.popleft()[1])
        self._seen.add(frame)
        order.append((now, frame))
        return True
