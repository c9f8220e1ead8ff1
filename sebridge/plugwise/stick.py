"""A Plugwise stick behind a serial or TCP port: kept open, and asked by everybody in turn."""

import asyncio
from collections.abc import Awaitable, Callable
import contextlib
import logging
from typing import Final, TypeVar, cast

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError, NotTakenError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.plugwise.answers import Answer, JoiningWanted, StickAlone
from sebridge.plugwise.exchange import Exchange, NotAcknowledgedError
from sebridge.plugwise.requests import Initialise, Request, endpoint_of
from sebridge.plugwise.signals import EndpointWantsToJoin, StickChanged
from sebridge.plugwise.turns import Turns

_LOGGER = logging.getLogger(__name__)

OpenLine = Callable[[asyncio.Protocol], Awaitable[object]]
"""Connects a protocol to the stick; raises SebridgeError where that cannot be done."""

_NOT_THERE: Final = "the Plugwise stick is not there"
ATTEMPTS: Final = 3
"""How often a request is sent at most."""
_MOST_AT_ONCE: Final = 4
"""How many devices are asked at once: one that is not reached does not keep the others waiting."""
_PAUSES: Final = (1.0, 30.0)  # seconds before the port is opened again, at first and at most

A = TypeVar("A", bound=Answer)


class _Line(asyncio.Protocol):
    """One connection: its octets, and what is asked through them."""

    _transport: asyncio.WriteTransport

    def __init__(
        self,
        heard: Callable[[Answer], object],
        lost: Callable[["_Line", Exception], None],
        clock: Clock,
    ) -> None:
        self.exchange = Exchange(self._write, heard, clock)
        self._lost = lost

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # every serial port's is one

    @override
    def data_received(self, data: bytes) -> None:
        self.exchange.received(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._lost(self, DeliveryError(f"the stick is gone: {exc or 'the port was closed'}"))

    def _write(self, octets: bytes) -> None:
        self._transport.write(octets)

    def close(self, error: Exception) -> None:
        """Let go of the port; who waits for answers hears of the error."""
        self.exchange.broke(error)
        self._transport.abort()


class Stick(Service):
    """Keeps a stick connected, and asks it what others want to know.

    The stick may be pulled out, and may come later: it is looked for again and again, and `info` is
    None meanwhile. `problem` says why it is not there.
    """

    def __init__(self, open_line: OpenLine, clock: Clock, bus: SignalBus) -> None:
        super().__init__()
        self.info: StickAlone | None = None
        self.problem: str | None = None
        self._open_line = open_line
        self._clock = clock
        self._bus = bus
        self._turns = Turns(_MOST_AT_ONCE)
        self._line: _Line | None = None
        self._gone = asyncio.Event()

    async def ask(self, request: Request, kind: type[A]) -> A:
        """Return the answer to a request, which is of this class; try again where none comes.

        DeliveryError when the stick is not there or the device is not reached, AnswerTimeoutError
        when no answer comes, DeviceRefusedError when the device does not do it.
        """
        answer = await self._persistently(request)
        assert isinstance(answer, kind)
        return answer

    async def tell(self, request: Request) -> None:
        """Have the stick do what nothing answers; raises as `ask` does."""
        await self._persistently(request)

    async def _persistently(self, request: Request) -> Answer | None:
        for _ in range(ATTEMPTS - 1):
            with contextlib.suppress(AnswerTimeoutError, NotTakenError):
                return await self._once(request)
        try:
            return await self._once(request)
        except NotAcknowledgedError as error:
            self._lost(self._line, error)  # it is opened anew
            raise

    async def _once(self, request: Request) -> Answer | None:
        """Take a turn of the device: between two attempts others have theirs."""
        async with self._turns.turn(endpoint_of(request)):
            if self._line is None:
                raise DeliveryError(_NOT_THERE)
            return await self._line.exchange.ask(request)

    # ------------------------------------------------------------------ the connection

    @override
    async def run(self) -> None:
        """Connect whenever the stick is not there."""
        pause, longest = _PAUSES
        while True:
            try:
                await self._connect()
            except SebridgeError as error:
                self._let_go(error)
                self._tell(str(error))
                await self._clock.sleep(pause)
                pause = min(2 * pause, longest)
            else:
                pause = _PAUSES[0]
                await self._gone.wait()

    async def _connect(self) -> None:
        self._gone.clear()
        line = _Line(self._heard, self._lost, self._clock)
        await self._open_line(line)
        self._line = line
        self.info = await self.ask(Initialise(), StickAlone)
        self.problem = None
        reason = f"the Plugwise stick {self.info.mac} is there"
        _LOGGER.info(reason)
        self._bus.send(StickChanged(is_there=True, reason=reason))

    def _tell(self, problem: str) -> None:
        """Say why the stick is not there, once for each reason."""
        if problem != self.problem:
            self.problem = problem
            _LOGGER.warning("the Plugwise stick is not there: %s", problem)

    def _heard(self, answer: Answer) -> None:
        if isinstance(answer, JoiningWanted):
            self._bus.send(EndpointWantsToJoin(answer.mac))

    def _lost(self, line: _Line | None, error: Exception) -> None:
        if line is None or line is not self._line:
            return
        was_there = self.info is not None
        self._let_go(error)
        self._gone.set()
        if was_there:
            self._tell(str(error))
            self._bus.send(StickChanged(is_there=False, reason=str(error)))

    def _let_go(self, error: Exception) -> None:
        line, self._line, self.info = self._line, None, None
        if line is not None:
            line.close(error)

    @override
    async def stop(self) -> None:
        """Let go of the port."""
        await super().stop()
        self._let_go(DeliveryError(_NOT_THERE))
