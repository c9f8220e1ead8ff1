"""Readings in engineering units: which attributes make them, and how they are scaled.

Rules MET-2 to MET-6: value = raw * multiplier / divisor; a missing or zero divisor or multiplier
counts as 1; formatting octets are for display only; 0x80 in the unit marks BCD registers; all-ones
and 0x800000 mean "no valid value" and never become a number.
"""

from dataclasses import dataclass
from typing import Final

from sebridge.zcl.metering import BCD, DEVICE_TYPE, Unit, own_type_of, unit_of

SUMMATION_DELIVERED: Final = 0x0000
SUMMATION_RECEIVED: Final = 0x0001
STATUS: Final = 0x0200
UNIT_OF_MEASURE: Final = 0x0300
MULTIPLIER: Final = 0x0301
DIVISOR: Final = 0x0302
SUMMATION_FORMATTING: Final = 0x0303
DEMAND_FORMATTING: Final = 0x0304
SERIAL_NUMBER: Final = 0x0308
INSTANTANEOUS_DEMAND: Final = 0x0400

CONFIGURATION: Final = (UNIT_OF_MEASURE, MULTIPLIER, DIVISOR, SUMMATION_FORMATTING, DEVICE_TYPE)
"""What a display reads once, before the readings (MET-12)."""

DETAILS: Final = (DEMAND_FORMATTING, SERIAL_NUMBER)
"""What is read with it, in a frame of its own: a serial number would make the first too long."""

FIRST_TIER: Final = 0x0100
LAST_TIER: Final = 0x015F  # 48 tiers, delivered and received in turn

_INVALID_UINT48: Final = 0xFFFFFFFFFFFF
_INVALID_INT24: Final = -0x800000
_INVALID_UINT24: Final = 0xFFFFFF


_COMMODITY_OF_DEVICE_TYPE: Final = {
    0x00: "electricity",
    0x01: "gas",
    0x02: "water",
    0x03: "heat",  # thermal, deprecated
    0x04: "pressure",
    0x05: "heat",
    0x06: "cooling",
}


def commodity_of(device_type: int | None, unit: Unit) -> str:
    """Return electricity, gas, water, heat, cooling or pressure."""
    if device_type is None:
        return unit.commodity
    return _COMMODITY_OF_DEVICE_TYPE.get(own_type_of(device_type), unit.commodity)


@dataclass(frozen=True, slots=True)
class Scale:
    """How raw register values become engineering values."""

    unit_of_measure: int = 0
    multiplier: int = 1
    divisor: int = 1

    @property
    def unit(self) -> Unit:
        """The units of the results."""
        return unit_of(self.unit_of_measure)

    @property
    def bcd(self) -> bool:
        """Say whether the registers are in binary coded decimal (MET-4)."""
        return bool(self.unit_of_measure & BCD)

    def summation(self, raw: int | None) -> float | None:
        """Return a register in `unit.energy`; None where the meter marks it invalid."""
        return None if raw is None or raw == _INVALID_UINT48 else self._scaled(raw)

    def demand(self, raw: int | None) -> float | None:
        """Return the demand in `unit.power`, negative for generation; None where invalid."""
        return None if raw is None or raw == _INVALID_INT24 else self._scaled(raw)

    def interval(self, raw: int | None) -> float | None:
        """Return an interval of a profile in `unit.energy`; None where it is invalid (MET-10)."""
        return None if raw is None or raw == _INVALID_UINT24 else self._scaled(raw)

    def _scaled(self, raw: int) -> float | None:
        if self.unit_of_measure & BCD:
            digits = f"{abs(raw):x}"
            if not digits.isdecimal():
                return None
            raw = int(digits) * (-1 if raw < 0 else 1)
        # rounding at 9 digits removes binary noise and no digit that a meter has
        return round(raw * (self.multiplier or 1) / (self.divisor or 1), 9)
