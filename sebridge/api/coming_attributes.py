"""The request that shows how the attributes of a device come, and why some do not."""

from collections.abc import Callable, Sequence

import msgspec

from sebridge.api.addressing import CLIENT, SERVER
from sebridge.base.addresses import Eui64
from sebridge.gateway.reporting.ways import ComingAttribute
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.known_clusters import known_attributes
from sebridge.zcl.reporting import RECEIVING


class ComingAttributeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How one attribute of a device comes.

    `how` is `report` (the device reports it), `pseudo_report` (the gateway reads it in the device's
    place) or `unavailable`. `why` says why so: of a report `configured_by_gateway`,
    `configured_by_caller`, `announced`, or `by_itself` (the device sleeps); of a pseudo report
    `wished`, `reports_stayed_away`, or the ZCL status of a device that refused to report it
    (`unreportable_attribute` …; `timeout`: it did not answer); of what is unavailable the status of
    a device that does not show it (`unsupported_attribute` …), `stopped` (by a caller),
    `not_set_up` (the device has not answered yet), or `inactive`. `missed_reports` counts those in
    a row that stayed away. Intervals are seconds, and left out where there is no configuration.
    """

    endpoint_id: int
    cluster_id: int
    server_or_client: int
    manufacturer_code: int | Absent = ABSENT
    attribute_id: int
    name: str
    how: str
    why: str
    min_interval: int | Absent = ABSENT
    max_interval: int | Absent = ABSENT
    missed_reports: int


class AttributeReportingResponse(msgspec.Struct, frozen=True, kw_only=True):
    """All attributes of a device that should come."""

    device_address: Eui64
    record_list: Sequence[ComingAttributeRecord]


class ComingAttributeMethods:
    """Shows how attributes come; `coming` tells it of a device, or raises UnknownDeviceError."""

    rpc_interface = ZCL_INTERFACE

    def __init__(self, coming: Callable[[Eui64], Sequence[ComingAttribute]]) -> None:
        self._coming = coming

    @method(scope=Scope.READ)
    async def get_attribute_reporting(self, device_address: Eui64) -> AttributeReportingResponse:
        """Show of each attribute of a device that should come how it does, and why so.

        These are the attributes that the gateway has reported of its own accord, those that callers
        asked for, and those that the device announced. Nothing is sent.
        """
        records = [_record(attribute) for attribute in self._coming(device_address)]
        return AttributeReportingResponse(device_address=device_address, record_list=records)


def attribute_name(attribute: ComingAttribute) -> str:
    """Return the name of an attribute, as it stands on topics; its number where it has none."""
    pairing, number = attribute.key.pairing, attribute.key.attribute_id
    is_standard = pairing.manufacturer_code is None and not pairing.server
    known = known_attributes(pairing.cluster_id).get(number) if is_standard else None
    return f"0x{number:04X}" if known is None else known.name


def _record(attribute: ComingAttribute) -> ComingAttributeRecord:
    pairing, configured = attribute.key.pairing, attribute.record
    has_intervals = configured is not None and configured.direction != RECEIVING
    code = pairing.manufacturer_code
    return ComingAttributeRecord(
        endpoint_id=pairing.peer.endpoint,
        cluster_id=pairing.cluster_id,
        server_or_client=CLIENT if pairing.server else SERVER,
        manufacturer_code=ABSENT if code is None else code,
        attribute_id=attribute.key.attribute_id,
        name=attribute_name(attribute),
        how=attribute.way.value,
        why=attribute.why,
        min_interval=configured.min_interval if configured and has_intervals else ABSENT,
        max_interval=configured.max_interval if configured and has_intervals else ABSENT,
        missed_reports=attribute.missed,
    )
