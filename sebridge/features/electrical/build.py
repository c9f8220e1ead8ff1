"""Build what a gateway has of Electrical Measurement: it has servers report, and reads them."""

from sebridge.feature import Host, Part
from sebridge.features.electrical.measurements import WANTED
from sebridge.features.electrical.readings import ElectricalReadings
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.zcl.identifiers import ELECTRICAL_MEASUREMENT


def build(host: Host) -> Part:
    """Have voltages, currents and power factors reported by whoever measures them."""
    readings = ElectricalReadings(host.access, host.bus)
    return Part(
        wanted_reports=(
            WantedReports(
                cluster_id=ELECTRICAL_MEASUREMENT,
                records=lambda _pairing: WANTED,
                prepare=readings.prepare,
            ),
        )
    )
