"""One page that somebody has open: its commands are carried out, and it hears what happens."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
import contextlib
from typing import Any, Final, Protocol

from aiohttp import WSMsgType, web
import msgspec

from sebridge.base.clock import Clock
from sebridge.base.errors import DecodeError, LimitError, ParameterError, SebridgeError
from sebridge.base.follower import Follower
from sebridge.base.service import Service
from sebridge.console.changes import Changes
from sebridge.console.protocol import Command, answer, changes, hello, no_command, read_command
from sebridge.rpc.description import description
from sebridge.rpc.json_document import left_out
from sebridge.rpc.message import Caller, Request, Response, RpcError, Scope
from sebridge.rpc.method import Method
from sebridge.rpc.quota import Quota

_MOST_UNDER_WAY: Final = 32  # commands of one page
_GATHERING: Final = 0.1  # seconds in which changes are told together: no eye is faster


class Published(Protocol):
    """What the bridge publishes, by topics."""

    def follow(self, follower: Follower) -> Callable[[], object]:
        """Tell of whatever is published from now on, until what is returned is called."""

    def payload_on(self, topic: str) -> bytes:
        """Return what is kept on a topic; empty where nothing is."""

    def kept_below(self, branch: str) -> Sequence[str]:
        """Return the topics at or below the branch that are kept."""


class ConsoleBackend(msgspec.Struct, frozen=True, kw_only=True):
    """What stands behind a page.

    `root` is the topic of the gateway. Topics that are `restricted` are for who has that scope: as
    the methods that tell the same.
    """

    version: str
    root: str
    restricted: Mapping[str, Scope]
    answer: Callable[[Request, Caller], Awaitable[Response]]
    answer_document: Callable[[bytes, Caller], Awaitable[bytes]]
    methods: Callable[[], Mapping[str, Method]]
    published: Published
    quota: Quota


class Session(Service):
    """Carries out what a page asks for, as its caller may, and tells it what it subscribed to."""

    def __init__(
        self, socket: web.WebSocketResponse, caller: Caller, backend: ConsoleBackend, clock: Clock
    ) -> None:
        super().__init__()
        self._socket = socket
        self._caller = caller
        self._backend = backend
        self._clock = clock
        self._changes = Changes(backend.root, backend.published.payload_on)
        self._news = asyncio.Event()
        self._under_way = 0
        self._own: Mapping[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "describe_methods": self._describe_methods,
            "send_document": self._send_document,
        }

    async def serve(self) -> None:
        """Serve the page until it is closed."""
        unfollow = self._backend.published.follow(self._hear)
        self.spawn(self._tell(), "changes")
        try:
            await self._send(hello(self._backend.version, self._backend.root, self._caller))
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    await self._take(message.data.encode(errors="replace"))
                else:
                    await self._send(no_command(DecodeError("commands are texts")))
        except ConnectionError:
            pass  # the page is gone
        finally:
            unfollow()
            await self.stop()

    # ------------------------------------------------------------------ commands

    async def _take(self, text: bytes) -> None:
        try:
            command = read_command(text)
        except DecodeError as error:
            await self._send(no_command(error))
            return
        if self._under_way >= _MOST_UNDER_WAY:
            busy = LimitError(f"busy: {_MOST_UNDER_WAY} commands of this page are under way")
            await self._send(answer(_failed(command, busy), command.message_id))
            return
        self._under_way += 1
        self.spawn(self._carry_out(command), "a command")

    async def _carry_out(self, command: Command) -> None:
        quota, now = self._backend.quota, self._clock.monotonic()
        try:
            with quota.lease(self._caller, 1, now, of_several=False) as lease:
                response = await self._answered(command)
                text = answer(response, command.message_id)
                try:
                    lease.add_octets(len(text))
                except LimitError as error:
                    text = answer(left_out(response, error), command.message_id)
                await self._send(text)
        except LimitError as error:
            await self._send(answer(_failed(command, error), command.message_id))
        except ConnectionError:
            pass  # the page is gone; what it asked for is done
        finally:
            self._under_way -= 1

    async def _answered(self, command: Command) -> Response:
        own = self._own.get(command.command)
        if own is None:
            return await self._backend.answer(Request(command.command, command.args), self._caller)
        try:
            return Response(command.command, await own(command.args))
        except SebridgeError as error:
            return _failed(command, error)

    async def _subscribe(self, args: dict[str, Any]) -> dict[str, Any]:
        topics = _topics_of(args)
        published, root = self._backend.published, self._backend.root
        kept = [topic for topic in published.kept_below(root) if self._may_hear(topic)]
        self._changes.subscribe(topics, kept)
        self._news.set()
        return {}

    async def _unsubscribe(self, args: dict[str, Any]) -> dict[str, Any]:
        self._changes.unsubscribe(_topics_of(args))
        return {}

    async def _describe_methods(self, args: dict[str, Any]) -> dict[str, Any]:
        _only(args)
        return description(self._backend.methods().values())

    async def _send_document(self, args: dict[str, Any]) -> dict[str, Any]:
        _only(args, "document")
        document = _given(args, "document", str)
        replied = await self._backend.answer_document(document.encode(), self._caller)
        return {"document": replied.decode(errors="replace")}

    # ------------------------------------------------------------------ what the page hears

    def _hear(self, topic: str, payload: bytes, *, is_kept: bool) -> None:
        if self._may_hear(topic) and self._changes.note(topic, payload, is_kept=is_kept):
            self._news.set()

    def _may_hear(self, topic: str) -> bool:
        return self._caller.scope >= self._backend.restricted.get(topic, Scope.READ)

    async def _tell(self) -> None:
        """Tell what there is, as fast as the page takes it; what it cannot take is counted."""
        with contextlib.suppress(ConnectionError):  # the page is gone
            while True:
                await self._news.wait()
                await self._clock.sleep(_GATHERING)
                self._news.clear()
                while self._changes:
                    await self._send(changes(self._changes.take(), self._changes.lost))

    async def _send(self, text: bytes) -> None:
        if not self._socket.closed:
            await self._socket.send_frame(text, WSMsgType.TEXT)


def _failed(command: Command, error: SebridgeError) -> Response:
    return Response(command.command, None, RpcError.of(error))


def _topics_of(args: dict[str, Any]) -> list[str]:
    _only(args, "topics")
    topics: list[Any] = _given(args, "topics", list)
    for number, topic in enumerate(topics):
        if not isinstance(topic, str):
            raise ParameterError(f"topics[{number}]", "must be text")
    return topics


def _given(args: dict[str, Any], name: str, kind: type) -> Any:
    if not isinstance(args.get(name), kind):
        raise ParameterError(name, f"must be a {kind.__name__}" if name in args else "is missing")
    return args[name]


def _only(args: dict[str, Any], *names: str) -> None:
    for name in args:
        if name not in names:
            raise ParameterError(name, "there is no such argument")
