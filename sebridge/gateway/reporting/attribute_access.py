"""Read, write and discover attributes, of a device or of our own clusters alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from sebridge.base.errors import DeviceRefusedError, MalformedAnswerError, SebridgeError
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Asking
from sebridge.gateway.general_commands import apply_writes
from sebridge.gateway.local_attributes import LocalAttributes
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.reader import ReadResult, RemoteReader, expect
from sebridge.zcl import frame as zcl
from sebridge.zcl.attributes import AttributeValue, attribute_value
from sebridge.zcl.cluster import Clusters
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import (
    parse_discover_response,
    parse_write_response,
    write_discover,
    write_values,
)
from sebridge.zcl.status import Status

A = TypeVar("A")

_AT_ONCE: Final = 20  # attributes that one question asks to be discovered
_MOST_DISCOVERED: Final = 4096  # a device that goes on for longer is not believed
_LAST_ATTRIBUTE: Final = 0xFFFF


class AttributeAccess:
    """Attributes of the other side of a pairing, near or far.

    `endpoints` gives ours by id, `clusters` tells what attributes there should be.

    What goes to a device raises DeliveryError, AnswerTimeoutError, DeviceRefusedError when it
    refuses the question as a whole, or MalformedAnswerError for an answer that cannot be read.
    """

    def __init__(
        self,
        endpoints: Callable[[], Mapping[int, Endpoint]],
        exchange: Asking,
        *,
        clusters: Clusters,
    ) -> None:
        self._endpoints = endpoints
        self._clusters = clusters
        self._exchange = exchange
        self._reader = RemoteReader(exchange)

    async def read(self, pairing: Pairing, attribute_ids: Sequence[int]) -> list[ReadResult]:
        """Return attribute id, ZCL status and value of each."""
        if pairing.is_local:
            own = self._own(pairing)
            return [_read_one(own, attribute_id) for attribute_id in attribute_ids]
        return await self._reader.read(
            pairing.peer,
            pairing.cluster_id,
            pairing.local_endpoint,
            attribute_ids,
            to_server=not pairing.server,
            manufacturer_code=pairing.manufacturer_code,
        )

    async def write(
        self, pairing: Pairing, values: Sequence[AttributeValue], *, undivided: bool
    ) -> list[int]:
        """Return the ZCL status of each; undivided, FAILURE stands for "held back by another".

        Many devices do not answer: what was sent to them has SUCCESS.
        """
        if not values:
            return []
        if pairing.is_local:
            own = self._own(pairing)
            done = apply_writes(own, values, undivided=undivided, over_the_air=False)
            statuses: list[int] = list(done)
        elif pairing.is_broadcast:
            statuses = await self._write_to_many(pairing, values, undivided=undivided)
        else:
            statuses = await self._write_far(pairing, values, undivided=undivided)
        if undivided and any(statuses):
            return [status or Status.FAILURE for status in statuses]
        return statuses

    async def discover(self, pairing: Pairing) -> list[tuple[int, int]]:
        """Return id and data type of all attributes, asking a device as often as needed."""
        if pairing.is_local:
            return self._own(pairing).types()
        found: list[tuple[int, int]] = []
        first = 0
        while first <= _LAST_ATTRIBUTE and len(found) < _MOST_DISCOVERED:
            question = write_discover(first, _AT_ONCE)
            complete, more = await self._ask(
                pairing,
                zcl.DISCOVER_ATTRIBUTES,
                question,
                zcl.DISCOVER_ATTRIBUTES_RESPONSE,
                parse_discover_response,
            )
            if any(attribute_id < first for attribute_id, _ in more):
                problem = "the device discovers attributes that were not asked for"
                raise MalformedAnswerError(problem)
            found += more
            if complete or not more:
                break
            first = max(attribute_id for attribute_id, _ in more) + 1
        return found

    async def types(self, pairing: Pairing, attribute_ids: Iterable[int]) -> dict[int, int]:
        """Return the data types of attributes, those that nobody knows left out.

        A read tells them best; what cannot be read has the type that its cluster declares (R2).
        """
        wanted = list(dict.fromkeys(attribute_ids))
        if not wanted:
            return {}
        if pairing.is_local:
            own = dict(self._own(pairing).types())
            return {
                attribute_id: own[attribute_id] for attribute_id in wanted if attribute_id in own
            }
        if pairing.is_broadcast:
            return self._declared(pairing, wanted)
        try:
            read = await self.read(pairing, wanted)
        except DeviceRefusedError:
            read = []
        told = {attribute_id: value.attribute_type for attribute_id, _, value in read if value}
        return self._declared(pairing, wanted) | told

    async def _write_far(
        self, pairing: Pairing, values: Sequence[AttributeValue], *, undivided: bool
    ) -> list[int]:
        command = zcl.WRITE_ATTRIBUTES_UNDIVIDED if undivided else zcl.WRITE_ATTRIBUTES
        failed = await self._ask(
            pairing,
            command,
            write_values(values),
            zcl.WRITE_ATTRIBUTES_RESPONSE,
            parse_write_response,
        )
        return [failed.get(value.attribute_id, Status.SUCCESS) for value in values]

    async def _write_to_many(
        self, pairing: Pairing, values: Sequence[AttributeValue], *, undivided: bool
    ) -> list[int]:
        command = zcl.WRITE_ATTRIBUTES_UNDIVIDED if undivided else zcl.WRITE_ATTRIBUTES_NO_RESPONSE
        await self._exchange.tell(
            pairing.peer,
            pairing.peer.profile_id,
            pairing.cluster_id,
            pairing.local_endpoint,
            general_frame(pairing, command, write_values(values)),
        )
        return [Status.SUCCESS for _ in values]

    async def _ask(
        self,
        pairing: Pairing,
        command_id: int,
        payload: bytes,
        answer_id: int,
        parse: Callable[[bytes], A],
    ) -> A:
        question = general_frame(pairing, command_id, payload)
        answer = await self._exchange.ask(
            pairing.peer, pairing.cluster_id, pairing.local_endpoint, question
        )
        with MalformedAnswerError.of(pairing.peer.device):
            expect(answer, answer_id)
            return parse(answer.payload)

    def _declared(self, pairing: Pairing, attribute_ids: Sequence[int]) -> dict[int, int]:
        cluster = self._clusters.get(pairing.cluster_id)
        if cluster is None or pairing.manufacturer_code is not None:
            return {}
        known = cluster.attributes(of_server=not pairing.server)
        return {
            attribute_id: known[attribute_id].data_type.type_id
            for attribute_id in attribute_ids
            if attribute_id in known
        }

    def _own(self, pairing: Pairing) -> LocalAttributes:
        endpoint = self._endpoints().get(pairing.local_endpoint)
        if endpoint is None or pairing.manufacturer_code is not None:
            return LocalAttributes()  # ours have no manufacturer's attributes
        cluster = endpoint.cluster(pairing.cluster_id, server=not pairing.server)
        return LocalAttributes() if cluster is None else cluster.attributes


def general_frame(pairing: Pairing, command_id: int, payload: bytes) -> Frame:
    """Return the frame of a general command to the other side, still without its number."""
    return Frame(
        command_id,
        0,
        payload,
        from_server=pairing.server,
        no_default_response=True,
        manufacturer_code=pairing.manufacturer_code,
    )


def _read_one(own: LocalAttributes, attribute_id: int) -> ReadResult:
    """Return one of our own as a device would read it: "no value" of its type is None."""
    try:
        known = own.read(attribute_id)
    except SebridgeError as error:
        return attribute_id, zcl_status(error), None
    value = attribute_value(attribute_id, known.attribute_type, known.value, known.raw)
    return attribute_id, Status.SUCCESS, value
