"""Temperature Measurement, both sides: it has attributes only.

Source: ZigBee Cluster Library, Temperature Measurement cluster.
"""

from collections.abc import Callable
from typing import ClassVar, Final

from sebridge.drivers.table import MEASURE_TEMPERATURE
from sebridge.features.temperature.records import TEMPERATURE_CLUSTER
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.cluster import ClusterDefinition

_INT16: Final = MEASURE_TEMPERATURE.data_type
_MIN_MEASURED_VALUE: Final = 0x0001
_MAX_MEASURED_VALUE: Final = 0x0002
_NO_VALUE: Final = -0x8000

COLDEST: Final = -40.0
WARMEST: Final = 85.0
"""What a sensor measures, in degrees C."""


class TemperatureServer(LocalCluster):
    """Shows what is measured: `temperature` gives degrees C, or None while there is no value.

    Callers of ours may set another value in its place.
    """

    definition: ClassVar[ClusterDefinition] = TEMPERATURE_CLUSTER
    server = True

    def __init__(self, temperature: Callable[[], float | None]) -> None:
        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(
                        MEASURE_TEMPERATURE.attribute_id,
                        _INT16,
                        self._measured,
                        writable_here=True,
                        lowest=_hundredths(COLDEST),
                        highest=_hundredths(WARMEST),
                    ),
                    LocalAttribute(_MIN_MEASURED_VALUE, _INT16, _hundredths(COLDEST)),
                    LocalAttribute(_MAX_MEASURED_VALUE, _INT16, _hundredths(WARMEST)),
                ]
            )
        )
        self._temperature = temperature

    def _measured(self) -> int:
        now = self._temperature()
        return _NO_VALUE if now is None else _hundredths(min(max(now, COLDEST), WARMEST))


class TemperatureClient(LocalCluster):
    """Reads the sensors of others."""

    definition: ClassVar[ClusterDefinition] = TEMPERATURE_CLUSTER
    server = False


def _hundredths(degrees: float) -> int:
    return round(degrees * 100)
