"""Ask the ZigBee device object of a device, and wait for its answer."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
import logging
from typing import Protocol

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, MalformedAnswerError
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.zcl.identifiers import ZDO_ENDPOINT, ZDO_PROFILE
from sebridge.zcl.zdo import ANSWER_BIT, Fields, ZdoCommand, decode, encode

_LOGGER = logging.getLogger(__name__)

Heard = Callable[[Eui64, int], None]
"""Who is told of a device that answered a broadcast, and of its network address."""

OneAtATime = Callable[[Outgoing], AbstractAsyncContextManager[None]]
"""What a question to a device is put within, with the wait for its answer."""

_Key = tuple[int, int]  # the answer's cluster identifier, and the sequence number


class Sender(Protocol):
    """What can put a frame on the air."""

    async def send(self, frame: Outgoing) -> None:
        """Return when the frame was acknowledged; raise DeliveryError when it was not."""


class ZdoClient:
    """Numbers requests, sends them once, and brings each answer to the one who asked.

    `answer_within` gives the seconds to wait (Conversation.default_timeout). `one_at_a_time` has a
    question wait until an earlier one is answered, where its device takes no two. Whether to ask
    again is the caller's decision.
    """

    def __init__(
        self,
        sender: Sender,
        clock: Clock,
        answer_within: Callable[[], float],
        *,
        one_at_a_time: OneAtATime = lambda _question: nullcontext(),
    ) -> None:
        self._one_at_a_time = one_at_a_time
        self._sender = sender
        self._clock = clock
        self._answer_within = answer_within
        self._sequence = 0
        self._asked: dict[tuple[Eui64, int, int], asyncio.Future[bytes]] = {}
        self._collecting: dict[_Key, Heard] = {}

    async def ask(self, device: Eui64, command: ZdoCommand, *values: object) -> Fields:
        """Send a request with its fields in their order, and return the fields of the answer.

        Raises DeliveryError when it could not be sent, AnswerTimeoutError when nothing came back,
        MalformedAnswerError when it cannot be read. A refusal is an answer: look at its Status.
        """
        sequence = self._next_sequence()
        key = (device, command | ANSWER_BIT, sequence)
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asked[key] = future
        question = _request(device, command, encode(command, sequence, *values))
        try:
            async with self._one_at_a_time(question):
                await self._sender.send(question)
                answer = await self._clock.within(self._answer_within(), future)
        except AnswerTimeoutError as error:
            message = f"{device} did not answer {command.name}: {error}"
            raise AnswerTimeoutError(message) from error
        finally:
            self._asked.pop(key, None)
        with MalformedAnswerError.of(device):
            return decode(command | ANSWER_BIT, answer)[1]

    async def match(self, profile_id: int, servers: Sequence[int], heard: Heard) -> None:
        """Broadcast a Match_Desc_req for server clusters; call back for each device that answers.

        Returns when the time for answers is over. Raises DeliveryError when it was not sent.
        """
        sequence = self._next_sequence()
        octets = encode(
            ZdoCommand.Match_Desc_req, sequence, Broadcast.LISTENING, profile_id, servers, []
        )
        with self._collect((ZdoCommand.Match_Desc_rsp, sequence), heard):
            await self._sender.send(
                _request(Broadcast.LISTENING, ZdoCommand.Match_Desc_req, octets)
            )
            await self._clock.sleep(self._answer_within())

    def received(self, frame: Incoming) -> bool:
        """Give an answer to whoever waits for it; False when nobody does."""
        if not frame.data:
            return False
        sequence = frame.data[0]
        future = self._asked.get((frame.source, frame.cluster_id, sequence))
        if future is not None and not future.done():
            future.set_result(frame.data)
            return True
        heard = self._collecting.get((frame.cluster_id, sequence))
        if heard is None:
            _LOGGER.debug("nobody asked %s for its 0x%04X", frame.source, frame.cluster_id)
            return False
        heard(frame.source, frame.source_nwk)
        return True

    def _next_sequence(self) -> int:
        self._sequence = (self._sequence + 1) & 0xFF
        return self._sequence

    @contextmanager
    def _collect(self, key: _Key, heard: Heard) -> Iterator[None]:
        self._collecting[key] = heard
        try:
            yield
        finally:
            self._collecting.pop(key, None)


def _request(device: Eui64 | Broadcast, command: ZdoCommand, octets: bytes) -> Outgoing:
    return Outgoing(device, ZDO_PROFILE, command, ZDO_ENDPOINT, ZDO_ENDPOINT, octets)
