"""The serial port of one node as a TCP port: octets both ways, none lost and none twice.

Towards the node goes one frame at a time, of few octets, and the next when it is confirmed: that
is the airtime of a serial port, for which clients wait by their TCP window. Where a frame is not
confirmed, nobody knows whether its octets arrived: then the client's connection ends, as a
stream with a gap is worth less than none. So it does where a client does not read.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import logging
import socket
from typing import Final, cast

import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock, Timer
from sebridge.base.errors import DeliveryError, NotTakenError
from sebridge.base.service import Service
from sebridge.radio.radio import TxStatus
from sebridge.transports.control_port.first_octets import Visitor, visitor
from sebridge.transports.control_port.pending import Pending, Piece
from sebridge.transports.listening.connections import Connections
from sebridge.transports.listening.door import Door

_LOGGER = logging.getLogger(__name__)

_MOST_UNREAD: Final = 65_536
SHOWN_AT_ONCE: Final = 0.5
"""Seconds after which whoever has sent too little to tell is no browser."""
PARTING: Final = 5.0
"""Seconds for which a client that sends no more is told what the node says."""
RETRY_AFTER: Final = 1.0
"""Seconds until octets that did not go on the air are sent again."""
LONGEST_RETRYING: Final = 30.0
"""Seconds after which that is given up."""

_NEVER_SENT: Final = frozenset(
    {TxStatus.NOT_JOINED, TxStatus.NO_SHORT_ADDRESS, TxStatus.NO_ROOM, TxStatus.CHANNEL_BUSY}
)

_PROOFS_OF_LIFE: Final = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 6),
)
"""A client whose machine is gone without a word is known to be after two minutes."""

Write = Callable[[bytes], Awaitable[None]]
"""Sends octets to the node; raises as `SerialNodes.write` does."""


class NodePortRules(msgspec.Struct, frozen=True, kw_only=True):
    """How a port is used: by `one` client at a time, or by several, who hear the same."""

    one: bool
    idle_seconds: float | None
    """After which a client through which nothing went ends; None for never."""
    longest: int
    """Octets of one frame for the node."""
    most_unread: int = _MOST_UNREAD
    """Octets that a client may leave unread, besides those in its socket; then it is hung up on."""


class PortCounters(msgspec.Struct):
    """What became of octets since the start."""

    received: int = 0  # from the node
    sent: int = 0  # to the node, and confirmed
    unheard: int = 0  # from the node while no client was there
    lost: int = 0  # of clients, which were not confirmed, or waited behind such
    browsers: int = 0  # connections that were refused


class NodePort(Service):
    """Listens from its start to its stop; `clock` is one of real time.

    `connections` counts the clients of all ports. `name` is what the log calls the node.
    """

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        *,
        rules: NodePortRules,
        connections: Connections,
        write: Write,
        clock: Clock,
    ) -> None:
        super().__init__()
        self.counters = PortCounters()
        self._label = name
        self._place = host, port
        self._rules = rules
        self._connections = connections
        self._write = write
        self._clock = clock
        self._door = Door("control_port", connections, self._serve, self.spawn, clock)
        self._clients: dict[_Client, None] = {}
        self._pending = Pending[_Client](rules.longest)
        self._under_way: _Client | None = None
        self._something = asyncio.Event()

    @property
    def port(self) -> int:
        """The TCP port on which it listens; 0 while it does not."""
        return self._door.port

    @property
    def clients(self) -> int:
        """How many clients are there."""
        return len(self._clients)

    @override
    async def start(self) -> None:
        """Listen; raise ConfigError when the port is taken."""
        await self._door.open(*self._place)
        await super().start()

    @override
    async def stop(self) -> None:
        """Listen no more, and hang up on everybody."""
        self._door.close()
        for client in tuple(self._clients):
            client.hang_up()
        await super().stop()

    def take(self, octets: bytes) -> None:
        """Take what the node has sent."""
        self.counters.received += len(octets)
        if not self._clients:
            self.counters.unheard += len(octets)
        for client in tuple(self._clients):
            client.tell(octets)

    # ------------------------------------------------------------------ towards the node

    @override
    async def run(self) -> None:
        """Bring what clients send to the node, one frame after the other."""
        while True:
            await self._something.wait()
            while (piece := self._pending.next()) is not None:
                self._under_way = piece.client
                await self._bring(piece)
                self._under_way = None
                if self._pending.is_low(piece.client):
                    piece.client.go_on(is_done=not self._is_busy(piece.client))
            self._something.clear()

    def _is_busy(self, client: "_Client") -> bool:
        """Say whether something of a client is on its way, or waits."""
        return client is self._under_way or self._pending.waiting(client) > 0

    async def _bring(self, piece: "Piece[_Client]") -> None:
        until = self._clock.monotonic() + LONGEST_RETRYING
        while True:
            try:
                await self._write(piece.octets)
            except DeliveryError as error:
                was_sent = not isinstance(error, NotTakenError) and (
                    error.tx_status not in _NEVER_SENT
                )
                if was_sent or self._clock.monotonic() >= until:
                    self._give_up(piece, error)
                    return
                await self._clock.sleep(RETRY_AFTER)
            else:
                self.counters.sent += len(piece.octets)
                return

    def _give_up(self, piece: "Piece[_Client]", error: DeliveryError) -> None:
        lost = len(piece.octets) + self._pending.drop(piece.client)
        self.counters.lost += lost
        _LOGGER.warning("%d octets for %s are lost: %s", lost, self._label, error)
        piece.client.hang_up()

    # ------------------------------------------------------------------ clients

    def _serve(self, on_closed: Callable[[], object]) -> asyncio.Protocol | None:
        if self._rules.one and self._clients:
            return None
        client = _Client(
            self._clock,
            idle_seconds=self._rules.idle_seconds,
            most_unread=self._rules.most_unread,
            write_seconds=self._connections.limits.write_seconds,
            send=self._send,
            is_busy=self._is_busy,
            refuse=self._refuse,
            count_slow=self._connections.count_slow,
            on_closed=on_closed,
            gone=lambda client: self._clients.pop(client, None),
        )
        self._clients[client] = None
        return client

    def _send(self, client: "_Client", octets: bytes) -> bool:
        """Take octets for the node; say whether the client should send no more for now."""
        self._pending.add(client, octets)
        self._something.set()
        return self._pending.is_full(client)

    def _refuse(self) -> None:
        self.counters.browsers += 1
        _LOGGER.warning("who came to the port of %s speaks as browsers do: refused", self._label)


class _Client(asyncio.Protocol):
    """One connection. `send` takes octets for the node, `gone` is called when it is over."""

    def __init__(
        self,
        clock: Clock,
        *,
        idle_seconds: float | None,
        most_unread: int,
        write_seconds: float,
        send: "Callable[[_Client, bytes], bool]",
        is_busy: "Callable[[_Client], bool]",
        refuse: Callable[[], object],
        count_slow: Callable[[], object],
        on_closed: Callable[[], object],
        gone: "Callable[[_Client], object]",
    ) -> None:
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._most_unread = most_unread
        self._write_seconds = write_seconds
        self._send = send
        self._is_busy = is_busy
        self._refuse = refuse
        self._count_slow = count_slow
        self._on_closed = on_closed
        self._gone = gone
        self._transport: asyncio.Transport
        self._first: bytes | None = b""
        self._is_paused = False
        self._has_ended = False
        self._used = clock.monotonic()
        self._timers: dict[str, Timer] = {}

    # ------------------------------------------------------------------ of the connection

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # those of uvloop are none by class
        line = transport.get_extra_info("socket")
        for level, name, value in _PROOFS_OF_LIFE:
            line.setsockopt(level, name, value)
        self._watch_idleness()

    @override
    def data_received(self, data: bytes) -> None:
        self._used = self._clock.monotonic()
        if self._first is None:
            self._forward(data)
            return
        self._first += data
        match visitor(self._first):
            case Visitor.BROWSER:
                self._cancel("first")
                self._refuse()
                self.hang_up()
            case Visitor.UNKNOWN:
                self._after("first", SHOWN_AT_ONCE, self._let_in)
            case Visitor.OTHER:
                self._let_in()

    def _let_in(self) -> None:
        """Forward what was held back, and all that comes from now on."""
        self._cancel("first")
        first, self._first = self._first, None
        if first:
            self._forward(first)

    def _forward(self, octets: bytes) -> None:
        if self._send(self, octets) and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    @override
    def eof_received(self) -> bool:
        """Stay for what the node says to the last of it: who sends no more may still listen."""
        self._let_in()
        self._has_ended = True
        if not self._is_busy(self):
            self._after("parting", PARTING, self._close)
        return True

    @override
    def pause_writing(self) -> None:
        self._after("unread", self._write_seconds, self._cut_off)

    @override
    def resume_writing(self) -> None:
        self._cancel("unread")

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        for name in tuple(self._timers):
            self._cancel(name)
        self._gone(self)
        self._on_closed()

    # ------------------------------------------------------------------ of the port

    def tell(self, octets: bytes) -> None:
        """Send what the node says; who does not read it is hung up on."""
        transport = self._transport
        if transport.is_closing():
            return
        self._used = self._clock.monotonic()
        transport.write(octets)
        if transport.get_write_buffer_size() > self._most_unread:
            self._cut_off()

    def go_on(self, *, is_done: bool) -> None:
        """Read again; once all of it is on the other side, one that sends no more parts soon."""
        if self._transport.is_closing():
            return
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()
        if is_done and self._has_ended:
            self._after("parting", PARTING, self._close)

    def hang_up(self) -> None:
        """End the connection, so that the other side sees that it did not end well."""
        self._transport.abort()

    # ------------------------------------------------------------------ inside

    def _close(self) -> None:
        self._transport.close()

    def _cut_off(self) -> None:
        self._count_slow()
        self.hang_up()

    def _watch_idleness(self) -> None:
        if self._idle_seconds is None:
            return
        left = self._used + self._idle_seconds - self._clock.monotonic()
        if left > 0:
            self._after("idle", left, self._watch_idleness)
        else:
            self._close()

    def _after(self, name: str, seconds: float, action: Callable[[], object]) -> None:
        self._cancel(name)
        self._timers[name] = self._clock.call_later(seconds, partial(self._run, name, action))

    def _run(self, name: str, action: Callable[[], object]) -> None:
        self._timers.pop(name, None)
        action()

    def _cancel(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()
