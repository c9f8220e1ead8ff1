"""Push what is in the response buffer, oldest first, and forget it only when it has arrived."""

import asyncio
from collections.abc import Callable
import logging
from random import Random
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.base.service import Service
from sebridge.rpc.response_buffer import ResponseBuffer, StoredResponse
from sebridge.transports.push.targets import FileRefusedError, PushError, Target

_LOGGER = logging.getLogger(__name__)

_SHORTEST_PAUSE: Final = 1.0  # seconds after the first failure
_LONGEST_PAUSE: Final = 300.0
_REFUSED_AGAIN: Final = 3600.0  # seconds after which a refused file is offered once more


class Pusher(Service):
    """Pushes while `enabled` (RPC_Manager.use_push); `file_name` names a response's file.

    When the target takes nothing, everything waits, twice as long each time. A file that alone
    is refused stays in the buffer, and those after it go ahead.
    """

    def __init__(
        self,
        buffer: ResponseBuffer,
        target: Target,
        file_name: Callable[[StoredResponse], str],
        enabled: Callable[[], bool],
        clock: Clock,
        random: Random,
    ) -> None:
        super().__init__()
        self.pushed = 0
        self.failures = 0
        self.problem: str | None = None
        self._buffer = buffer
        self._target = target
        self._file_name = file_name
        self._enabled = enabled
        self._clock = clock
        self._random = random
        self._refused: dict[int, float] = {}  # key -> when it is offered again, monotonic
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Look again: something was put in, or a setting has changed."""
        self._news.set()

    @override
    async def run(self) -> None:
        """Push until stopped."""
        pause = _SHORTEST_PAUSE
        while True:
            self._news.clear()
            found = self._next() if self._enabled() else None
            if found is None:
                await self._wait_for_news()
                continue
            try:
                await self._push(*found)
                pause = _SHORTEST_PAUSE
            except PushError as error:
                self._failed(error)
                await self._clock.sleep(pause * self._random.uniform(0.5, 1.0))
                pause = min(2 * pause, _LONGEST_PAUSE)

    @override
    async def stop(self) -> None:
        """Stop; what has not arrived stays in the buffer."""
        await super().stop()
        await self._target.close()

    async def _push(self, key: int, response: StoredResponse) -> None:
        name = self._file_name(response)
        try:
            await self._target.put(name, response.document.encode())
        except FileRefusedError as error:
            self._failed(error)
            self._refused[key] = self._clock.monotonic() + _REFUSED_AGAIN
            return
        self._refused.pop(key, None)
        self._buffer.remove(key)
        self.pushed += 1
        self.problem = None

    def _failed(self, error: PushError) -> None:
        self.failures += 1
        self.problem = str(error)
        _LOGGER.warning("%s", error)

    def _next(self) -> tuple[int, StoredResponse] | None:
        """Return the oldest response whose turn it is."""
        now = self._clock.monotonic()
        found = self._buffer.after(0)
        oldest = 0 if found is None else found[0]
        for gone in [key for key in self._refused if key < oldest]:
            del self._refused[gone]
        while found is not None and self._refused.get(found[0], now) > now:
            found = self._buffer.after(found[0])
        return found

    async def _wait_for_news(self) -> None:
        if not self._refused:
            await self._news.wait()
            return
        left = min(self._refused.values()) - self._clock.monotonic()
        try:
            await self._clock.within(max(left, _SHORTEST_PAUSE), self._news.wait())
        except AnswerTimeoutError:
            return  # the time of a refused one has come
