"""What a server of Electrical Measurement shows: its attributes, and how they are scaled. Pure.

Source: ZigBee Cluster Library, Electrical Measurement cluster: AC (Single Phase or Phase A)
Measurements, AC Formatting, AC (Phase B) and AC (Phase C) Measurements.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

VOLTAGE: Final = "voltage"
CURRENT: Final = "current"
POWER_FACTOR: Final = "power_factor"

VOLTAGE_MULTIPLIER: Final = 0x0600
VOLTAGE_DIVISOR: Final = 0x0601
CURRENT_MULTIPLIER: Final = 0x0602
CURRENT_DIVISOR: Final = 0x0603
FACTORS: Final = (VOLTAGE_MULTIPLIER, VOLTAGE_DIVISOR, CURRENT_MULTIPLIER, CURRENT_DIVISOR)
"""What must be read before values mean anything; one that a server does not have counts as 1."""

RMS_VOLTAGE: Final = 0x0505
RMS_CURRENT: Final = 0x0508
FACTOR_OF_POWER: Final = 0x0510
FURTHER_PHASES: Final = {"b": 0x0400, "c": 0x0500}
"""By how much the attributes of the second and third phase have higher numbers."""

_SCALED_BY: Final = {
    VOLTAGE: (VOLTAGE_MULTIPLIER, VOLTAGE_DIVISOR),
    CURRENT: (CURRENT_MULTIPLIER, CURRENT_DIVISOR),
}
_PERCENT: Final = 100
_DIGITS: Final = 6  # rounding removes binary noise, and no digit that is measured

_UINT16: Final = 0x21
_INT8: Final = 0x28


class Quantity(msgspec.Struct, frozen=True):
    """What an attribute tells: `key` is its name where it is shown, `kind` that of its scale."""

    attribute_id: int
    key: str
    kind: str


def _of_phase(suffix: str, offset: int) -> tuple[Quantity, ...]:
    numbers = ((RMS_VOLTAGE, VOLTAGE), (RMS_CURRENT, CURRENT), (FACTOR_OF_POWER, POWER_FACTOR))
    return tuple(Quantity(number + offset, kind + suffix, kind) for number, kind in numbers)


QUANTITIES: Final = (
    *_of_phase("", 0),
    *(one for phase, offset in FURTHER_PHASES.items() for one in _of_phase(f"_{phase}", offset)),
)
"""All that is shown: of one phase without a suffix, of the second and third with `_b` and `_c`."""

_BY_ATTRIBUTE: Final = {quantity.attribute_id: quantity for quantity in QUANTITIES}

WANTED: Final = tuple(
    AttributeReportingConfigurationRecord(
        quantity.attribute_id,
        0,
        _INT8 if quantity.kind == POWER_FACTOR else _UINT16,
        30,
        300,
        reportable_change=1,
    )
    for quantity in QUANTITIES
)
"""What is to be reported: attribute, shortest and longest interval in seconds, change in raw units.
What a server does not have is not asked for."""

Shown = Mapping[str, float | None]
"""Volts, amperes and power factors from -1 to 1, by key; None is what is marked as invalid."""


class _Place(msgspec.Struct):
    """One server: its factors by attribute, None where invalid, and what it showed last."""

    factors: Mapping[int, int | None]
    shown: dict[str, float | None] = msgspec.field(default_factory=dict)


class Measurements:
    """The newest values of all servers. Until its factors are known, a server shows nothing."""

    def __init__(self) -> None:
        self._places: dict[tuple[Eui64, int], _Place] = {}

    def configure(self, device: Eui64, endpoint: int, values: Iterable[AttributeValue]) -> None:
        """Take the answer to a read of the factors: what is not in it, counts as 1."""
        factors = {value.attribute_id: _whole(value.value) for value in values}
        self._places[device, endpoint] = _Place(factors)

    def take(self, device: Eui64, endpoint: int, values: Sequence[AttributeValue]) -> Shown | None:
        """Return all that a server shows after these values came; None where none is of it."""
        place = self._places.get((device, endpoint))
        if place is None:
            return None
        news = {
            quantity.key: _scaled(quantity.kind, value.value, place.factors)
            for value in values
            if (quantity := _BY_ATTRIBUTE.get(value.attribute_id)) is not None
        }
        if not news:
            return None
        place.shown |= news
        return dict(place.shown)

    def forget(self, device: Eui64) -> None:
        """Forget a device."""
        for place in [place for place in self._places if place[0] == device]:
            del self._places[place]


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None


def _scaled(kind: str, value: Any, factors: Mapping[int, int | None]) -> float | None:
    """Return a value in its unit; None where it, or what scales it, is marked as invalid.

    A factor of 0 counts as 1, as one that is not there.
    """
    raw = _whole(value)
    if raw is None:
        return None
    if kind == POWER_FACTOR:
        return raw / _PERCENT if abs(raw) <= _PERCENT else None
    multiplier, divisor = (factors.get(number, 1) for number in _SCALED_BY[kind])
    if multiplier is None or divisor is None:
        return None
    return round(raw * (multiplier or 1) / (divisor or 1), _DIGITS)
