"""The last records of the log, in memory: for who looks at them later, and for reports."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
import logging
import threading
from typing import Final

from typing_extensions import override

from sebridge.api.log import LogLine
from sebridge.base.clock import Clock
from sebridge.base.redaction import redacted
from sebridge.base.service import Service
from sebridge.model.values import ABSENT

MOST_GRAVE: Final = 250
"""Of warnings and errors so many stay, however long ago they were."""
MOST_RECENT: Final = 1000
"""Of all records so many stay, and none longer than `LONGEST`."""
LONGEST: Final = 15 * 60.0  # seconds

_LONGEST_MESSAGE: Final = 1000  # characters
_LONGEST_TRACE: Final = 4000  # characters, of which the last tell most
_WORDS: Final = ((50, "critical"), (40, "error"), (30, "warning"), (20, "info"))


LogFollower = Callable[[LogLine], object]


def level_word(number: int) -> str:
    """Return the word for a level of the log."""
    return next((word for least, word in _WORDS if number >= least), "debug")


class _Listening(logging.Handler):
    """Hands each record on, and never breaks who logs it."""

    def __init__(self, memory: "LogMemory") -> None:
        super().__init__()
        self._memory = memory

    @override
    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._memory.keep(record)
        except Exception:  # noqa: BLE001  # a malformed log call must not break its caller
            self.handleError(record)


class LogMemory(Service):
    """Keeps what is logged from its start to its stop; any thread may log, and any may look."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._handler = _Listening(self)
        self._grave: deque[LogLine] = deque(maxlen=MOST_GRAVE)
        self._recent: deque[tuple[float, LogLine]] = deque(maxlen=MOST_RECENT)
        self._newest = 0
        self._followers: tuple[LogFollower, ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    @override
    async def start(self) -> None:
        """Begin to listen to the log."""
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        logging.getLogger().addHandler(self._handler)
        await super().start()

    @override
    async def stop(self) -> None:
        """Listen no more; what is kept stays."""
        logging.getLogger().removeHandler(self._handler)
        await super().stop()

    @property
    def newest(self) -> int:
        """The number of the newest record; 0 where there was none yet."""
        return self._newest

    def lines(self) -> Sequence[LogLine]:
        """Return what is kept, the oldest first."""
        earliest = self._clock.monotonic() - LONGEST
        lock = self._handler.lock
        assert lock is not None, "every handler has one"
        with lock:
            kept = {line.number: line for line in self._grave}
            kept |= {line.number: line for since, line in self._recent if since >= earliest}
        return [kept[number] for number in sorted(kept)]

    def follow(self, follower: LogFollower) -> Callable[[], object]:
        """Tell of each record from now on, until what is returned is called.

        The follower is called in the event loop's thread only, whichever thread logs.
        """
        self._followers = (*self._followers, follower)

        def unfollow() -> None:
            self._followers = tuple(one for one in self._followers if one is not follower)

        return unfollow

    def keep(self, record: logging.LogRecord) -> None:
        """Keep a record, as far as it may be shown."""
        number = self._newest + 1
        trace = _trace(record)
        line = LogLine(
            number=number,
            time=round(record.created, 3),
            level=level_word(record.levelno),
            name=record.name,
            message=redacted(record.getMessage())[:_LONGEST_MESSAGE],
            trace=redacted(trace)[-_LONGEST_TRACE:] if trace else ABSENT,
        )
        self._newest = number
        self._recent.append((self._clock.monotonic(), line))
        if record.levelno >= logging.WARNING:
            self._grave.append(line)
        if self._loop is None or threading.get_ident() == self._thread:
            self._tell(line)
        else:
            self._loop.call_soon_threadsafe(self._tell, line)

    def _tell(self, line: LogLine) -> None:
        for follower in self._followers:
            follower(line)


def _trace(record: logging.LogRecord) -> str:
    if record.exc_info and record.exc_info[0] is not None:
        return logging.Formatter().formatException(record.exc_info)
    return ""
