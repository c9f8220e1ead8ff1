"""ZCL requests that show how reports are configured."""

from collections.abc import Sequence

import msgspec

from sebridge.api.addressing import CLIENT, SERVER, Addressing, Target
from sebridge.api.attribute_lists import distinct_ids
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.expectations import Expectations
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.gateway.reporting.sender import ReportSender
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.reporting import (
    RECEIVING,
    SENDING,
    AttributeReportingConfigurationRecord,
    LocalReportingConfigurationRecord,
    ReadReportingConfigurationRecord,
    ReadReportingConfigurationResponseRecord,
    shown_fields,
)
from sebridge.zcl.status import Status


class LocalReportingConfigurationsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """All reporting configurations of the gateway."""

    record_list: Sequence[LocalReportingConfigurationRecord]


class ReadReportingConfigurationResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The configurations, and where they come from."""

    remote_configuration: bool
    cluster_id: int
    server_or_client: int
    profile_id: int
    source_endpoint_id: int
    destination_endpoint_id: int | Absent = ABSENT
    source_address: Eui64
    manufacturer_code: int | Absent = ABSENT
    record_list: Sequence[ReadReportingConfigurationResponseRecord]


class ReportingConfigurationMethods:
    """Requests for the reporting configurations of the gateway and of devices."""

    rpc_interface = ZCL_INTERFACE

    def __init__(
        self,
        addressing: Addressing,
        expectations: Expectations,
        sender: ReportSender,
        reporting: RemoteReporting,
    ) -> None:
        self._addressing = addressing
        self._expectations = expectations
        self._sender = sender
        self._reporting = reporting

    @method(scope=Scope.READ)
    async def get_local_reporting_configurations(self) -> LocalReportingConfigurationsResponse:
        """Show all reporting configurations of the gateway, sent and received.

        In a received one `timeout` is that of the request; 0 stands for 2.5 times max_interval.
        """
        received = [
            self._local(key.pairing, expected.record, pseudo=expected.pseudo)
            for key, expected in self._expectations
            if not expected.stopped
        ]
        sent = [self._local(key.pairing, record) for key, record in self._sender]
        return LocalReportingConfigurationsResponse(record_list=received + sent)

    @method(scope=Scope.READ)
    async def read_reporting_configuration(  # the parameters of the RPC reference
        self,
        *,
        cluster_id: Uint16,
        server_or_client: Uint8,
        reporting_direction: Uint8,
        destination_endpoint_id: Uint8,
        destination_address: Eui64,
        record_list: Sequence[ReadReportingConfigurationRecord],
        remote_configuration: bool = False,
        source_endpoint_id: Uint8 | Absent = ABSENT,
        manufacturer_code: Uint16 | Absent = ABSENT,
    ) -> ReadReportingConfigurationResponse:
        """Read how reports are configured: at the device, or in the gateway's own copy.

        reporting_direction is 0 for what the target cluster sends and 1 for what is sent to it. In
        the gateway's copy a record is shown as its sender has it: with intervals and change.
        """
        if reporting_direction not in {SENDING, RECEIVING}:
            raise ParameterError("reporting_direction", "must be 0 (sent) or 1 (received)")
        target = Target(
            cluster_id=cluster_id,
            server_or_client=server_or_client,
            destination_endpoint_id=destination_endpoint_id,
            source_endpoint_id=source_endpoint_id,
            destination_address=destination_address,
            manufacturer_code=manufacturer_code,
        )
        ids = distinct_ids(record_list)
        pairing = self._addressing.guessed(target)
        direction = reporting_direction
        if remote_configuration and not pairing.is_local:
            records = await self._read_far(pairing, direction, ids)
        else:
            records = [self._read_near(pairing, direction, attribute_id) for attribute_id in ids]
        return ReadReportingConfigurationResponse(
            remote_configuration=remote_configuration,
            **target.head(pairing),
            record_list=records,
        )

    async def _read_far(
        self, pairing: Pairing, direction: int, ids: Sequence[int]
    ) -> list[ReadReportingConfigurationResponseRecord]:
        found = await self._reporting.read(pairing, direction, ids)
        return [_read(answer.status, answer.attribute_id, answer.record) for answer in found]

    def _read_near(
        self, pairing: Pairing, direction: int, attribute_id: int
    ) -> ReadReportingConfigurationResponseRecord:
        if direction == RECEIVING:
            sent = self._sender.configuration(pairing, attribute_id)
            if isinstance(sent, Status):
                return _read(sent, attribute_id, None)
            return _read(Status.SUCCESS, attribute_id, sent)
        expected = self._expectations.get(PairedAttribute(pairing, attribute_id))
        if expected is None or expected.stopped:
            return _read(Status.NOT_FOUND, attribute_id, None)
        return _read(Status.SUCCESS, attribute_id, expected.record)

    def _local(
        self,
        pairing: Pairing,
        record: AttributeReportingConfigurationRecord,
        *,
        pseudo: bool | Absent = ABSENT,
    ) -> LocalReportingConfigurationRecord:
        device, is_server = pairing.peer.device, pairing.server
        if pairing.is_local:  # there is no other side: the cluster itself is meant
            device, is_server = self._addressing.own_address(), not pairing.server
        return LocalReportingConfigurationRecord(
            device_address=device,
            device_endpoint_id=pairing.peer.endpoint,
            endpoint_id=pairing.local_endpoint,
            cluster_id=pairing.cluster_id,
            server_or_client=SERVER if is_server else CLIENT,
            reporting_direction=SENDING if pseudo is ABSENT else RECEIVING,
            pseudo_reporting=pseudo,
            record=record,
        )


def _read(
    status: int, attribute_id: int, record: AttributeReportingConfigurationRecord | None
) -> ReadReportingConfigurationResponseRecord:
    fields = {} if record is None else shown_fields(record)
    return ReadReportingConfigurationResponseRecord(status, attribute_id, **fields)
