"""A server on a real port with real methods behind it, and what it takes to knock."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
import json
import ssl
from typing import Any, Final

import aiohttp

from sebridge.base.clock import Clock, SystemClock
from sebridge.base.secret import Secret
from sebridge.plugins.routes import PluginRoutes
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.message import Caller, Scope
from sebridge.rpc.method import method
from sebridge.rpc.quota import Quota, QuotaLimits
from sebridge.rpc.resource import Resource
from sebridge.settings.http_options import HttpOptions, TokenOptions, WebLimits
from sebridge.transports.web.entrance import Route
from sebridge.transports.web.metrics import HttpAnswer
from sebridge.transports.web.routes import Backend, HealthReport, PackageIntake, PluginAnswerer
from sebridge.transports.web.server import HttpServer
from sebridge.transports.web.sessions import KEY_LENGTH
from sebridge.transports.web.tokens import hash_of

USUAL: Final = QuotaLimits()
READER, OPERATOR, OWNER = "reader-token", "operator-token", "owner-token"
TOKENS: Final = tuple(
    TokenOptions(name=f"the {scope}", scope=scope, hash=hash_of(Secret(token.encode())))
    for token, scope in ((READER, "read"), (OPERATOR, "command"), (OWNER, "admin"))
)
HEALTH: Final[Mapping[str, Any]] = {
    "uptime": 12,
    "radio": {"joined": True, "age": 3, "starts": 2},
    "frames": {"received": 7},
    "broker": {"connected": True, "queued": 4},
    "responses": {
        "waiting": 3,
        "dropped": 1,
        "pushed": 2,
        "failures": 5,
        "unasked": 6,
        "problem": None,
    },
    "database_writable": True,
    "devices": {"known": 3, "active": 2},
    "limits": {"devices_crowded_out": 5},
    "event_loop_lag": 0.25,
}


RESOURCES: Final = (
    Resource(verb="GET", path="/rest/words", method="read_words"),
    Resource(verb="DELETE", path="/rest/words", method="forget_words"),
    Resource(verb="POST", path="/rest/words", method="add_word"),
    Resource(verb="PUT", path="/rest/words/{word}", method="add_word", fields=("words",)),
    Resource(verb="GET", path="/rest/fall", method="crash"),
)


@dataclass(frozen=True)
class Stored:
    """What is in the store."""

    words: list[str]


class Store:
    """Methods of each scope, on a list of words."""

    def __init__(self) -> None:
        self.words: list[str] = []

    @method(scope=Scope.READ)
    async def read_words(self) -> Stored:
        """Return all words."""
        return Stored(self.words)

    @method
    async def add_word(self, word: str) -> Stored:
        """Add a word."""
        self.words.append(word)
        return Stored(self.words)

    @method(scope=Scope.ADMIN)
    async def forget_words(self) -> Stored:
        """Forget all words."""
        self.words.clear()
        return Stored(self.words)

    @method(scope=Scope.READ)
    async def crash(self) -> Stored:
        """Have a bug."""
        raise ZeroDivisionError


class Counting:
    """A small answerer of XML documents: tells the size of each, and who sent it."""

    async def answer(self, document: bytes, caller: Caller) -> bytes:
        if not document.startswith(b"<"):
            return b"<rci_reply><error>not XML</error></rci_reply>"
        scope = caller.scope.name.lower()
        return f'<rci_reply octets="{len(document)}" scope="{scope}"/>'.encode()


class Breaking:
    """An answerer with a bug."""

    async def answer(self, document: bytes, caller: Caller) -> bytes:
        del caller
        raise ZeroDivisionError(document.decode())


class Waiting:
    """An answerer that keeps everybody waiting."""

    def __init__(self) -> None:
        self.waiting = 0
        self.go_on = asyncio.Event()

    async def answer(self, document: bytes, caller: Caller) -> bytes:
        del document, caller
        self.waiting += 1
        await self.go_on.wait()
        return b"<done/>"


class House:
    """A server that listens, and clients."""

    def __init__(
        self,
        options: HttpOptions,
        xml: Any = None,
        clock: Clock | None = None,
        limits: QuotaLimits = USUAL,
        pages: Sequence[Route] = (),
        is_administrator: Callable[[str], bool | None] | None = None,
        packages: PackageIntake | None = None,
        plugin_routes: PluginRoutes | None = None,
    ) -> None:
        self.store = Store()
        self.quota = Quota(limits)
        self.problems: list[str] = []
        self.dispatcher = Dispatcher(self._durable)
        self.dispatcher.register([self.store])
        self.options = options
        self.server = HttpServer(
            options,
            Backend(
                version="1.2.3",
                answer=self.dispatcher.answer,
                methods=lambda: self.dispatcher.methods,
                calls=lambda: self.dispatcher.outcomes,
                health=lambda: HealthReport(HEALTH, tuple(self.problems)),
                quota=self.quota,
                xml=xml,
                resources=RESOURCES,
                packages=packages,
                plugin_routes=None
                if plugin_routes is None
                else PluginAnswerer(plugin_routes.find, self.dispatcher.check),
            ),
            clock or SystemClock(),
            session_key=Secret(bytes(KEY_LENGTH)),
            pages=pages,
            is_administrator=is_administrator,
        )
        self._stack = AsyncExitStack()

    async def _durable(self) -> None:
        """Keep nothing, so that nothing has to be waited for."""

    async def open(self) -> None:
        await self.server.start()
        self._stack.push_async_callback(self.server.stop)
        await self.open_clients()

    async def open_clients(self) -> None:
        """Get ready to call a server that somebody else starts and stops."""
        connector = aiohttp.TCPConnector(limit=0)
        session = aiohttp.ClientSession(connector=connector)
        self._client = await self._stack.enter_async_context(session)

    async def close(self) -> None:
        await self._stack.aclose()

    @property
    def answers(self) -> Mapping[HttpAnswer, int]:
        """How requests were answered so far."""
        return self.server.answers

    @property
    def url(self) -> str:
        scheme = "http" if self.options.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self.server.port}"

    async def knock(
        self,
        verb: str,
        path: str,
        token: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        encryption: ssl.SSLContext | bool = True,
    ) -> "Answered":
        """Make a request; return how it was answered."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        async with self._client.request(
            verb, self.url + path, headers=sent, data=data, ssl=encryption
        ) as answer:
            return Answered(answer.status, answer.headers, await answer.read())

    async def post(self, body: Any, token: str | None = None, path: str = "/rpc") -> "Answered":
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.knock("POST", path, token, data=data)

    async def call(self, name: str, token: str | None = None, /, **params: Any) -> "Answered":
        body = {"jsonrpc": "2.0", "id": 1, "method": name, "params": params}
        return await self.post(body, token)


@dataclass(frozen=True)
class Answered:
    """How a request was answered."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def options(*tokens: TokenOptions, tls: Any = None, **limits: Any) -> HttpOptions:
    """Return options of a server on any free port."""
    return HttpOptions(port=0, tokens=tokens, tls=tls, limits=WebLimits(**limits))
