"""Send ZCL frames, and bring each answer to the one who asked."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from typing import NamedTuple, Protocol

import msgspec
from msgspec import structs

from sebridge.base.addresses import Eui64, broadcast_of
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError, RefusedError
from sebridge.gateway.admission import Asked
from sebridge.gateway.encryption import EncryptionRules
from sebridge.network.peer import Peer
from sebridge.network.zdo_client import OneAtATime
from sebridge.radio.radio import Incoming, Outgoing, TxStatus
from sebridge.zcl.frame import Frame

_Key = tuple[Eui64, int, int]


class Sender(Protocol):
    """What can put a frame on the air."""

    async def send(self, frame: Outgoing) -> None:
        """Return when the frame was acknowledged; raise DeliveryError when it was not."""


class Asking(Protocol):
    """Who numbers and sends frames, and brings answers."""

    async def tell(
        self, peer: Peer, profile_id: int, cluster_id: int, local_endpoint: int, frame: Frame
    ) -> None:
        """Send a frame under a new sequence number."""

    async def ask(self, peer: Peer, cluster_id: int, local_endpoint: int, frame: Frame) -> Frame:
        """Send a frame and return its answer."""


class Answer(NamedTuple):
    """What came back, and whether it was encrypted with a link key."""

    frame: Frame
    encrypted: bool


class _Question(msgspec.Struct, frozen=True):
    """Who waits for an answer, which frames are one, and whether it was sent in the clear."""

    future: "asyncio.Future[Answer]"
    accepts: Callable[[Frame], bool]
    in_the_clear: bool


class Exchange:
    """Numbers frames, sends them, and waits for answers.

    A frame of a cluster that needs a link key is encrypted, and not sent to a device whose key
    does not count: `encryption` knows the clusters, `may_be_told` the devices (SEC-4).
    `no_default_response` is the bit of what we send on our own
    (ZCL_Cluster.disable_default_response), unless a frame asks for that answer itself.
    `one_at_a_time` has a question wait for the answer to an earlier one where need be. An answer
    is matched by device, cluster and sequence number.
    """

    def __init__(
        self,
        sender: Sender,
        clock: Clock,
        answer_within: Callable[[], float],
        *,
        encryption: EncryptionRules,
        may_be_told: Callable[[Eui64], bool],
        no_default_response: Callable[[], bool],
        one_at_a_time: OneAtATime = lambda _question: nullcontext(),
    ) -> None:
        self._sender = sender
        self._clock = clock
        self._answer_within = answer_within
        self._encryption = encryption
        self._may_be_told = may_be_told
        self._no_default_response = no_default_response
        self._one_at_a_time = one_at_a_time
        self._sequence = 0
        self._waiting: dict[_Key, _Question] = {}

    def next_sequence(self) -> int:
        """Return the next transaction sequence number, 0..255."""
        self._sequence = (self._sequence + 1) & 0xFF
        return self._sequence

    async def tell(
        self,
        peer: Peer,
        profile_id: int,
        cluster_id: int,
        local_endpoint: int,
        frame: Frame,
        *,
        encrypted: bool | None = None,
    ) -> None:
        """Send a frame under a new sequence number; `encrypted` is that of `converse`.

        Raises RefusedError for what must be encrypted and is for many devices (SEC-7).
        """
        numbered = structs.replace(frame, sequence=self.next_sequence())
        await self._send(
            self._outgoing(
                peer, profile_id, cluster_id, local_endpoint, numbered, encrypted=encrypted
            )
        )

    async def ask(
        self,
        peer: Peer,
        cluster_id: int,
        local_endpoint: int,
        frame: Frame,
        *,
        urgent: bool = False,
    ) -> Frame:
        """Send a frame and return its answer; `urgent` is that of `converse`.

        Raises DeliveryError when it could not be sent, AnswerTimeoutError when nothing came back.
        """
        answer = await self.converse(peer, cluster_id, local_endpoint, frame, urgent=urgent)
        return answer.frame

    async def converse(
        self,
        peer: Peer,
        cluster_id: int,
        local_endpoint: int,
        frame: Frame,
        *,
        accepts: Callable[[Frame], bool] = lambda _frame: True,
        encrypted: bool | None = None,
        urgent: bool = False,
    ) -> Answer:
        """Send a frame, and return the first frame with its number that is accepted as answer.

        `encrypted` says whether to encrypt; None leaves it to the cluster. What is `urgent` goes
        before what we read on our own. Raises DeliveryError when it could not be sent,
        AnswerTimeoutError when no answer came.
        """
        numbered = structs.replace(frame, sequence=self.next_sequence())
        key = (peer.device, cluster_id, numbered.sequence)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[key] = _Question(future, accepts, encrypted is False)
        try:
            question = self._outgoing(
                peer,
                peer.profile_id,
                cluster_id,
                local_endpoint,
                numbered,
                encrypted=encrypted,
                urgent=urgent,
            )
            async with self._one_at_a_time(question):
                await self._send(question)
                return await self._clock.within(self._answer_within(), future)
        except AnswerTimeoutError as error:
            raise AnswerTimeoutError(f"{peer.device} did not answer: {error}") from error
        finally:
            self._waiting.pop(key, None)

    async def put(self, peer: Peer, cluster_id: int, local_endpoint: int, frame: Frame) -> None:
        """Send a frame under the sequence number that it has."""
        await self._send(self._outgoing(peer, peer.profile_id, cluster_id, local_endpoint, frame))

    async def reply(self, question: Incoming, frame: Frame) -> None:
        """Send an answer: with the question's sequence number, and encrypted as it was (SEC-3)."""
        await self._sender.send(
            Outgoing(
                question.source,
                question.profile_id,
                question.cluster_id,
                question.destination_endpoint,
                question.source_endpoint,
                frame.serialize(),
                question.encrypted,
            )
        )

    def answered(self, incoming: Incoming, frame: Frame) -> bool:
        """Give an answer to whoever waits for it; False when nobody does."""
        asked = self._waiting.get((incoming.source, incoming.cluster_id, frame.sequence))
        if asked is None or asked.future.done() or not asked.accepts(frame):
            return False
        asked.future.set_result(Answer(frame, incoming.encrypted))
        return True

    def asked(self, frame: Incoming, header: Frame) -> Asked:
        """Say whether a frame is an answer that somebody waits for, and how it was asked for.

        What was asked for in the clear may be answered so, also on a cluster that needs a link key.
        """
        question = self._waiting.get((frame.source, frame.cluster_id, header.sequence))
        if question is None or question.future.done() or not question.accepts(header):
            return Asked.NOT
        return Asked.IN_THE_CLEAR if question.in_the_clear else Asked.AS_NEEDED

    def _outgoing(
        self,
        peer: Peer,
        profile_id: int,
        cluster_id: int,
        local_endpoint: int,
        frame: Frame,
        *,
        encrypted: bool | None = None,
        urgent: bool = False,
    ) -> Outgoing:
        many = broadcast_of(peer.device)
        if encrypted is None:
            encrypted = self._encryption.need(
                local_endpoint, cluster_id, profile_id, server=frame.from_server
            )
        unasked = frame.no_default_response and self._no_default_response()
        frame = structs.replace(frame, no_default_response=unasked)
        return Outgoing(
            peer.device if many is None else many,
            profile_id,
            cluster_id,
            local_endpoint,
            peer.endpoint,
            frame.serialize(),
            encrypted,
            urgent,
        )

    async def _send(self, frame: Outgoing) -> None:
        if frame.encrypted:
            self._check_key(frame)
        await self._sender.send(frame)

    def _check_key(self, frame: Outgoing) -> None:
        device = frame.destination
        if not isinstance(device, Eui64):
            raise RefusedError(
                f"cluster 0x{frame.cluster_id:04X} needs a link key, which a broadcast cannot have"
            )
        if not self._may_be_told(device):
            message = f"no key is established with {device} yet"
            raise DeliveryError(message, TxStatus.SECURITY_FAIL)


class UrgentExchange:
    """The exchange for what somebody waits for: it goes before what we read on our own."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def tell(
        self, peer: Peer, profile_id: int, cluster_id: int, local_endpoint: int, frame: Frame
    ) -> None:
        """Send a frame under a new sequence number."""
        await self._exchange.tell(peer, profile_id, cluster_id, local_endpoint, frame)

    async def ask(self, peer: Peer, cluster_id: int, local_endpoint: int, frame: Frame) -> Frame:
        """Send a frame and return its answer."""
        return await self._exchange.ask(peer, cluster_id, local_endpoint, frame, urgent=True)
