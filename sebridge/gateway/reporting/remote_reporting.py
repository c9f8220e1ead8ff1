"""Ask a device to report, to expect reports, and what it has configured."""

from collections.abc import Sequence

from sebridge.base.errors import MalformedAnswerError
from sebridge.gateway.exchange import Asking
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.attribute_access import general_frame
from sebridge.gateway.reporting.reader import expect
from sebridge.zcl import frame as zcl
from sebridge.zcl.reporting import (
    AttributeReportingConfigurationRecord,
    ReadConfiguration,
    parse_configurations,
    parse_reporting_statuses,
    write_configure_reporting,
    write_read_configuration,
)


class RemoteReporting:
    """The reporting configurations of devices.

    Raises DeliveryError, AnswerTimeoutError, DeviceRefusedError when the device refuses the
    question as a whole, or MalformedAnswerError for an answer that cannot be read.
    """

    def __init__(self, exchange: Asking) -> None:
        self._exchange = exchange

    async def configure(
        self, pairing: Pairing, records: Sequence[AttributeReportingConfigurationRecord]
    ) -> dict[int, int]:
        """Return the ZCL status of each attribute that was refused; nothing when all is taken."""
        payload = write_configure_reporting(records)
        question = general_frame(pairing, zcl.CONFIGURE_REPORTING, payload)
        answer = await self._exchange.ask(
            pairing.peer, pairing.cluster_id, pairing.local_endpoint, question
        )
        with MalformedAnswerError.of(pairing.peer.device):
            expect(answer, zcl.CONFIGURE_REPORTING_RESPONSE)
            failed = parse_reporting_statuses(answer.payload)
        return {record.attribute_id: record.status for record in failed}

    async def read(
        self, pairing: Pairing, direction: int, attribute_ids: Sequence[int]
    ) -> list[ReadConfiguration]:
        """Return what the device sends (direction 0) or expects (1), attribute by attribute."""
        payload = write_read_configuration(direction, attribute_ids)
        question = general_frame(pairing, zcl.READ_REPORTING_CONFIGURATION, payload)
        answer = await self._exchange.ask(
            pairing.peer, pairing.cluster_id, pairing.local_endpoint, question
        )
        with MalformedAnswerError.of(pairing.peer.device):
            expect(answer, zcl.READ_REPORTING_CONFIGURATION_RESPONSE)
            return parse_configurations(answer.payload)
