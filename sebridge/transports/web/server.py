"""The HTTP server: listens, encrypts, and closes what is too slow or too many."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
import logging
import ssl
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import ConfigError
from sebridge.base.loopback import is_loopback
from sebridge.base.secret import Secret
from sebridge.rpc.message import Scope
from sebridge.settings.http_options import HttpOptions, WebTlsOptions
from sebridge.transports.listening.connections import ConnectionLimits, Connections
from sebridge.transports.listening.door import most_connections
from sebridge.transports.web.auth import Authenticator, Ingress, Token
from sebridge.transports.web.entrance import Entrance, Route
from sebridge.transports.web.listener import HttpListener
from sebridge.transports.web.metrics import HttpAnswer
from sebridge.transports.web.routes import Backend, Routes
from sebridge.transports.web.sessions import Sessions, cookie_of
from sebridge.transports.web.sign_in import SignIn

_LOGGER = logging.getLogger(__name__)

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


class HttpServer(HttpListener):
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
        self._options = options
        limits = options.limits
        connections = Connections(
            ConnectionLimits(
                connections=min(limits.connections, most_connections()),
                connections_per_address=limits.connections_per_address,
                handshake_seconds=limits.patience,
                write_seconds=limits.write_timeout,
            )
        )
        self._answers: Counter[HttpAnswer] = Counter()
        routes = Routes(backend, limits, clock, self._answers, connections)
        tokens = _tokens_of(options)
        authenticator = _authenticator_of(options, tokens, is_administrator)
        sessions = Sessions(session_key, tokens)
        cookie = f"sebridge_{options.port}"  # those of a host are sent to each of its ports

        def signed_in(header: str | None) -> Token | None:
            value = cookie_of(header, cookie)
            return None if value is None else sessions.token(value, clock.utc())

        sign_in = SignIn(options, authenticator, sessions, cookie, clock)
        entrance = Entrance(
            [*routes.table, *(sign_in.table if pages else ()), *pages],
            self._answers,
            authenticator,
            clock,
            backend.quota,
            signed_in,
        )
        super().__init__(
            "http",
            options.host,
            options.port,
            connections=connections,
            handle=entrance.handle,
            patience=limits.patience,
            clock=clock,
            make_context=None if options.tls is None else partial(server_context, options.tls),
        )

    @property
    def answers(self) -> Mapping[HttpAnswer, int]:
        """How often requests were answered with which status, by path."""
        return self._answers

    @override
    async def start(self) -> None:
        """Listen; raise ConfigError when the port is taken or the certificate is wrong."""
        await super().start()
        self._tell()

    def _tell(self) -> None:
        options = self._options
        scheme = "http" if options.tls is None else "https"
        _LOGGER.info("HTTP requests are taken: %s, %s, port %d", scheme, options.host, self.port)
        if (most := self.connections.limits.connections) < options.limits.connections:
            _LOGGER.warning("http.limits.connections is cut to %d: so many files may be open", most)
        if options.tls is None and not is_loopback(options.host):
            _LOGGER.warning("http.tls is not set: tokens can be read by whoever is in between")


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
