"""The HTTP server: listens, encrypts, and closes what is too slow or too many."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
import logging
import resource
import ssl
import sys
from typing import Any, Final

from aiohttp import web
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.computing import in_thread
from sebridge.base.errors import ConfigError
from sebridge.base.loopback import is_loopback
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.rpc.message import Scope
from sebridge.settings.http_options import HttpOptions, WebTlsOptions
from sebridge.transports.web.auth import Authenticator, Ingress, Token
from sebridge.transports.web.connection import (
    Accepting,
    ConnectionLimits,
    Connections,
    HttpConnection,
)
from sebridge.transports.web.entrance import Entrance, Route
from sebridge.transports.web.metrics import HttpAnswer
from sebridge.transports.web.routes import Backend, Routes
from sebridge.transports.web.sessions import Sessions, cookie_of
from sebridge.transports.web.sign_in import SignIn

_LOGGER = logging.getLogger(__name__)

_LINGERING: Final = 2.0  # seconds in which the rest of a refused request is read and dropped
_BACKLOG: Final = 128  # connections that are accepted at once, before any is closed
_OTHER_DESCRIPTORS: Final = 128  # for the broker, the radio, the database, and programs we start
_PARTING: Final = 3.0  # seconds for requests under way, when we stop
_NO_PASSWORD: Final = ""


def server_context(options: WebTlsOptions) -> ssl.SSLContext:
    """Return a server's context. Reads files, so it is not for the event loop.

    Raises ConfigError when a file cannot be read, is no certificate or key, or needs a password.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    try:
        # without a password given, OpenSSL would ask whoever sits at the terminal
        context.load_cert_chain(options.certificate, options.key, _NO_PASSWORD)
    except OSError as error:
        files = f"{options.certificate}, {options.key}"
        why = error.strerror or str(error)
        raise ConfigError([f"http.tls: {files}: {why}"]) from error
    return context


class HttpServer(Service):
    """Answers HTTP requests from its start to its stop; then `port` is where.

    `clock` is one of real time, as clients live in it. `pages` are further routes, of what people
    look at; cookies are made with `session_key`. `is_administrator` tells of users of Home
    Assistant whether they are, and None of those whom it does not know.
    """

    def __init__(
        self,
        options: HttpOptions,
        backend: Backend,
        clock: Clock,
        *,
        session_key: Secret,
        pages: Sequence[Route] = (),
        is_administrator: Callable[[str], bool | None] | None = None,
    ) -> None:
        super().__init__()
        self._options = options
        self._clock = clock
        limits = options.limits
        self.connections = Connections(
            ConnectionLimits(
                connections=min(limits.connections, _most_connections()),
                connections_per_address=limits.connections_per_address,
                handshake_seconds=limits.patience,
                write_seconds=limits.write_timeout,
            )
        )
        self._context: ssl.SSLContext | None = None
        self._answers: Counter[HttpAnswer] = Counter()
        routes = Routes(backend, limits, clock, self._answers, self.connections)
        tokens = _tokens_of(options)
        authenticator = _authenticator_of(options, tokens, is_administrator)
        sessions = Sessions(session_key, tokens)
        cookie = f"sebridge_{options.port}"  # those of a host are sent to each of its ports

        def signed_in(header: str | None) -> Token | None:
            value = cookie_of(header, cookie)
            return None if value is None else sessions.token(value, clock.utc())

        sign_in = SignIn(options, authenticator, sessions, cookie, clock)
        self._entrance = Entrance(
            [*routes.table, *(sign_in.table if pages else ()), *pages],
            self._answers,
            authenticator,
            clock,
            backend.quota,
            signed_in,
        )
        self._runner: web.ServerRunner | None = None
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The TCP port on which it listens; 0 while it does not."""
        if self._server is None or not self._server.sockets:
            return 0
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def answers(self) -> Mapping[HttpAnswer, int]:
        """How often requests were answered with which status, by path."""
        return self._answers

    @override
    async def start(self) -> None:
        """Listen; raise ConfigError when the port is taken or the certificate is wrong."""
        await self._close()
        self._runner = self._make_runner()
        await self._runner.setup()
        try:
            self._server = await self._listen()
        except BaseException:
            await self._close()
            raise
        self._tell()
        await super().start()

    @override
    async def run(self) -> None:
        """Wait; end with an error when nobody listens any more, so that it is started again."""
        assert self._server is not None
        await self._server.wait_closed()
        raise RuntimeError("the HTTP server was closed from outside")

    @override
    async def stop(self) -> None:
        """Take no more requests; those under way have some seconds to end."""
        await super().stop()
        await self._close()

    # ------------------------------------------------------------------ inside

    def _make_runner(self) -> web.ServerRunner:
        loop = asyncio.get_running_loop()

        def request_of(
            message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]
        ) -> web.BaseRequest:
            return web.BaseRequest(
                message, payload, protocol, writer, task, loop, client_max_size=0
            )

        server = web.Server(self._entrance.handle, request_factory=request_of)
        return web.ServerRunner(server, shutdown_timeout=_PARTING)

    async def _listen(self) -> asyncio.Server:
        options = self._options
        if options.tls is not None:
            self._context = await in_thread(server_context, options.tls)
        try:
            return await asyncio.get_running_loop().create_server(
                self._accept, options.host, options.port, backlog=_BACKLOG
            )
        except OSError as error:
            where = f"{options.host}, port {options.port}"
            why = error.strerror or str(error)
            raise ConfigError([f"http: cannot listen on {where}: {why}"]) from error

    def _accept(self) -> asyncio.Protocol:
        return Accepting(self.connections, self._context, self._serve, self.spawn, self._clock)

    def _serve(self, on_closed: Callable[[], object]) -> HttpConnection | None:
        """Return who serves a new connection; None while we stop."""
        if self._runner is None or self._runner.server is None:
            return None
        return HttpConnection(
            self._runner.server,
            connections=self.connections,
            clock=self._clock,
            on_closed=on_closed,
            access_log=None,
            auto_decompress=False,
            # an idle connection is closed after it, and so is one whose headers come too slowly
            keepalive_timeout=self._options.limits.patience,
            lingering_time=_LINGERING,
            logger=_PeerLog(_LOGGER),
        )

    async def _close(self) -> None:
        server, self._server = self._server, None
        runner, self._runner = self._runner, None
        if server is not None:
            server.close()
        if runner is not None:
            await runner.cleanup()

    def _tell(self) -> None:
        options = self._options
        scheme = "http" if options.tls is None else "https"
        _LOGGER.info("HTTP requests are taken: %s, %s, port %d", scheme, options.host, self.port)
        if (most := self.connections.limits.connections) < options.limits.connections:
            _LOGGER.warning("http.limits.connections is cut to %d: so many files may be open", most)
        if options.tls is None and not is_loopback(options.host):
            _LOGGER.warning("http.tls is not set: tokens can be read by whoever is in between")


def _most_connections() -> int:
    """Return how many connections there may be so that descriptors are left for the broker."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return sys.maxsize
    return max(allowed - _BACKLOG - _OTHER_DESCRIPTORS, 1)


class _PeerLog(logging.LoggerAdapter[logging.Logger]):
    """Takes what aiohttp logs of broken requests: briefly, as what they hold may be a token."""

    @override
    def exception(self, msg: object, *args: object, exc_info: Any = True, **how: Any) -> None:
        """Say which client it was, and of which kind the error is."""
        self.info(f"{msg}: %s", *args, type(exc_info).__name__)


def _tokens_of(options: HttpOptions) -> list[Token]:
    return [
        Token(name=token.name, scope=Scope[token.scope.upper()], hash=token.hash)
        for token in options.tokens
    ]


def _authenticator_of(
    options: HttpOptions,
    tokens: Sequence[Token],
    is_administrator: Callable[[str], bool | None] | None,
) -> Authenticator:
    ingress = options.ingress
    return Authenticator(
        tokens,
        requests_per_minute=options.limits.requests_per_minute,
        failures_per_minute=options.limits.failed_sign_ins_per_minute,
        ingress=None
        if ingress is None
        else Ingress(
            address=ingress.address,
            scope=Scope[ingress.scope.upper()],
            others_scope=None
            if ingress.others_scope == "off"
            else Scope[ingress.others_scope.upper()],
            is_administrator=is_administrator,
        ),
    )
