"""Readings in engineering units: which attributes make them, and how they are scaled.

Rules MET-2 to MET-6: value = raw * multiplier / divisor; a missing or zero divisor or multiplier
counts as 1; formatting octets are for display only; 0x80 in the unit marks BCD registers. What
cannot be scaled is no number, and has a `Problem`.
"""

from enum import StrEnum
from typing import Final

import msgspec

from sebridge.zcl.metering import BCD, DEVICE_TYPE, UNKNOWN_UNIT, Unit, own_type_of, unit_of

SUMMATION_DELIVERED: Final = 0x0000
SUMMATION_RECEIVED: Final = 0x0001
POWER_FACTOR: Final = 0x0006
STATUS: Final = 0x0200
UNIT_OF_MEASURE: Final = 0x0300
MULTIPLIER: Final = 0x0301
DIVISOR: Final = 0x0302
SUMMATION_FORMATTING: Final = 0x0303
DEMAND_FORMATTING: Final = 0x0304
SERIAL_NUMBER: Final = 0x0308
INSTANTANEOUS_DEMAND: Final = 0x0400

SCALING: Final = (UNIT_OF_MEASURE, MULTIPLIER, DIVISOR)
"""The attributes without which no value is right."""

CONFIGURATION: Final = (*SCALING, SUMMATION_FORMATTING, DEVICE_TYPE)
"""What a display reads once, before the readings (MET-12)."""

DETAILS: Final = (DEMAND_FORMATTING, SERIAL_NUMBER, POWER_FACTOR)
"""What is read with it, in a frame of its own: a serial number would make the first too long."""

PERCENT: Final = 100
"""By what a power factor is divided: it is told from -100 to 100."""

FIRST_TIER: Final = 0x0100
LAST_TIER: Final = 0x015F  # 48 tiers, delivered and received in turn

NO_FACTOR: Final = 0xFFFFFF
"""A multiplier, divisor or interval that is not available: "no value" of its type, uint24."""
NO_OCTET: Final = 0xFF
"""A unit or formatting that is not available."""


def digits_shown(formatting: int | None) -> tuple[int, int]:
    """Return how many digits left and right of the point a formatting octet tells (MET-3).

    Both are 0 where it is not available: no register is without a digit.
    """
    if formatting is None or formatting == NO_OCTET:
        return 0, 0
    return formatting >> 3 & 0x0F, formatting & 0x07


def decimals_shown(formatting: int | None) -> int | None:
    """Return how many digits behind the point a formatting octet tells; None where it does not."""
    left, right = digits_shown(formatting)
    return right if left or right else None


TIERS: Final = range(FIRST_TIER, LAST_TIER + 1)
"""The registers of the tiers: delivered ones have even ids, received ones odd."""
SUMMATIONS: Final = frozenset({SUMMATION_DELIVERED, SUMMATION_RECEIVED, *TIERS})
"""Registers that only grow."""

Number = int | float
"""What a register shows: a whole number, or a float where the meter has such registers."""


class Problem(StrEnum):
    """Why a value of a meter is no number, or not the newest one."""

    NO_VALUE = "no_value"
    """The meter marks it as invalid or not available."""
    NOT_BCD = "not_bcd"
    """It is to be in binary coded decimal, and has other digits."""
    UNKNOWN_UNIT = "unknown_unit"
    """The meter names no unit, or one that nobody knows."""
    NO_MULTIPLIER = "no_multiplier"
    """The meter has a multiplier, and marks it as not available."""
    NO_DIVISOR = "no_divisor"
    """The meter has a divisor, and marks it as not available."""
    FELL = "fell"
    """The register shows less than before: held back until it is known whether it is right."""


_COMMODITY_OF_DEVICE_TYPE: Final = {
    0x00: "electricity",
    0x01: "gas",
    0x02: "water",
    0x03: "heat",  # thermal, deprecated
    0x04: "pressure",
    0x05: "heat",
    0x06: "cooling",
}
_NO_COMMODITY: Final = "unknown"


def commodity_of(device_type: int | None, unit: Unit) -> str:
    """Return electricity, gas, water, heat, cooling or pressure; unknown where nothing tells."""
    by_unit = unit.commodity or _NO_COMMODITY
    if device_type is None:
        return by_unit
    return _COMMODITY_OF_DEVICE_TYPE.get(own_type_of(device_type), by_unit)


class Scale(msgspec.Struct, frozen=True):
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

    @property
    def problem(self) -> Problem | None:
        """Why nothing can be scaled by it; None where it can."""
        if self.unit is UNKNOWN_UNIT:
            return Problem.UNKNOWN_UNIT
        if self.multiplier == NO_FACTOR:
            return Problem.NO_MULTIPLIER
        return Problem.NO_DIVISOR if self.divisor == NO_FACTOR else None

    def value(self, raw: Number) -> float | None:
        """Return a raw value in the unit, demand negative for generation; None for no BCD.

        Meaningless where there is a `problem`: who makes a scale looks at that once.
        """
        if self.unit_of_measure & BCD and isinstance(raw, int):
            digits = f"{abs(raw):x}"
            if not digits.isdecimal():
                return None
            raw = int(digits) * (-1 if raw < 0 else 1)
        # rounding at 9 digits removes binary noise and no digit that a meter has
        return round(raw * (self.multiplier or 1) / (self.divisor or 1), 9)

    def explained(self, attribute_id: int, raw: Number) -> str:
        """Return what a register shows, and how that comes of the raw value; "" for no register."""
        value = self.value(raw)
        if value is None or self.problem is not None:
            return ""
        if attribute_id in SUMMATIONS:
            unit = self.unit.energy
        elif attribute_id == INSTANTANEOUS_DEMAND:
            unit = self.unit.power
        else:
            return ""
        digits = f"{raw:x} (BCD)" if self.bcd and isinstance(raw, int) else f"{raw}"
        amount = f"{value:.15g} {unit}".rstrip()
        return f"{amount} = {digits} * {self.multiplier} / {self.divisor}"

    def interval(self, raw: int) -> float | None:
        """Return an interval of a profile in `unit.energy`; None where it is invalid (MET-10)."""
        return None if raw == NO_FACTOR else self.value(raw)
