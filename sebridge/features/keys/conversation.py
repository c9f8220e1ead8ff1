"""One key establishment over the air: what a session asks for is sent, what comes is told to it."""

import asyncio
import logging
from typing import Final

import msgspec

from sebridge.base.clock import Clock
from sebridge.base.computing import Compute
from sebridge.base.errors import AnswerTimeoutError, DecodeError, DeliveryError, SebridgeError
from sebridge.base.secret import Secret
from sebridge.features.keys.arithmetic import Arithmetic
from sebridge.features.keys.cbke import step
from sebridge.features.keys.records import KEY_ESTABLISHMENT_CLUSTER, ConfirmKeyDataResponseRecord
from sebridge.features.keys.session import (
    Action,
    Delivered,
    Established,
    Event,
    Failed,
    MakeCodes,
    MakeEphemeral,
    ReadSuites,
    Received,
    Send,
    Session,
    State,
    Step,
    SuitesRead,
    TimePassed,
    Undelivered,
)
from sebridge.gateway.exchange import Exchange
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import (
    parse_read_response,
    write_default_response,
    write_read_attributes,
)
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT
from sebridge.zcl.status import Status

_LOGGER = logging.getLogger(__name__)

SUITES_ATTRIBUTE: Final = 0x0000
_MOST_WAITING: Final = 8  # frames of a partner that are not looked at yet
_BEGINNING: Final = frozenset(
    {State.INITIATE_REQUEST, State.EPHEMERAL_REQUEST, State.OWN_EPHEMERAL, State.AGREEMENT}
)


class Agreed(msgspec.Struct, frozen=True):
    """What both sides have in the end, and the public key that the partner proved to have."""

    link_key: Secret
    suite: int  # 1 or 2
    public_key: bytes  # compressed


class Line(msgspec.Struct, frozen=True):
    """Where the partner is, and how we speak to it: as the server, when it began."""

    peer: Peer
    local_endpoint: int
    as_server: bool


async def send_record(
    exchange: Exchange, line: Line, record: Record, sequence: int | None = None
) -> None:
    """Send a command of the cluster, under the network key; raise DeliveryError.

    An answer has the sequence number of its question, everything else a new one.
    """
    frame = Frame(
        KEY_ESTABLISHMENT_CLUSTER.command_id(type(record), from_server=line.as_server),
        exchange.next_sequence() if sequence is None else sequence,
        record.serialize(),
        cluster_specific=True,
        from_server=line.as_server,
        no_default_response=True,
    )
    await exchange.put(line.peer, KEY_ESTABLISHMENT, line.local_endpoint, frame)


_CONFIRM_KEY_RESPONSE: Final = KEY_ESTABLISHMENT_CLUSTER.command_id(
    ConfirmKeyDataResponseRecord, from_server=True
)


class Conversation:
    """Carries one session from its beginning to its end.

    `line` is where the partner is, and it was `begun` at a monotonic second. Steps are computed by
    `compute`, and what they ask for by `arithmetic`, which is for this one alone.
    """

    def __init__(
        self,
        session: Session,
        line: Line,
        exchange: Exchange,
        clock: Clock,
        compute: Compute,
        arithmetic: Arithmetic,
    ) -> None:
        self._session = session
        self.line = line
        self._exchange = exchange
        self._clock = clock
        self._compute = compute
        self._arithmetic = arithmetic
        self._computed: Event | None = None
        self.begun = clock.monotonic()
        self._inbox: asyncio.Queue[Event] = asyncio.Queue(_MOST_WAITING)
        self._sequence = 0  # of the partner's last frame

    @property
    def has_only_begun(self) -> bool:
        """Whether the partner has shown no more than a certificate, which anybody may replay."""
        return self._session.state in _BEGINNING

    def hear(self, event: Event) -> None:
        """Take what happened; a partner that sends more than can be looked at is not heard."""
        if not self._inbox.full():
            self._inbox.put_nowait(event)

    async def run(self) -> Agreed | Failed:
        """Return how it ended, after whatever had to be sent was sent."""
        try:
            return await self._run()
        finally:
            await self._arithmetic.end()

    async def _run(self) -> Agreed | Failed:
        while True:
            event = await self._next_event()
            before, taken = self._session, await self._stepped(event)
            self._session = taken.session
            ended: Agreed | Failed | None = None
            for action in taken.actions:
                match action:
                    case Established(link_key=key):
                        ended = await self._agreed(before, key)
                    case Failed():
                        ended = action
                    case _:
                        await self._perform(action)
            if ended is not None:
                return ended

    async def _agreed(self, session: Session, key: Secret | None) -> Agreed | Failed:
        """Return what a session came to; `session` is as it was before it ended."""
        assert session.partner is not None
        public = session.suite.curve.compressed(session.partner.public_key)
        try:
            return Agreed(await self._arithmetic.key(key), session.suite.number, public)
        except SebridgeError as error:
            return Failed(why=str(error), status=None, by_partner=False, retry_at=None, leave=False)

    async def _next_event(self) -> Event:
        computed, self._computed = self._computed, None
        if computed is not None:
            return computed
        deadline = self._session.deadline
        if deadline is None:
            return await self._inbox.get()
        try:
            return await self._clock.within(self._left(deadline), self._inbox.get())
        except AnswerTimeoutError:
            return TimePassed()

    async def _stepped(self, event: Event) -> Step:
        """Return what an event leads to. What a partner sent may cost tens of milliseconds."""
        now = self._clock.monotonic()
        if not isinstance(event, Received):
            return step(self._session, event, now)
        self._sequence = event.sequence
        computed: Step = await self._compute(step, self._session, event, now)
        return computed

    # ------------------------------------------------------------------ what a session asks for

    async def _perform(self, action: Action) -> None:
        try:
            match action:
                case MakeEphemeral() | MakeCodes():
                    self._computed = await self._arithmetic.perform(action)
                case ReadSuites():
                    self.hear(SuitesRead(await self._read_suites()))
                case Send(record=record):
                    number = self._sequence if self.line.as_server else None
                    await send_record(self._exchange, self.line, record, number)
                    if self._session.state is State.DELIVERY:
                        self.hear(Delivered())
                case _:
                    await self._accept()
        except DeliveryError as error:
            _LOGGER.debug("key establishment with %s: %s", self.line.peer.device, error)
            self.hear(Undelivered())
        except AnswerTimeoutError:
            self.hear(TimePassed())

    async def _read_suites(self) -> int:
        payload = write_read_attributes([SUITES_ATTRIBUTE])
        question = Frame(zcl.READ_ATTRIBUTES, 0, payload, no_default_response=True)
        asking = self._exchange.ask(
            self.line.peer, KEY_ESTABLISHMENT, self.line.local_endpoint, question
        )
        deadline = self._session.deadline
        assert deadline is not None
        answer = await self._clock.within(self._left(deadline), asking)
        if answer.cluster_specific or answer.command_id != zcl.READ_ATTRIBUTES_RESPONSE:
            return 0
        try:
            values = [value for _, _, value in parse_read_response(answer.payload)]
        except DecodeError:
            return 0
        found = values[0].value if values and values[0] is not None else 0
        return found if isinstance(found, int) else 0

    async def _accept(self) -> None:
        frame = Frame(
            zcl.DEFAULT_RESPONSE,
            self._sequence,
            write_default_response(_CONFIRM_KEY_RESPONSE, Status.SUCCESS),
            no_default_response=True,
        )
        await self._exchange.put(self.line.peer, KEY_ESTABLISHMENT, self.line.local_endpoint, frame)

    def _left(self, deadline: float) -> float:
        return max(deadline - self._clock.monotonic(), 0.0)
