"""Home Assistant's WebSocket: let in by a token, asked, and listened to.

Source: Home Assistant, developer documentation, "WebSocket API".
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import aiohttp
import msgspec

from sebridge.base.clock import Clock
from sebridge.base.errors import (
    AnswerTimeoutError,
    MalformedAnswerError,
    RefusedError,
    RequestError,
)
from sebridge.base.secret import Secret

_ANSWER_WITHIN: Final = 30.0  # seconds
_QUIET: Final = 60.0  # seconds without news, after which it is asked whether it is still there
_LARGEST: Final = 64 << 20  # octets: the registry of a large house is one message


class HomeAssistantLink:
    """A conversation with Home Assistant. It says why where it refuses; its token it never says."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, clock: Clock) -> None:
        self._socket = socket
        self._clock = clock
        self._asked = 0

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, token: Secret, clock: Clock, largest: int = _LARGEST
    ) -> AsyncIterator[Self]:
        """Be let in with a long-lived access token; no message may have more octets than `largest`.

        AnswerTimeoutError where nobody answers, RefusedError where the token is not taken.
        """
        async with aiohttp.ClientSession() as session:
            try:
                socket = await clock.within(
                    _ANSWER_WITHIN, session.ws_connect(url, max_msg_size=largest)
                )
            except (aiohttp.ClientError, OSError) as error:
                problem = f"no Home Assistant answers at {url}: {_reason(error)}"
                raise AnswerTimeoutError(problem) from None
            async with socket:
                link = cls(socket, clock)
                await link._enter(token)
                yield link

    async def ask(self, kind: str, **fields: Any) -> Any:
        """Return what a command results in; RequestError with its words where it is refused."""
        number = await self._command(kind, **fields)
        while (answer := await self._heard(_ANSWER_WITHIN)).get("id") != number:
            pass  # news of others
        if not answer.get("success"):
            why = (answer.get("error") or {}).get("message", "no reason given")
            raise RequestError(f"Home Assistant refuses {kind}: {why}")
        return answer.get("result")

    async def news(self, kind: str, **fields: Any) -> AsyncGenerator[Any]:
        """Have a command go on, and return each event of it until the conversation ends.

        It goes on when this returns. What comes while something else is asked is passed over.
        """
        await self.ask(kind, **fields)
        return self._events(self._asked)

    async def _events(self, number: int) -> AsyncGenerator[Any]:
        while True:
            told = await self._next()
            if (told.get("id"), told.get("type")) == (number, "event"):
                yield told.get("event")

    async def _enter(self, token: Secret) -> None:
        await self._heard(_ANSWER_WITHIN)  # auth_required
        await self._say({"type": "auth", "access_token": token.reveal().decode()})
        if (await self._heard(_ANSWER_WITHIN)).get("type") != "auth_ok":
            raise RefusedError("Home Assistant does not take the token")

    async def _next(self) -> dict[str, Any]:
        """Return what comes next, and make sure that somebody is there while nothing does."""
        try:
            return await self._heard(_QUIET)
        except AnswerTimeoutError:
            await self._command("ping")
            return await self._heard(_ANSWER_WITHIN)

    async def _command(self, kind: str, **fields: Any) -> int:
        self._asked += 1
        await self._say({"id": self._asked, "type": kind, **fields})
        return self._asked

    async def _say(self, message: dict[str, Any]) -> None:
        try:
            await self._clock.within(_ANSWER_WITHIN, self._socket.send_json(message))
        except (aiohttp.ClientError, OSError):
            raise MalformedAnswerError("Home Assistant has ended the conversation") from None

    async def _heard(self, within: float) -> dict[str, Any]:
        message = await self._clock.within(within, self._socket.receive())
        if message.type is not aiohttp.WSMsgType.TEXT:
            if self._socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
                raise MalformedAnswerError("Home Assistant says more at once than is taken")
            raise MalformedAnswerError("Home Assistant has ended the conversation")
        try:
            told = msgspec.json.decode(message.data)
        except msgspec.DecodeError:
            raise MalformedAnswerError("Home Assistant answers with what is no JSON") from None
        if not isinstance(told, dict):
            raise MalformedAnswerError("Home Assistant answers with what is no object")
        return told


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return f"status {error.status}"
    return type(error).__name__
