"""The bits of a meter's attribute Status as words (MET-13). Data, and its lookups.

Those of electricity meters are corroborated; those of gas, water, heat and cooling meters are
from memory of the specification.
"""

from functools import lru_cache
from typing import Final

from sebridge.zcl.metering import own_type_of

_COMMON: Final = ("check_meter", "low_battery", "tamper_detect")
_ELECTRICITY: Final = (
    *_COMMON,
    "power_failure",
    "power_quality",
    "leak_detect",
    "service_disconnect_open",
)
_GAS: Final = (
    *_COMMON,
    "",
    "low_pressure",
    "leak_detect",
    "service_disconnect",
    "reverse_flow",
)
_WATER: Final = (
    *_COMMON,
    "pipe_empty",
    "low_pressure",
    "leak_detect",
    "service_disconnect",
    "reverse_flow",
)
_HEAT: Final = (
    *_COMMON,
    "temperature_sensor",
    "burst_detect",
    "leak_detect",
    "service_disconnect",
    "reverse_flow",
)

_BY_COMMODITY: Final = {"gas": _GAS, "water": _WATER, "heat": _HEAT, "cooling": _HEAT}
"""By what is measured; all others are like electricity."""

_BY_TYPE: Final = {0x01: _GAS, 0x02: _WATER, 0x03: _HEAT, 0x05: _HEAT, 0x06: _HEAT}
"""By metering device type; all others measure electricity, or are like those that do."""


def possible_alarms(commodity: str) -> tuple[str, ...]:
    """Return the words that a meter of a commodity may have, by its lowest bit first."""
    return tuple(word for word in _BY_COMMODITY.get(commodity, _ELECTRICITY) if word)


@lru_cache(maxsize=256)
def alarms_of(status: int | None, device_type: int | None) -> tuple[str, ...]:
    """Return the set bits as words, lowest first; a bit without a meaning is left out (GEN-12)."""
    words = _BY_TYPE.get(own_type_of(device_type or 0), _ELECTRICITY)
    bits = status or 0
    return tuple(word for bit, word in enumerate(words) if word and bits >> bit & 1)
