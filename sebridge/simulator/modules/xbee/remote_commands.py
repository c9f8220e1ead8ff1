"""AT commands that modules give each other: to one, or ND to all of them.

Source: Digi, XBee 3 Zigbee RF Module User Guide, Remote AT Command Request - 0x17, ND. What goes on
the air for that is not said there: here it is a frame between the endpoints 0xE6 of both.
"""

import asyncio
from collections.abc import Callable
import logging
from random import Random
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import UNKNOWN_NWK, Broadcast, Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import AirFrame
from sebridge.simulator.modules.node import COORDINATOR_NWK
from sebridge.simulator.modules.signals import FrameHeard
from sebridge.simulator.modules.xbee.control import Control
from sebridge.simulator.modules.xbee.identity import DiscoveryOption, Reason, identity
from sebridge.simulator.modules.xbee.registers import AtStatus, Registers
from sebridge.simulator.modules.xbee.remote_frames import (
    REQUEST,
    RESPONSE,
    RemoteQuestion,
    RemoteReply,
    read_question,
    read_reply,
)
from sebridge.simulator.modules.xbee.signals import IdentificationWanted
from sebridge.simulator.modules.xbee.stack import Stack
from sebridge.zcl import digi

_LOGGER = logging.getLogger(__name__)

DISCOVERY: Final = b"ND"
MOST_ASKED: Final = 16
"""Commands of which the answers are awaited; one more is not sent."""
_COORDINATOR: Final = Eui64(0)
_APPLY: Final = 0x02  # option
_ANSWERED_WITHIN: Final = 5.0  # seconds
_MOST_ANSWERING: Final = 16  # answers that are under way


class RemoteAnswer(msgspec.Struct, frozen=True):
    """What another module says."""

    nwk: int
    status: int
    found: bytes


Heard = Callable[[RemoteAnswer], object]


class RemoteCommands(Service):
    """Gives commands to others, and carries out those of others.

    Whoever asks all is answered after a while, which `seed` chooses within half of NT.
    """

    def __init__(
        self,
        registers: Registers,
        control: Control,
        stack: Stack,
        *,
        seed: Random,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._registers = registers
        self._control = control
        self._stack = stack
        self._seed = seed
        self._clock = clock
        self._heard: dict[int, Heard] = {}
        self._number = 0
        self._answering = 0
        bus.listen(FrameHeard, self._on_frame)
        bus.listen(IdentificationWanted, self._on_identification)

    # ------------------------------------------------------------------ asking

    def ask_all(self, name: bytes, heard: Heard) -> int:
        """Ask all modules who they are, or only those of a name; return the question's number."""
        number = self._begin(heard)
        asked = RemoteQuestion(number, 0, DISCOVERY, name)
        self._stack.broadcast(self._frame(Broadcast.ALL, REQUEST, asked.serialize()))
        return number

    def give(
        self, device: Eui64, nwk: int, options: int, name: bytes, value: bytes, heard: Heard
    ) -> None:
        """Give a module a command; `heard` is told its answer, or that it could not be reached.

        The device with the address 0 is the coordinator.
        """
        known = COORDINATOR_NWK if device == _COORDINATOR else self._stack.find(device)
        receiver = nwk if known is None else known
        if receiver == UNKNOWN_NWK or not self._stack.is_up or len(self._heard) >= MOST_ASKED:
            heard(RemoteAnswer(receiver, AtStatus.TRANSMISSION_FAILED, b""))
        else:
            asked = RemoteQuestion(0, options, name, value)
            self.spawn(self._give(receiver, asked, heard), "remote command")

    async def _give(self, nwk: int, asked: RemoteQuestion, heard: Heard) -> None:
        answer: asyncio.Future[RemoteAnswer] = asyncio.get_running_loop().create_future()

        def take(found: RemoteAnswer) -> None:
            if not answer.done():
                answer.set_result(found)

        number = self._begin(take)
        try:
            numbered = replace(asked, number=number).serialize()
            await self._stack.send(self._frame(nwk, REQUEST, numbered))
            told = await self._clock.within(_ANSWERED_WITHIN, answer)
        except (DeliveryError, AnswerTimeoutError) as error:
            _LOGGER.debug("remote command %d: %s", number, error)
            told = RemoteAnswer(nwk, AtStatus.TRANSMISSION_FAILED, b"")
        finally:
            self.forget(number)
        heard(told)

    def forget(self, number: int) -> None:
        """Hear no more answers to a question."""
        self._heard.pop(number, None)

    def _begin(self, heard: Heard) -> int:
        self._number = self._number % 0xFF + 1
        self._heard[self._number] = heard
        return self._number

    def _frame(self, nwk: int, cluster_id: int, data: bytes) -> AirFrame:
        ends = (digi.PROFILE, cluster_id, digi.COMMAND_ENDPOINT, digi.COMMAND_ENDPOINT)
        return AirFrame(self._stack.address, self._stack.nwk, nwk, *ends, data)

    def _on_identification(self, _signal: IdentificationWanted) -> None:
        ends = (digi.PROFILE, digi.NODE_IDENTIFICATION, digi.DATA_ENDPOINT, digi.DATA_ENDPOINT)
        own, everybody = self._stack, Broadcast.ALL
        told = self.identity(Reason.BUTTON)
        own.broadcast(AirFrame(own.address, own.nwk, everybody, *ends, told))

    # ------------------------------------------------------------------ hearing

    def _on_frame(self, signal: FrameHeard) -> None:
        frame = signal.frame
        ends = frame.profile_id, frame.destination_endpoint
        if ends != (digi.PROFILE, digi.COMMAND_ENDPOINT):
            return
        if frame.cluster_id == REQUEST:
            asked = read_question(frame.data)
            if asked is not None:
                self._asked(frame, asked)
        elif frame.cluster_id == RESPONSE:
            reply = read_reply(frame.data)
            heard = None if reply is None else self._heard.get(reply.number)
            if reply is not None and heard is not None:
                heard(RemoteAnswer(frame.source_nwk, reply.status, reply.found))

    def _asked(self, frame: AirFrame, asked: RemoteQuestion) -> None:
        if asked.name == DISCOVERY:
            if asked.value in {b"", self._registers.octets("NI")}:
                self._answer(frame, asked, AtStatus.OK, self.identity(Reason.ASKED))
        elif not frame.broadcast:
            at_once = asked.options & _APPLY
            carry_out = self._control.carry_out if at_once else self._control.queue
            self._answer(frame, asked, *carry_out(asked.name.decode("latin-1"), asked.value))

    def identity(self, reason: Reason) -> bytes:
        """Return what the module tells of itself."""
        stack, registers = self._stack, self._registers
        tells_type = registers["NO"] & DiscoveryOption.DEVICE_TYPE
        return identity(
            stack.address,
            stack.nwk,
            registers.octets("NI"),
            reason,
            is_router=stack.is_router,
            device_type=registers.octets("DD") if tells_type else b"",
        )

    def _answer(
        self, question: AirFrame, asked: RemoteQuestion, status: AtStatus, found: bytes
    ) -> None:
        if self._answering >= _MOST_ANSWERING:
            return
        self._answering += 1
        answer = RemoteReply(asked.number, asked.name, status, found)
        frame = self._frame(question.source_nwk, RESPONSE, answer.serialize())
        longest = self._registers["NT"] / 20 if question.broadcast else 0
        self.spawn(self._deliver(frame, self._seed.random() * longest), "answer")

    async def _deliver(self, frame: AirFrame, after: float) -> None:
        try:
            await self._clock.sleep(after)
            await self._stack.send(frame)
        except DeliveryError as error:
            _LOGGER.debug("remote command not answered: %s", error)
        finally:
            self._answering -= 1
