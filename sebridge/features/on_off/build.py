"""Build what a gateway has of On/Off: it has servers report, and reads them."""

from sebridge.feature import Host, Part
from sebridge.features.on_off.reports import WANTED
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.zcl.identifiers import ON_OFF


def build(_host: Host) -> Part:
    """Have reported what its servers show; it stands on the topics of the attributes."""
    return Part(wanted_reports=(WantedReports(cluster_id=ON_OFF, records=lambda _pairing: WANTED),))
