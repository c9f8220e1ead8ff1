"""The energy in a volume of gas."""

import pytest

from sebridge.features.price.gas_energy import calorific_value_of, corrected_energy, factor_of
from sebridge.features.price.tariff_records import (
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)


def test_energy_is_volume_by_factor_by_calorific_value() -> None:
    factor = PublishConversionFactorRecord(
        issuer_event_id=1,
        start_time=0,
        conversion_factor=1022640,
        conversion_factor_trailing_digit=0x60,
    )
    value = PublishCalorificValueRecord(
        issuer_event_id=1,
        start_time=0,
        calorific_value=395,
        calorific_value_unit=1,
        calorific_value_trailing_digit=0x10,
    )

    assert (factor_of(factor), calorific_value_of(value)) == (1.02264, 39.5)
    assert corrected_energy(2.0, factor, value) == pytest.approx(80.78856)
