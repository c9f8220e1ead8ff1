"""The energy in a volume of gas."""

from typing import Any

import pytest

from sebridge.base.errors import RequestError
from sebridge.features.price.gas_energy import CUBIC_METRES, GasValues, NoGasValueError, gas_values
from sebridge.features.price.tariff_records import (
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.features.price.values import PriceValues
from tests.gateway.radio_side import NOW


def factor(start: int = 0, number: int = 1, **more: Any) -> PublishConversionFactorRecord:
    given = {"conversion_factor": 1_022_640, "conversion_factor_trailing_digit": 0x60}
    return PublishConversionFactorRecord(issuer_event_id=number, start_time=start, **given | more)


def value(start: int = 0, number: int = 1, **more: Any) -> PublishCalorificValueRecord:
    given = {"calorific_value": 395, "calorific_value_trailing_digit": 0x10}
    return PublishCalorificValueRecord(issuer_event_id=number, start_time=start, **given | more)


def source(*records: PublishConversionFactorRecord | PublishCalorificValueRecord) -> PriceValues:
    values = PriceValues()
    for record in records:
        values.take(record, NOW)
    return values


def test_energy_is_volume_by_factor_by_calorific_value() -> None:
    gas = gas_values([source(factor(), value())], NOW, NOW)

    assert gas == GasValues(1.02264, 39.5)
    assert gas.energy(2.0) == pytest.approx(80.78856 / 3.6)


def test_the_values_are_those_in_force_at_the_time() -> None:
    later = factor(NOW + 600, 2, conversion_factor=1_030_000)
    known = source(factor(), value(), later)

    before, after = (gas_values([known], NOW + moment, NOW) for moment in (599, 600))

    assert (before.conversion_factor, after.conversion_factor) == (1.02264, 1.03)


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ([], "no conversion factor and no calorific value"),
        ([source(factor())], "no calorific value"),
        ([source(value())], "no conversion factor"),
        ([source(factor(NOW + 1), value())], "no conversion factor"),
        (
            [source(factor()), source(value())],
            "no conversion factor with a calorific value of the same server",
        ),
    ],
)
def test_what_is_not_known_is_named_with_the_time(known: list[PriceValues], missing: str) -> None:
    with pytest.raises(NoGasValueError) as unknown:
        gas_values(known, NOW, NOW)

    assert str(unknown.value).startswith(f"{missing} is known for 20")


def test_servers_that_agree_are_believed_and_those_that_differ_are_not() -> None:
    first, second = source(factor(), value()), source(factor(number=7), value(number=9))
    third = source(factor(), value(calorific_value=400))

    agreed = gas_values([first, second], NOW, NOW)

    assert agreed == GasValues(1.02264, 39.5)
    with pytest.raises(RequestError, match="2 servers say different things"):
        gas_values([first, second, third], NOW, NOW)


def test_energy_in_a_kilogram_says_nothing_of_a_volume() -> None:
    by_mass = source(factor(), value(calorific_value_unit=2))

    with pytest.raises(RequestError, match="that of a kilogram"):
        gas_values([by_mass], NOW, NOW)


def test_a_hundred_cubic_feet_are_ccf_and_a_thousand_mcf() -> None:
    cubic_foot = 0.3048**3

    assert CUBIC_METRES["ft3"] == pytest.approx(cubic_foot, rel=1e-12)
    assert CUBIC_METRES["CCF"] == pytest.approx(100 * cubic_foot, rel=1e-12)
    assert CUBIC_METRES["MCF"] == pytest.approx(1000 * cubic_foot, rel=1e-12)
