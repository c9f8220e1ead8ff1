"""A simulated meter or plug that measures its voltage, current and power factor."""

from typing import ClassVar, Final

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.features.electrical import measurements as electrical
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.simulator.vocabulary import (
    METER,
    NOTHING,
    SMART_PLUG,
    SUB_METER,
    SimulatedHost,
    SimulatedPart,
)
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import ELECTRICAL_MEASUREMENT
from sebridge.zcl.known_clusters import known_attributes

_CLUSTER: Final = ClusterDefinition(
    ELECTRICAL_MEASUREMENT,
    "electrical_measurement",
    server_attributes=known_attributes(ELECTRICAL_MEASUREMENT),
)
_MOST_PHASES: Final = 3
_VOLTS: Final = 10  # counts of a volt
_AMPERES: Final = 1000  # counts of an ampere
_UINT16: Final = 0x21
_INT8: Final = 0x28


class ElectricalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What it measures, all phases the same; 0 phases: it has no such cluster."""

    phases: int = 0
    voltage: float = 230.0  # V
    current: float = 2.5  # A
    power_factor: float = 0.95

    def __post_init__(self) -> None:
        """Raise ParameterError for what there is not."""
        if not 0 <= self.phases <= _MOST_PHASES:
            raise ParameterError("phases", f"must be 0..{_MOST_PHASES}")


class ElectricalServer(LocalCluster):
    """Shows what its settings say."""

    definition: ClassVar[ClusterDefinition] = _CLUSTER
    server = True

    def __init__(self, settings: ElectricalSettings) -> None:
        values = {
            electrical.VOLTAGE: (_UINT16, round(settings.voltage * _VOLTS)),
            electrical.CURRENT: (_UINT16, round(settings.current * _AMPERES)),
            electrical.POWER_FACTOR: (_INT8, round(settings.power_factor * 100)),
        }
        kinds = len(values)
        shown = [
            LocalAttribute(quantity.attribute_id, *values[quantity.kind])
            for quantity in electrical.QUANTITIES[: settings.phases * kinds]
        ]
        factors = zip(electrical.FACTORS, (1, _VOLTS, 1, _AMPERES), strict=True)
        shown += [LocalAttribute(number, _UINT16, factor) for number, factor in factors]
        super().__init__(LocalAttributes(shown))


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a meter or a plug measure as many phases as its options say."""
    if host.kind not in {METER, SUB_METER, SMART_PLUG}:
        return NOTHING
    settings = host.options.read(ElectricalSettings)
    return SimulatedPart(clusters=(ElectricalServer(settings),)) if settings.phases else NOTHING
