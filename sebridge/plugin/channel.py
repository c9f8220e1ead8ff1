"""JSON-RPC 2.0 in both directions over one stream, a message in a line, for both of its ends.

On the side of plug-ins nothing but Python's own library may be imported: they bring versions of
their own of whatever else there is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import itertools
import json
import logging
from typing import Any, Final

LONGEST_MESSAGE: Final = 256 * 1024
"""Octets of a message that the bridge takes of a plug-in."""
MOST_UNSENT: Final = 256 * 1024
"""Octets that may wait for the other side; what is told beyond that is dropped."""


_INTERNAL: Final = -32603  # of JSON-RPC
_TOO_LONG: Final = -32600  # of JSON-RPC: no valid request
_LONGEST_PROBLEM: Final = 2_000  # characters of what is said of an error
_LOGGER = logging.getLogger(__name__)


class ChannelError(Exception):
    """The other side answered with an error of JSON-RPC."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ClosedError(ConnectionError):
    """The other side is gone, or what it says is no message."""


def _encode(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


async def _at_once() -> None:
    """Read the next message without a pause."""


class Channel:
    """One end. `run` reads until the other side is gone.

    `answer` carries out requests of the other side, each in a task of its own: what it returns is
    the result, and ChannelError an error. `hear` takes what is only told. `pace` is awaited after
    each message. `encode` and `decode` are JSON, for who needs more than Python's own. `longest`
    is the octets that the other side takes of a message.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        answer: Callable[[str, Mapping[str, Any]], Awaitable[Any]],
        hear: Callable[[str, Mapping[str, Any]], object],
        encode: Callable[[Mapping[str, Any]], bytes] = _encode,
        decode: Callable[[bytes], Any] = json.loads,
        pace: Callable[[], Awaitable[None]] = _at_once,
        longest: int = LONGEST_MESSAGE,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._hear = hear
        self._encode = encode
        self._decode = decode
        self._pace = pace
        self._longest = longest
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def run(self) -> None:
        """Read messages; end when the other side is gone. ClosedError where it talks nonsense."""
        try:
            while line := await self._reader.readline():
                self._take(self._decode(line))
                await self._pace()
                await self._writer.drain()  # who does not read is not answered further
        except ConnectionError:
            return
        except Exception as error:
            raise ClosedError("what it says is no message") from error
        finally:
            self.close()

    def close(self) -> None:
        """Say nothing more, and let nobody wait for an answer."""
        self._is_closed = True
        self._writer.close()
        for task in self._tasks:
            task.cancel()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ClosedError("the other side is gone"))

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """Return the result of a request; ChannelError, and ClosedError without an answer."""
        if self._is_closed:
            raise ClosedError("the other side is gone")
        number = next(self._numbers)
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._send({"id": number, "method": method, "params": params})
            return await waiting
        finally:
            del self._waiting[number]

    def tell(self, method: str, params: Mapping[str, Any]) -> bool:
        """Say something that nobody answers; False where it is too long, or too much waits."""
        if self._is_closed or self._writer.transport.get_write_buffer_size() > MOST_UNSENT:
            return False
        try:
            self._send({"method": method, "params": params})
        except ChannelError:
            return False
        return True

    def _send(self, message: Mapping[str, Any]) -> None:
        line = self._encode({"jsonrpc": "2.0", **message}) + b"\n"
        if len(line) > self._longest:
            raise ChannelError(_TOO_LONG, f"a message has at most {self._longest} octets")
        self._writer.write(line)

    def _take(self, message: Any) -> None:
        number, method = message.get("id"), message.get("method")
        if method is None:
            self._take_answer(number, message)
        elif number is None:
            self._hear(str(method), dict(message.get("params", {})))
        else:
            work = self._carry_out(number, str(method), dict(message.get("params", {})))
            task = asyncio.get_running_loop().create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _take_answer(self, number: Any, message: Mapping[str, Any]) -> None:
        waiting = self._waiting.get(number)
        if waiting is None or waiting.done():
            return  # whoever asked does not wait any more
        if "error" in message:
            error = message["error"]
            waiting.set_exception(ChannelError(int(error["code"]), str(error["message"])))
        else:
            waiting.set_result(message["result"])

    async def _carry_out(self, number: Any, method: str, params: Mapping[str, Any]) -> None:
        try:
            self._send({"id": number, "result": await self._answer(method, params)})
        except ChannelError as error:
            told = {"code": error.code, "message": error.message[:_LONGEST_PROBLEM]}
            self._send({"id": number, "error": told})
        except Exception:
            _LOGGER.exception("%s failed", method)
            self._send({"id": number, "error": {"code": _INTERNAL, "message": "internal error"}})
