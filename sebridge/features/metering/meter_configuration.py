"""What turns a meter's registers into readings, as its attributes tell it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sebridge.features.metering import records as metering
from sebridge.features.metering.records import Scale
from sebridge.zcl.attributes import AttributeValue

_FIELDS: Final = {
    metering.UNIT_OF_MEASURE: "unit_of_measure",
    metering.MULTIPLIER: "multiplier",
    metering.DIVISOR: "divisor",
    metering.DEVICE_TYPE: "device_type",
    metering.SUMMATION_FORMATTING: "summation_formatting",
    metering.DEMAND_FORMATTING: "demand_formatting",
}
SCALING: Final = frozenset({"unit_of_measure", "multiplier", "divisor"})
"""The fields without which no value is right."""


@dataclass(frozen=True, slots=True)
class MeterConfiguration:
    """What turns a meter's registers into readings; None is what it does not have (MET-2)."""

    unit_of_measure: int = 0
    multiplier: int | None = None
    divisor: int | None = None
    device_type: int | None = None
    summation_formatting: int | None = None
    demand_formatting: int | None = None
    serial_number: str | None = None  # octets as hex

    @property
    def scale(self) -> Scale:
        """The scale of its readings; what is missing or zero counts as 1."""
        return Scale(self.unit_of_measure, self.multiplier or 1, self.divisor or 1)

    def formatting_of(self, attribute_id: int) -> int | None:
        """Return how a value is to be shown: bits 0-2 digits right, 3-6 left of the point."""
        if attribute_id == metering.INSTANTANEOUS_DEMAND:
            return self.demand_formatting
        return self.summation_formatting


def configuration_in(values: Sequence[AttributeValue]) -> dict[str, Any]:
    """Return the fields of a configuration that are among the values."""
    found: dict[str, Any] = {}
    for value in values:
        name = _FIELDS.get(value.attribute_id)
        if name is not None and is_number(value):
            found[name] = int(value.value)
        elif value.attribute_id == metering.SERIAL_NUMBER and value.value:
            found["serial_number"] = str(value.value)
    return found


def is_number(value: AttributeValue) -> bool:
    """Say whether a value is a whole number, and no truth value."""
    return isinstance(value.value, int) and not isinstance(value.value, bool)
