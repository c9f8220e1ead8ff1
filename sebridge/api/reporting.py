"""ZCL requests that start and stop reports."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from sebridge.api.addressing import Addressing, ClusterAnswer, RemoteClusterAnswer, Target
from sebridge.api.attribute_lists import check_ranges, distinct_ids
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.gateway.reporting.sender import ReportSender
from sebridge.gateway.reporting.subscriptions import ReportSubscriptions
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.data_types import UNKNOWN_TYPE
from sebridge.zcl.reporting import (
    RECEIVING,
    SENDING,
    STOP_REPORTING,
    AttributeReportingConfigurationRecord,
    AttributeReportingConfigurationResponseRecord,
    StopReportingRecord,
    StopReportingStatusRecord,
    fitted,
    shown_fields,
)
from sebridge.zcl.status import Status

_HIGHEST_UINT16: Final = 0xFFFF


class StartReceivingReportsResponse(ClusterAnswer, frozen=True, kw_only=True):
    """What is reported from now on, and who answered."""

    record_list: Sequence[AttributeReportingConfigurationResponseRecord]


class StopReportsResponse(RemoteClusterAnswer, frozen=True, kw_only=True):
    """What is no longer reported, and who answered."""

    record_list: Sequence[StopReportingStatusRecord]


class ReportingMethods:
    """Requests that start and stop reports between devices and the gateway."""

    rpc_interface = ZCL_INTERFACE

    def __init__(
        self,
        addressing: Addressing,
        subscriptions: ReportSubscriptions,
        sender: ReportSender,
        reporting: RemoteReporting,
    ) -> None:
        self._addressing = addressing
        self._subscriptions = subscriptions
        self._sender = sender
        self._reporting = reporting

    @method
    async def start_receiving_reports(  # the parameters of the RPC reference
        self,
        *,
        cluster_id: Uint16,
        server_or_client: Uint8,
        destination_endpoint_id: Uint8,
        record_list: Sequence[AttributeReportingConfigurationRecord],
        pseudo_reporting: bool | Absent | None = ABSENT,
        source_endpoint_id: Uint8 | Absent = ABSENT,
        destination_address: Eui64 | Absent = ABSENT,
        manufacturer_code: Uint16 | Absent = ABSENT,
    ) -> StartReceivingReportsResponse:
        """Have attributes reported to the gateway, which tells of them as they come.

        pseudo_reporting true: the gateway reads every min_interval (5 s without one) and reports in
        the device's place; false: never; otherwise where the device does not report. A device that
        does not report within `timeout` (without one 2.5 times max_interval) is configured again.
        Without destination_address an attribute of the gateway itself is reported. Kept over a
        restart.
        """
        target = Target(
            cluster_id=cluster_id,
            server_or_client=server_or_client,
            destination_endpoint_id=destination_endpoint_id,
            source_endpoint_id=source_endpoint_id,
            destination_address=destination_address,
            manufacturer_code=manufacturer_code,
        )
        distinct_ids(record_list)
        records = [_checked(place, record) for place, record in enumerate(record_list)]
        pairing = self._addressing.pairing(target)
        wish = None if pseudo_reporting is ABSENT else pseudo_reporting
        outcomes = await self._subscriptions.begin(pairing, records, wish=wish)
        return StartReceivingReportsResponse(
            **target.head(pairing), record_list=[_started(*outcome) for outcome in outcomes]
        )

    @method
    async def stop_receiving_reports(  # the parameters of the RPC reference
        self,
        *,
        cluster_id: Uint16,
        server_or_client: Uint8,
        destination_endpoint_id: Uint8,
        source_endpoint_id: Uint8,
        destination_address: Eui64,
        record_list: Sequence[StopReportingRecord],
        manufacturer_code: Uint16 | Absent = ABSENT,
    ) -> StopReportsResponse:
        """Have a device stop reporting to the gateway, or the gateway stop reading in its place.

        What the gateway would ask for of its own accord stays stopped, too. With the gateway's own
        address the reports of its own attributes end.
        """
        target = Target(
            cluster_id=cluster_id,
            server_or_client=server_or_client,
            destination_endpoint_id=destination_endpoint_id,
            source_endpoint_id=source_endpoint_id,
            destination_address=destination_address,
            manufacturer_code=manufacturer_code,
        )
        ids = distinct_ids(record_list)
        pairing = self._addressing.pairing(target)
        statuses = await self._subscriptions.end(pairing, ids)
        return StopReportsResponse(
            **target.head(pairing),
            record_list=[StopReportingStatusRecord(*status) for status in statuses],
        )

    @method
    async def stop_sending_reports(  # the parameters of the RPC reference
        self,
        *,
        cluster_id: Uint16,
        server_or_client: Uint8,
        destination_endpoint_id: Uint8,
        source_endpoint_id: Uint8,
        destination_address: Eui64,
        record_list: Sequence[StopReportingRecord],
        manufacturer_code: Uint16 | Absent = ABSENT,
    ) -> StopReportsResponse:
        """Stop reporting to a device, and set its timeout for these reports to 0.

        The gateway has stopped also where the device does not answer, which is told as an error.
        """
        target = Target(
            cluster_id=cluster_id,
            server_or_client=server_or_client,
            destination_endpoint_id=destination_endpoint_id,
            source_endpoint_id=source_endpoint_id,
            destination_address=destination_address,
            manufacturer_code=manufacturer_code,
        )
        ids = distinct_ids(record_list)
        pairing = self._addressing.pairing(target)
        self._sender.stop_reporting(pairing, ids)
        refused = {} if pairing.is_local else await self._end_expecting(pairing, ids)
        return StopReportsResponse(
            **target.head(pairing),
            record_list=[StopReportingStatusRecord(refused.get(i, Status.SUCCESS), i) for i in ids],
        )

    async def _end_expecting(self, pairing: Pairing, ids: Sequence[int]) -> dict[int, int]:
        records = [AttributeReportingConfigurationRecord(i, RECEIVING) for i in ids]
        return await self._reporting.configure(pairing, records)


def _checked(
    place: int, record: AttributeReportingConfigurationRecord
) -> AttributeReportingConfigurationRecord:
    """Return the configuration for reports that are sent; ParameterError names what is wrong."""
    path = f"record_list[{place}]"
    check_ranges([("attribute_type", record.attribute_type)], UNKNOWN_TYPE, path)
    names = ("min_interval", "max_interval", "timeout")
    check_ranges([(name, getattr(record, name)) for name in names], _HIGHEST_UINT16, path)
    if record.max_interval == STOP_REPORTING:
        raise ParameterError(f"{path}.max_interval", "would end it: use stop_receiving_reports")
    if record.max_interval and record.min_interval > record.max_interval:
        raise ParameterError(f"{path}.min_interval", "is longer than max_interval")
    outgoing = replace(record, direction=SENDING)
    if record.attribute_type == UNKNOWN_TYPE:
        return outgoing
    return fitted(outgoing, record.attribute_type, f"{path}.reportable_change")


def _started(
    status: int, record: AttributeReportingConfigurationRecord
) -> AttributeReportingConfigurationResponseRecord:
    fields = {} if status else shown_fields(record)
    return AttributeReportingConfigurationResponseRecord(status, record.attribute_id, **fields)
