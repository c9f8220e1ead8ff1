"""Build what a gateway has of Temperature Measurement: it has servers report, and reads them."""

from sebridge.feature import Host, Part
from sebridge.features.temperature.cluster import TemperatureClient
from sebridge.features.temperature.reports import SHOWN, WANTED
from sebridge.gateway.reporting.shown_values import ShownValues
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.zcl.identifiers import TEMPERATURE_MEASUREMENT


def build(host: Host) -> Part:
    """Have told what sensors measure."""
    values = ShownValues(TEMPERATURE_MEASUREMENT, SHOWN, host.bus)
    return Part(
        home_automation=(TemperatureClient(),),
        wanted_reports=(
            WantedReports(
                cluster_id=TEMPERATURE_MEASUREMENT,
                records=lambda _pairing: WANTED,
                prepare=values.expect,
            ),
        ),
    )
