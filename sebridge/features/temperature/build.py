"""Build what a gateway has of Temperature Measurement: it has servers report, and reads them."""

from sebridge.feature import Host, Part
from sebridge.features.temperature.reports import WANTED
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.zcl.identifiers import TEMPERATURE_MEASUREMENT


def build(_host: Host) -> Part:
    """Have reported what its servers show; it stands on the topics of the attributes."""
    return Part(
        wanted_reports=(
            WantedReports(cluster_id=TEMPERATURE_MEASUREMENT, records=lambda _pairing: WANTED),
        )
    )
