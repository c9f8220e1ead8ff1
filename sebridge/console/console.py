"""The console on the HTTP server: the files of the page, and a socket for each that is open."""

from collections.abc import Set as AbstractSet
from typing import Final

from aiohttp import WSCloseCode, hdrs, web
from aiohttp.web_exceptions import HTTPForbidden, HTTPServiceUnavailable, HTTPUnauthorized
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.service import Service
from sebridge.console.page_files import page_routes
from sebridge.console.session import ConsoleBackend, Session
from sebridge.rpc.json_codec import MAX_SIZE
from sebridge.rpc.message import Caller
from sebridge.transports.web.answer import Answer, told
from sebridge.transports.web.entrance import Requester, Route

SOCKET: Final = "/console/socket"

_HEARTBEAT: Final = 25.0  # seconds after which a silent page is asked whether it is there
_MOST_PAGES: Final = 32


class Console(Service):
    """Serves pages; `routes` are what the HTTP server answers. Stopping ends their sockets."""

    def __init__(self, backend: ConsoleBackend, clock: Clock) -> None:
        super().__init__()
        self._backend = backend
        self._clock = clock
        self._sockets: dict[web.WebSocketResponse, Caller] = {}
        self.routes: tuple[Route, ...] = (
            *page_routes(),
            Route(hdrs.METH_GET, SOCKET, self._serve, is_open=True, is_for_browsers=True),
        )

    @property
    def pages(self) -> int:
        """How many pages are open."""
        return len(self._sockets)

    def part_from(self, interface: str, names: AbstractSet[str]) -> None:
        """Part from the pages of callers through an interface, as what they may do has changed.

        They come back as what they are now.
        """
        for socket, caller in self._sockets.items():
            if caller.interface == interface and caller.name in names:
                closing = socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"come in again")
                self.spawn(closing, "parting")

    @override
    async def stop(self) -> None:
        """Part from all pages, which try to come back."""
        for socket in tuple(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the bridge stops")
        await super().stop()

    async def _serve(
        self, request: web.BaseRequest, requester: Requester
    ) -> Answer | web.StreamResponse:
        if requester.caller is None:
            raise HTTPUnauthorized(reason="sign in first")
        if hdrs.ORIGIN not in request.headers and hdrs.AUTHORIZATION not in request.headers:
            # a browser always tells whose page asks; whoever is none shows a token
            raise HTTPForbidden(reason="whose page is it?")
        if len(self._sockets) >= _MOST_PAGES:
            raise HTTPServiceUnavailable(reason=f"{_MOST_PAGES} pages are open")
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=MAX_SIZE, compress=False)
        if not socket.can_prepare(request):
            return told(426, "this is for a WebSocket", headers=((hdrs.UPGRADE, "websocket"),))
        await socket.prepare(request)
        requester.lease.keep_calls(0)  # each of its commands is counted by itself
        self._sockets[socket] = requester.caller
        try:
            await Session(socket, requester.caller, self._backend, self._clock).serve()
        finally:
            del self._sockets[socket]
        return socket
