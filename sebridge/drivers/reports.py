"""Have devices report what they are capable of, and have it shown."""

from collections.abc import Sequence

from sebridge.drivers.capability import Capability
from sebridge.gateway.reporting.shown_values import ShownValues
from sebridge.gateway.reporting.watcher import WantedReports


def reports_of(capabilities: Sequence[Capability], values: ShownValues) -> WantedReports:
    """Return what servers of a cluster are to report, and have it shown."""
    cluster_id = capabilities[0].cluster_id
    values.show(cluster_id, {one.attribute_id: one.shown for one in capabilities})
    wanted = tuple(one.wanted for one in capabilities)
    return WantedReports(
        cluster_id=cluster_id,
        records=lambda _pairing: wanted,
        prepare=values.expect,
    )
