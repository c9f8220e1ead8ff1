"""A console on a server of its own, without a bridge behind it, and the page's end of a socket."""

import asyncio
from collections.abc import Callable
import json
from typing import Any, Self

import aiohttp
import pytest

from sebridge.base.clock import SystemClock
from sebridge.console.console import SOCKET, Console
from sebridge.console.session import ConsoleBackend
from sebridge.rpc.message import Caller, Request, Response, Scope
from sebridge.rpc.quota import Quota, QuotaLimits
from sebridge.settings.http_options import HttpOptions
from tests.doubles import RecordingBroker
from tests.patience import PATIENCE
from tests.transports.web.backend import USUAL, House


class Served:
    """A server with a console on it; what a bridge publishes goes to `link`."""

    def __init__(
        self,
        options: HttpOptions,
        limits: QuotaLimits = USUAL,
        is_administrator: Callable[[str], bool | None] | None = None,
    ) -> None:
        self.link = RecordingBroker()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.house: House
        behind = ConsoleBackend(
            version="1.2.3",
            root="sebridge/home",
            restricted={"sebridge/home/log": Scope.COMMAND},
            answer=self._answer,
            answer_document=self._answer_document,
            methods=lambda: self.house.dispatcher.methods,
            published=self.link,
            quota=Quota(limits),
        )
        self.console = Console(behind, SystemClock())
        self.house = House(options, pages=self.console.routes, is_administrator=is_administrator)

    async def _answer(self, request: Request, caller: Caller) -> Response:
        return await self.house.dispatcher.answer(request, caller)

    async def _answer_document(self, document: bytes, caller: Caller) -> bytes:
        await self.go_on.wait()
        return b"<to>%b</to>" % (document + caller.scope.name.encode())

    async def __aenter__(self) -> Self:
        await self.house.open()
        await self.console.start()
        self.client = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_raised: object) -> None:
        await self.console.stop()
        await self.client.close()
        await self.house.close()

    def origin(self) -> dict[str, str]:
        return {"Origin": self.house.url}

    async def open(self, **headers: str) -> "Tab":
        socket = await self.client.ws_connect(
            self.house.url + SOCKET, headers=self.origin() | headers
        )
        return Tab(socket)

    async def refusal(self, **headers: str) -> int:
        """Return the status with which a socket is refused."""
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await self.client.ws_connect(self.house.url + SOCKET, headers=headers)
        return refused.value.status


class Tab:
    """The page's end of its socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def heard(self) -> Any:
        return json.loads(await self.socket.receive_str(timeout=PATIENCE))

    async def call(self, command: str, message_id: Any = 1, /, **args: Any) -> Any:
        await self.socket.send_json({"command": command, "message_id": message_id, "args": args})
        return await self.heard()
