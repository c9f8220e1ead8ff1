"""The energy in a volume of gas, by the values in force at a time (PRC-18). Pure.

A volume is corrected by the conversion factor for temperature and pressure; the calorific value
says how much energy is in what remains. Times are seconds since 2000 UTC.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from sebridge.base.clock import iso_time, unix_time
from sebridge.base.errors import Reason, RequestError
from sebridge.features.price.tariff_records import (
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.features.price.values import Kind, PriceValues

MEGAJOULES_PER_CUBIC_METRE: Final = 0x01
"""The unit of a calorific value that says something of a volume."""

_CUBIC_FOOT: Final = 0.028316846592  # m³, by definition
CUBIC_METRES: Final = {
    "m3": 1.0,
    "m³": 1.0,
    "ft3": _CUBIC_FOOT,
    "ft³": _CUBIC_FOOT,
    "CCF": 100 * _CUBIC_FOOT,
    "MCF": 1000 * _CUBIC_FOOT,
    "L": 0.001,
}
"""The cubic metres in each unit in which gas meters count."""

_MEGAJOULES: Final = 3.6  # in a kilowatt hour


class NoGasValueError(RequestError):
    """No conversion factor or calorific value is known for the time."""

    reason = Reason.NOT_FOUND


class GasValues(msgspec.Struct, frozen=True):
    """What makes energy of a volume: a factor, and megajoules in a cubic metre."""

    conversion_factor: float
    calorific_value: float

    def energy(self, volume: float) -> float:
        """Return the kilowatt hours in so many cubic metres."""
        return volume * self.conversion_factor * self.calorific_value / _MEGAJOULES


def gas_values(sources: Sequence[PriceValues], at: int, now: int) -> GasValues:
    """Return the values that all of several servers have in force at a time.

    A server that lacks one of the two is left out. NoGasValueError where no server has both,
    RequestError where they say different things, or how much energy is in a kilogram.
    """
    found = {values for source in sources if (values := _values(source, at, now)) is not None}
    if len(found) > 1:
        raise RequestError(f"{len(found)} servers say different things of their gas")
    for values in found:
        return values
    names: dict[str, Kind] = {
        "conversion factor": PublishConversionFactorRecord,
        "calorific value": PublishCalorificValueRecord,
    }
    missing = [
        name
        for name, kind in names.items()
        if all(source.at(kind, at, now) is None for source in sources)
    ]
    what = " and no ".join(missing) or "conversion factor with a calorific value of the same server"
    raise NoGasValueError(f"no {what} is known for {iso_time(unix_time(at))}")


def _values(source: PriceValues, at: int, now: int) -> GasValues | None:
    factor: Any = source.at(PublishConversionFactorRecord, at, now)
    value: Any = source.at(PublishCalorificValueRecord, at, now)
    if factor is None or value is None:
        return None
    if value.calorific_value_unit != MEGAJOULES_PER_CUBIC_METRE:
        raise RequestError("the calorific value is that of a kilogram, not of a cubic metre")
    return GasValues(
        _decimal(factor.conversion_factor, factor.conversion_factor_trailing_digit),
        _decimal(value.calorific_value, value.calorific_value_trailing_digit),
    )


def _decimal(digits: int, trailing_digit: int) -> float:
    """Return a number of which the high four bits say how many digits are right of the point."""
    return float(digits) / float(10 ** (trailing_digit >> 4))
