"""The energy in a volume of gas (PRC-18). Pure."""

from typing import Final

from sebridge.features.price.tariff_records import (
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)

MEGAJOULES_PER_CUBIC_METRE: Final = 0x01
MEGAJOULES_PER_KILOGRAM: Final = 0x02


def factor_of(record: PublishConversionFactorRecord) -> float:
    """Return the factor that corrects a volume for temperature and pressure."""
    digits = int(record.conversion_factor_trailing_digit) >> 4
    return float(record.conversion_factor) / float(10**digits)


def calorific_value_of(record: PublishCalorificValueRecord) -> float:
    """Return the megajoules in a cubic metre or kilogram, as `calorific_value_unit` says."""
    digits = int(record.calorific_value_trailing_digit) >> 4
    return float(record.calorific_value) / float(10**digits)


def corrected_energy(
    volume: float, factor: PublishConversionFactorRecord, value: PublishCalorificValueRecord
) -> float:
    """Return the megajoules in a metered volume: volume x factor x calorific value."""
    return volume * factor_of(factor) * calorific_value_of(value)
