"""What peers configure at our clusters: the reports that we send, and those that we expect."""

from typing_extensions import override
from zigpy.zcl.foundation import Status

from sebridge.gateway.general_commands import ReportingTable
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.keeper import ReportKeeper
from sebridge.gateway.reporting.sender import ReportSender
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord


class BothDirections(ReportingTable):
    """Hands each configuration to the one who keeps its direction."""

    def __init__(self, sender: ReportSender, keeper: ReportKeeper) -> None:
        self._sender = sender
        self._keeper = keeper

    @override
    def configure(self, pairing: Pairing, record: AttributeReportingConfigurationRecord) -> Status:
        """Take one configuration; return SUCCESS or why not."""
        if record.direction:
            return self._keeper.announced(pairing, record)
        return self._sender.configure(pairing, record)

    @override
    def configuration(
        self, pairing: Pairing, direction: int, attribute_id: int
    ) -> AttributeReportingConfigurationRecord | Status:
        """Return a configuration of ours: 0 for reports we send, 1 for those we receive."""
        if not direction:
            return self._sender.configuration(pairing, direction, attribute_id)
        found = self._keeper.expectations.get(PairedAttribute(pairing, attribute_id))
        if found is None or found.stopped:
            return Status.NOT_FOUND
        timeout = min(int(found.patience or found.record.timeout), 0xFFFF)
        return AttributeReportingConfigurationRecord(attribute_id, 1, timeout=timeout)
