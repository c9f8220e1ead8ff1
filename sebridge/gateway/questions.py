"""Put a command to a device, and read what it makes of it: a record, or a default response."""

from collections.abc import Sequence
from typing import Final, TypeVar

from sebridge.base.errors import DecodeError, DeviceRefusedError, MalformedAnswerError
from sebridge.gateway.cluster import Sending
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import local_endpoint_for
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.frame import DEFAULT_RESPONSE, Frame
from sebridge.zcl.general import parse_default_response
from sebridge.zcl.status import status_name

R = TypeVar("R", bound=Record)

_FROM_SERVER: Final = True


class Questions:
    """Puts commands to the servers of one cluster.

    `unasked` are what servers say by themselves, under numbers of their own: no answer to a command
    unless it is one that can answer it. They are asked from `local_endpoint`, or from the one that
    speaks with their profile. Raises DeliveryError for a device that did not take the
    command, AnswerTimeoutError, and MalformedAnswerError for what can be no answer.
    """

    def __init__(
        self,
        exchange: Exchange,
        definition: ClusterDefinition,
        *,
        unasked: Sequence[type[Record]] = (),
        local_endpoint: int | None = None,
    ) -> None:
        self._exchange = exchange
        self._definition = definition
        self._local_endpoint = local_endpoint
        self._unasked = frozenset(
            definition.command_id(kind, from_server=_FROM_SERVER) for kind in unasked
        )

    async def ask(self, question: Sending, kind: type[R]) -> R:
        """Return the record that answers a command; DeviceRefusedError for a default response."""
        answer = await self._answer(question, (kind,), needs_status=False)
        if isinstance(answer, int):
            name = status_name(answer)
            raise DeviceRefusedError(f"the device answered {name} (0x{answer:02X})", answer)
        return answer

    async def confirm(self, command: Sending, *kinds: type[R]) -> R | int:
        """Return what a device makes of a command that has no answer of its own.

        That is the ZCL status of its default response (0: done), which it is asked for, or a record
        of one of these kinds.
        """
        return await self._answer(command, kinds, needs_status=True)

    async def _answer(
        self, question: Sending, kinds: tuple[type[R], ...], *, needs_status: bool
    ) -> R | int:
        definition, record, peer = self._definition, question.record, question.peer
        expected = {definition.command_id(kind, from_server=_FROM_SERVER): kind for kind in kinds}
        frame = Frame(
            definition.command_id(type(record), from_server=not _FROM_SERVER),
            0,
            record.serialize(),
            cluster_specific=True,
            no_default_response=not needs_status,
        )

        unasked = self._unasked.difference(expected)

        def accepts(answer: Frame) -> bool:
            return not answer.cluster_specific or answer.command_id not in unasked

        answer, _ = await self._exchange.converse(
            peer,
            definition.cluster_id,
            self._local_endpoint or local_endpoint_for(peer.profile_id),
            frame,
            accepts=accepts,
        )
        with MalformedAnswerError.of(peer.device):
            if answer.cluster_specific and answer.command_id in expected:
                return expected[answer.command_id].deserialize(answer.payload)
            if not answer.cluster_specific and answer.command_id == DEFAULT_RESPONSE:
                return parse_default_response(answer.payload)[1]
            raise DecodeError(f"command 0x{answer.command_id:02X} is no answer to this question")
