"""Build what a gateway has of Temperature Measurement: it has servers report, and reads them."""

from sebridge.drivers.reports import reports_of
from sebridge.drivers.table import MEASURE_TEMPERATURE
from sebridge.feature import Host, Part
from sebridge.features.temperature.cluster import TemperatureClient


def build(host: Host) -> Part:
    """Have told what sensors measure."""
    return Part(
        home_automation=(TemperatureClient(),),
        wanted_reports=(reports_of((MEASURE_TEMPERATURE,), host.shown_values),),
    )
