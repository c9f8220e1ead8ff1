"""A TCP port that is listened on, and who comes in by it."""

import asyncio
from collections.abc import Callable
import resource
import ssl
import sys
from typing import Final

from sebridge.base.clock import Clock
from sebridge.base.errors import ConfigError
from sebridge.transports.listening.accepting import Accepting, Serve
from sebridge.transports.listening.connections import Connections

_BACKLOG: Final = 128  # connections that are accepted at once, before any is closed
_OTHER_DESCRIPTORS: Final = 128  # for the broker, the radio, the database, and programs we start


class Door:
    """Listens on an address and port, and lets in whom there is room for.

    `name` is the section of the configuration that an error names. `serve` says who serves a
    connection, `spawn` runs what is done beside that, `clock` is one of real time.
    """

    def __init__(
        self,
        name: str,
        connections: Connections,
        serve: Serve,
        spawn: Callable[..., object],
        clock: Clock,
    ) -> None:
        self._name = name
        self._connections = connections
        self._serve = serve
        self._spawn = spawn
        self._clock = clock
        self._context: ssl.SSLContext | None = None
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The TCP port on which it listens; 0 while it does not."""
        if self._server is None or not self._server.sockets:
            return 0
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self, host: str, port: int, context: ssl.SSLContext | None = None) -> None:
        """Listen, with a `context` for encrypted connections; ConfigError when that cannot be."""
        self._context = context
        try:
            self._server = await asyncio.get_running_loop().create_server(
                self._accept, host, port, backlog=_BACKLOG
            )
        except OSError as error:
            where = f"{host}, port {port}"
            why = error.strerror or str(error)
            raise ConfigError([f"{self._name}: cannot listen on {where}: {why}"]) from error

    async def closed(self) -> None:
        """Return when nobody listens any more."""
        assert self._server is not None
        await self._server.wait_closed()

    def close(self) -> None:
        """Listen no more; the connections there are go on."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _accept(self) -> asyncio.Protocol:
        return Accepting(self._connections, self._context, self._serve, self._spawn, self._clock)


def most_connections() -> int:
    """Return how many connections there may be so that descriptors are left for the broker."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return sys.maxsize
    return max(allowed - _BACKLOG - _OTHER_DESCRIPTORS, 1)
