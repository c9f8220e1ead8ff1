"""Build what a gateway has of Thermostat: it has servers report, and reads them."""

from sebridge.feature import Host, Part
from sebridge.features.thermostat.reports import WANTED
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.zcl.identifiers import THERMOSTAT_CLUSTER


def build(_host: Host) -> Part:
    """Have reported what its servers show; it stands on the topics of the attributes."""
    return Part(
        wanted_reports=(
            WantedReports(cluster_id=THERMOSTAT_CLUSTER, records=lambda _pairing: WANTED),
        )
    )
