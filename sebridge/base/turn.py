"""What is to happen once, after all that came together has been dealt with.

asyncio would call it in the next turn of its loop, for which that asks the kernel once more whether
something has come: for a report of a meter that is a quarter of all turns.
"""

import asyncio
from collections import deque
from collections.abc import Callable
import logging
from types import TracebackType
from typing import Final

_LOGGER = logging.getLogger(__name__)


class _Turn:
    """A context in which somebody deals with what has come; the outermost one counts."""

    def __init__(self) -> None:
        self._depth = 0
        self._waiting: deque[Callable[[], object]] = deque()

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._depth -= 1
        while self._waiting and not self._depth:
            callback = self._waiting.popleft()
            try:
                callback()
            except Exception:
                # it is not the fault of whoever deals with what has come
                _LOGGER.exception("what was to be done at the end of a turn failed")

    def at_end(self, callback: Callable[[], object]) -> None:
        """Call at the end of the present turn; soon, by the event loop, where there is none."""
        if self._depth:
            self._waiting.append(callback)
        else:
            asyncio.get_running_loop().call_soon(callback)


TURN: Final = _Turn()
"""Of the thread with the event loop, the only one that may use it."""
