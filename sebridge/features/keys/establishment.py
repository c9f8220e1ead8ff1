"""Certificate-based key establishment over the air: sessions, refusals, new attempts."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Any, Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.computing import Compute, at_once
from sebridge.base.errors import DeliveryError, RefusedError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.crypto.key_agreement import Randomness
from sebridge.crypto.terminate import TerminateStatus
from sebridge.features.keys.arithmetic import Arithmetic, OwnArithmetic
from sebridge.features.keys.clusters import KeyClusters, UnreadableRecord
from sebridge.features.keys.conversation import Agreed, Conversation, Line, send_record
from sebridge.features.keys.records import (
    InitiateKeyEstablishmentRequestRecord,
    TerminateKeyEstablishmentRecord,
)
from sebridge.features.keys.session import (
    ALLOWANCE,
    WAIT_TIME,
    Event,
    Failed,
    Received,
    Session,
    Setup,
    Start,
    Times,
    Unreadable,
    initiator,
    responder,
    terminate,
)
from sebridge.features.keys.signals import KeyEstablishmentFailed
from sebridge.gateway.cluster import Command
from sebridge.gateway.exchange import Exchange
from sebridge.model.record import Record
from sebridge.network.link_keys import LinkKey
from sebridge.network.peer import Peer
from sebridge.network.searching import REGISTER_AGAIN, Registration
from sebridge.network.signals import KeyEstablished

_LOGGER = logging.getLogger(__name__)

BUSY_WAIT: Final = 10
"""Seconds after which one that came while others were being dealt with may try again."""
STORING: Final = 1.0
"""Seconds that a partner is given to store the key, before anything is sent under it."""
_SPREAD: Final = 3000  # milliseconds: those who were refused together do not come back together
_MOST_REFUSALS: Final = 16  # on their way at once


class Keyring(Protocol):
    """Who keeps the keys, and has the radio use them."""

    async def establish(self, device: Eui64, key: LinkKey) -> None:
        """Use a key in the place of the earlier one."""


class KeyRules(msgspec.Struct, frozen=True, kw_only=True):
    """How keys are established on one endpoint.

    `accepts` says who may begin; on a device that is the trust centre only. `most_at_once` is the
    number of partners which are answered at the same time; one more hears NO_RESOURCES, unless
    another makes room: those that `prefers` names come first.
    """

    own: CertificateStore
    local_endpoint: int
    randomness: Randomness
    accepts: Callable[[Eui64], bool]
    prefers: Callable[[Eui64], bool]
    compute: Compute = at_once
    make_arithmetic: Callable[[], Arithmetic] | None = None  # without one we compute ourselves
    times: Times = Times()
    most_at_once: int = 1
    forced_suite: int | None = None

    def arithmetic(self) -> Arithmetic:
        """Return who computes for the next exchange."""
        make = self.make_arithmetic
        return OwnArithmetic(self.compute) if make is None else make()

    def setup(self, partner: Eui64) -> Setup:
        """Return what a session with a partner is given."""
        return Setup(
            own=self.own,
            partner=partner,
            randomness=self.randomness,
            forced_suite=self.forced_suite,
            times=self.times,
        )


class KeyEstablishment(Service):
    """Answers partners who begin, and begins with `establish` or `seek`.

    `clusters` are what partners speak to; `suites` has one bit for each suite that these tell of.
    """

    def __init__(
        self,
        rules: KeyRules,
        suites: int,
        keyring: Keyring,
        exchange: Exchange,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._rules = rules
        self._keyring = keyring
        self._exchange = exchange
        self._clock = clock
        self._bus = bus
        self._talks: dict[tuple[Eui64, bool], Conversation] = {}
        self._answering: dict[Eui64, asyncio.Task[Any]] = {}
        self._refusals = 0
        self.clusters = KeyClusters(
            suites, heard_by_server=self._heard_by_server, heard_by_client=self._heard_by_client
        )

    # ------------------------------------------------------------------ beginning

    async def establish(self, peer: Peer) -> Agreed | Failed:
        """Try once to establish a key; RefusedError while one is being established already."""
        line = Line(peer, self._rules.local_endpoint, as_server=False)
        if (peer.device, False) in self._talks:
            raise RefusedError(f"a key is being established with {peer.device} already")
        return await self._carry(initiator(self._rules.setup(peer.device)), line, Start())

    async def seek(self, find: Callable[[], Awaitable[Peer | None]]) -> bool:
        """Try until there is a key; False when the network should rather be left (NET-4).

        `find` looks for the partner's server: at first, until there is one, and anew after three
        errors (NET-5). An error of its own is one more.
        """
        registration = Registration()
        peer: Peer | None = None
        while True:
            peer = peer or await self._found(find)
            ended = None if peer is None else await self.establish(peer)
            if isinstance(ended, Agreed):
                return True
            if ended is not None and ended.leave:
                return False
            if registration.failed():
                peer = None
            await self._clock.sleep(self._pause(ended))

    async def _found(self, find: Callable[[], Awaitable[Peer | None]]) -> Peer | None:
        try:
            return await find()
        except SebridgeError as error:
            _LOGGER.info("who establishes keys is not found: %s", error)
            return None

    def _pause(self, ended: Failed | None) -> float:
        """Return the seconds until the next attempt: as the partner said, or our own time."""
        wait = REGISTER_AGAIN
        if ended is not None and ended.retry_at is not None:
            wait = max(ended.retry_at - self._clock.monotonic(), 0.0)
        return wait + self._rules.randomness.randrange(0, _SPREAD) / 1000

    # ------------------------------------------------------------------ what comes

    def _heard_by_server(self, command: Command) -> None:
        talk = self._talks.get((command.source.device, True))
        if talk is not None:
            talk.hear(_event(command))
        elif isinstance(command.record, InitiateKeyEstablishmentRequestRecord):
            self._invited(command)
        elif not isinstance(command.record, TerminateKeyEstablishmentRecord):
            self._refuse(
                _line_of(command), command.sequence, TerminateStatus.BAD_MESSAGE, WAIT_TIME
            )

    def _heard_by_client(self, command: Command) -> None:
        talk = self._talks.get((command.source.device, False))
        if talk is not None:
            talk.hear(_event(command))

    def _invited(self, command: Command) -> None:
        device = command.source.device
        if not self._rules.accepts(device):
            self._refuse(
                _line_of(command), command.sequence, TerminateStatus.NO_RESOURCES, WAIT_TIME
            )
        elif not self._has_room_for(device):
            self._refuse(
                _line_of(command), command.sequence, TerminateStatus.NO_RESOURCES, BUSY_WAIT
            )
        else:
            session = responder(self._rules.setup(device))
            line = _line_of(command)
            talk = self._talk(session, line)
            talk.hear(_event(command))
            name = f"establish a key with {device}"
            self._answering[device] = self.spawn(self._finish(talk, line), name)

    def _has_room_for(self, device: Eui64) -> bool:
        """Say whether a partner may begin, which may be at the cost of another.

        First goes who is not preferred and has only begun, then who is not preferred. Among equals
        only who has begun and did not go on in time: so nobody keeps a place by replayed frames.
        """
        if len(self._talks) < self._rules.most_at_once:
            return True
        gives_way = self._least_useful(is_preferred=self._rules.prefers(device))
        if gives_way is None:
            return False
        self._put_out(gives_way)
        return True

    def _least_useful(self, *, is_preferred: bool) -> Eui64 | None:
        late = self._clock.monotonic() - ALLOWANCE
        candidates = [
            (self._rules.prefers(device), not talk.has_only_begun, talk.begun, device)
            for (device, as_server), talk in self._talks.items()
            if as_server
        ]
        for prefers, went_on, begun, device in sorted(candidates):
            is_better = is_preferred and not prefers
            if is_better or (is_preferred == prefers and not went_on and begun <= late):
                return device
        return None

    def _put_out(self, device: Eui64) -> None:
        talk = self._talks.pop((device, True))
        self._answering.pop(device).cancel()
        self._refuse(talk.line, None, TerminateStatus.NO_RESOURCES, BUSY_WAIT)
        self._bus.send(KeyEstablishmentFailed(device, "another came first: it may try again"))

    def _refuse(
        self, line: Line, sequence: int | None, status: TerminateStatus, wait_time: int
    ) -> None:
        _LOGGER.info("key establishment with %s refused: %s", line.peer.device, status.name)
        if self._refusals < _MOST_REFUSALS:
            self._refusals += 1
            refusal = terminate(status, self._rules.own.suites, wait_time)
            sending = self.spawn(self._send(line, refusal, sequence), "refuse")
            sending.add_done_callback(self._refused)

    async def _send(self, line: Line, record: Record, sequence: int | None) -> None:
        try:
            await send_record(self._exchange, line, record, sequence)
        except DeliveryError as error:
            _LOGGER.debug("refusal not delivered to %s: %s", line.peer.device, error)

    def _refused(self, _task: object) -> None:
        self._refusals -= 1

    # ------------------------------------------------------------------ one exchange

    def _talk(self, session: Session, line: Line) -> Conversation:
        rules = self._rules
        talk = Conversation(
            session, line, self._exchange, self._clock, rules.compute, rules.arithmetic()
        )
        self._talks[line.peer.device, line.as_server] = talk
        return talk

    async def _carry(self, session: Session, line: Line, first: Event) -> Agreed | Failed:
        talk = self._talk(session, line)
        talk.hear(first)
        return await self._finish(talk, line)

    async def _finish(self, talk: Conversation, line: Line) -> Agreed | Failed:
        device = line.peer.device
        try:
            ended = await talk.run()
            if isinstance(ended, Agreed):
                await self._store(device, ended)
        finally:
            self._forget(talk, line)
        if isinstance(ended, Failed):
            _LOGGER.info("no key with %s: %s", device, ended.why)
            self._bus.send(KeyEstablishmentFailed(device, ended.why))
            return ended
        await self._clock.sleep(STORING)
        _LOGGER.info("key established with %s (suite %d)", device, ended.suite)
        self._bus.send(KeyEstablished(device, ended.suite))
        return ended

    def _forget(self, talk: Conversation, line: Line) -> None:
        """Give up the place of an exchange, if it was not put out of it."""
        device = line.peer.device
        if self._talks.get((device, line.as_server)) is talk:
            del self._talks[device, line.as_server]
            if line.as_server:
                self._answering.pop(device, None)

    async def _store(self, device: Eui64, agreed: Agreed) -> None:
        key = LinkKey(key=agreed.link_key, suite=agreed.suite, public_key=agreed.public_key)
        try:
            await self._keyring.establish(device, key)
        except SebridgeError as error:
            _LOGGER.warning("the key with %s cannot be used: %s", device, error)


def _line_of(command: Command) -> Line:
    return Line(command.source, command.local_endpoint, as_server=True)


def _event(command: Command) -> Event:
    record = command.record
    if isinstance(record, UnreadableRecord):
        return Unreadable(str(record.why))
    assert isinstance(record, Record)
    return Received(record, command.sequence)
