"""Read remote attributes: one frame out, one answer back."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from sebridge.base.errors import (
    DecodeError,
    DeliveryError,
    DeviceRefusedError,
    MalformedAnswerError,
)
from sebridge.gateway.exchange import Asking
from sebridge.gateway.pairing import Pairing
from sebridge.network.peer import Peer
from sebridge.zcl import frame as zcl
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import (
    parse_default_response,
    parse_read_response,
    write_read_attributes,
)
from sebridge.zcl.status import Status, status_name

ReadResult = tuple[int, int, AttributeValue | None]


class Attributes(Protocol):
    """Who reads and writes attributes of devices."""

    async def read(self, pairing: Pairing, attribute_ids: Sequence[int]) -> list[ReadResult]:
        """Return attribute id, ZCL status and value of each."""

    async def write(
        self, pairing: Pairing, values: Sequence[AttributeValue], *, undivided: bool
    ) -> list[int]:
        """Return the ZCL status of each."""


_CERTAIN: Final = (Status.SUCCESS, Status.UNSUPPORTED_ATTRIBUTE)


class RemoteReader:
    """Asks for attributes on behalf of a local endpoint.

    `to_server` tells which side of the remote cluster is asked. Raises DeliveryError,
    AnswerTimeoutError, or MalformedAnswerError for an answer that cannot be read.
    """

    def __init__(self, exchange: Asking) -> None:
        self._exchange = exchange

    async def read(
        self,
        peer: Peer,
        cluster_id: int,
        local_endpoint: int,
        attribute_ids: Sequence[int],
        *,
        to_server: bool = True,
        manufacturer_code: int | None = None,
    ) -> list[ReadResult]:
        """Return attribute id, ZCL status and value of each."""
        payload = write_read_attributes(attribute_ids)
        question = Frame(
            zcl.READ_ATTRIBUTES,
            0,
            payload,
            from_server=not to_server,
            no_default_response=True,
            manufacturer_code=manufacturer_code,
        )
        answer = await self._exchange.ask(peer, cluster_id, local_endpoint, question)
        with MalformedAnswerError.of(peer.device):
            expect(answer, zcl.READ_ATTRIBUTES_RESPONSE)
            return parse_read_response(answer.payload)


def expect(answer: Frame, command_id: int) -> None:
    """Raise DeviceRefusedError when the device refused, DecodeError for an answer to another."""
    if not answer.cluster_specific and answer.command_id == command_id:
        return
    if not answer.cluster_specific and answer.command_id == zcl.DEFAULT_RESPONSE:
        _, status = parse_default_response(answer.payload)
        name = status_name(status)
        raise DeviceRefusedError(f"the device answered {name} (0x{status:02X})", status)
    raise DecodeError(f"command 0x{answer.command_id:02X} is no answer to this question")


def told_for_certain(answer: Iterable[ReadResult]) -> list[AttributeValue]:
    """Return the values of an answer, without those that the device does not have.

    DeliveryError where it has one that it cannot tell now.
    """
    found = []
    for attribute_id, status, value in answer:
        if status not in _CERTAIN:
            problem = f"attribute 0x{attribute_id:04X} was not read: {status_name(status)}"
            raise DeliveryError(problem, status)
        if value is not None:
            found.append(value)
    return found
