"""ZCL requests about attributes: read, write, discover."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sebridge.api.addressing import Addressing, ClusterAnswer, Target
from sebridge.api.attribute_lists import attribute_ids, check_range, distinct_ids
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.attributes import AttributeValue, read_value, write_value
from sebridge.zcl.data_types import UNKNOWN_TYPE
from sebridge.zcl.frame import WRITE_ATTRIBUTES, WRITE_ATTRIBUTES_UNDIVIDED
from sebridge.zcl.general import (
    AttributeInformationRecord,
    ReadAttributeRecord,
    ReadAttributeStatusRecord,
    WriteAttributeRecord,
    WriteAttributeResponseRecord,
    given_value,
    octets_field,
    value_record,
)
from sebridge.zcl.status import Status

_NORMAL: Final = Uint8(WRITE_ATTRIBUTES)
_UNDIVIDED_AS_PRINTED: Final = 0x05
"""What the RPC reference calls undivided; in the ZCL it is Write Attributes No Response (C1)."""
_UNDIVIDED: Final = {
    WRITE_ATTRIBUTES: False,
    WRITE_ATTRIBUTES_UNDIVIDED: True,
    _UNDIVIDED_AS_PRINTED: True,
}


class ReadAttributesResponse(ClusterAnswer, frozen=True, kw_only=True):
    """What was read, and who answered."""

    record_list: Sequence[ReadAttributeStatusRecord]


class WriteAttributesResponse(ClusterAnswer, frozen=True, kw_only=True):
    """What was written, and who answered.

    `answered` is false after a broadcast: status 0 then says that the record was sent.
    """

    answered: bool | Absent = ABSENT
    record_list: Sequence[WriteAttributeResponseRecord]


class DiscoverAttributesResponse(ClusterAnswer, frozen=True, kw_only=True):
    """Which attributes there are, and who answered."""

    record_list: Sequence[AttributeInformationRecord]


class AttributeMethods:
    """Requests about attributes of devices, or of our own clusters."""

    rpc_interface = ZCL_INTERFACE

    def __init__(self, addressing: Addressing, access: AttributeAccess) -> None:
        self._addressing = addressing
        self._access = access

    @method(scope=Scope.READ)
    async def read_attributes(  # the parameters of the RPC reference
        self,
        *,
        cluster_id: Uint16,
        server_or_client: Uint8,
        destination_endpoint_id: Uint8,
        record_list: Sequence[ReadAttributeRecord],
        source_endpoint_id: Uint8 | Absent = ABSENT,
        destination_address: Eui64 | Absent = ABSENT,
        manufacturer_code: Uint16 | Absent = ABSENT,
    ) -> ReadAttributesResponse:
        """Read attributes of a remote cluster, or without destination_address of a local one.

        A remote request needs the opposite cluster on the endpoint it is sent from.
        """
        target = Target(
            cluster_id=cluster_id,
            server_or_client=server_or_client,
            destination_endpoint_id=destination_endpoint_id,
            source_endpoint_id=source_endpoint_id,
            destination_address=destination_address,
            manufacturer_code=manufacturer_code,
        )
        ids = attribute_ids(record_list)
        pairing = self._addressing.pairing(target)
        found = await self._access.read(pairing, ids)
        return ReadAttributesResponse(
            **target.head(pairing), record_list=[_read_record(*result) for result in found]
        )

    @method
    async def write_attributes(  # the parameters of the RPC reference
        self,
        *,
        cluster_id: Uint16,
        server_or_client: Uint8,
        destination_endpoint_id: Uint8,
        record_list: Sequence[WriteAttributeRecord],
        source_endpoint_id: Uint8 | Absent = ABSENT,
        destination_address: Eui64 | Absent = ABSENT,
        command_identifier: Uint8 = _NORMAL,
        manufacturer_code: Uint16 | Absent = ABSENT,
    ) -> WriteAttributesResponse:
        """Write attributes of a remote cluster, or without destination_address of a local one.

        The command is 0x02, each attribute for itself, or 0x03 or 0x05, all of them or none: then
        status 0x01 is that of a record which was not written because of another. The type 0xFF is
        found by the gateway; where nobody knows it the status is 0x86, and nothing is written.
        With a broadcast address (00:00:00:00:00:00:FF:FF, …:FF:FD, …:FF:FC) many are written to,
        on clusters that need no link key, and nobody answers.
        """
        if command_identifier not in _UNDIVIDED:
            raise ParameterError("command_identifier", "must be 2, or 3 or 5 for undivided")
        target = Target(
            cluster_id=cluster_id,
            server_or_client=server_or_client,
            destination_endpoint_id=destination_endpoint_id,
            source_endpoint_id=source_endpoint_id,
            destination_address=destination_address,
            manufacturer_code=manufacturer_code,
        )
        distinct_ids(record_list)
        pairing = self._addressing.pairing(target, may_be_broadcast=True)
        undivided = _UNDIVIDED[command_identifier]
        statuses = await self._write(pairing, record_list, undivided=undivided)
        return WriteAttributesResponse(
            **target.head(pairing),
            answered=False if pairing.is_broadcast else ABSENT,
            record_list=[
                WriteAttributeResponseRecord(
                    status, record.attribute_id, record.attribute_type, _echo(record.value)
                )
                for record, status in zip(record_list, statuses, strict=True)
            ],
        )

    @method(scope=Scope.READ)
    async def discover_attributes(
        self,
        *,
        cluster_id: Uint16,
        server_or_client: Uint8,
        destination_endpoint_id: Uint8,
        source_endpoint_id: Uint8 | Absent = ABSENT,
        destination_address: Eui64 | Absent = ABSENT,
        manufacturer_code: Uint16 | Absent = ABSENT,
    ) -> DiscoverAttributesResponse:
        """Find all attributes of a remote cluster, or without destination_address of a local one.

        A device is asked as often as it needs to tell all.
        """
        target = Target(
            cluster_id=cluster_id,
            server_or_client=server_or_client,
            destination_endpoint_id=destination_endpoint_id,
            source_endpoint_id=source_endpoint_id,
            destination_address=destination_address,
            manufacturer_code=manufacturer_code,
        )
        pairing = self._addressing.pairing(target)
        found = await self._access.discover(pairing)
        return DiscoverAttributesResponse(
            **target.head(pairing),
            record_list=[AttributeInformationRecord(*information) for information in found],
        )

    async def _write(
        self, pairing: Pairing, records: Sequence[WriteAttributeRecord], *, undivided: bool
    ) -> list[int]:
        unknown = [r.attribute_id for r in records if r.attribute_type == UNKNOWN_TYPE]
        types = await self._access.types(pairing, unknown)
        values = [_value(place, record, types) for place, record in enumerate(records)]
        known = [value for value in values if value is not None]
        if undivided and len(known) < len(values):
            return [Status.FAILURE if v else Status.UNSUPPORTED_ATTRIBUTE for v in values]
        written = iter(await self._access.write(pairing, known, undivided=undivided))
        return [Status.UNSUPPORTED_ATTRIBUTE if v is None else next(written) for v in values]


def _read_record(
    attribute_id: int, status: int, value: AttributeValue | None
) -> ReadAttributeStatusRecord:
    if value is None:
        return ReadAttributeStatusRecord(status, attribute_id)
    shown = value_record(value.shown)
    octets = octets_field(value)
    return ReadAttributeStatusRecord(status, attribute_id, value.attribute_type, shown, octets)


def _echo(value: Any) -> Any:
    return value_record(given_value(value)) if isinstance(value, Mapping) else value


def _value(
    place: int, record: WriteAttributeRecord, types: dict[int, int]
) -> AttributeValue | None:
    """Return what is to be written; None when its type is unknown, ParameterError for a misfit."""
    path = f"record_list[{place}]"
    check_range(record.attribute_type, UNKNOWN_TYPE, f"{path}.attribute_type")
    kind = types.get(record.attribute_id, record.attribute_type)
    if kind == UNKNOWN_TYPE:
        return None
    octets = write_value(kind, given_value(record.value), f"{path}.value")
    value, _ = read_value(kind, octets)  # a number may have been given as text
    return AttributeValue(record.attribute_id, kind, value, octets)
