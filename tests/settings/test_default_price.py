"""Default prices, as they are written in the configuration."""

import pytest

from sebridge.base.errors import ParameterError
from sebridge.settings.default_price import DEFAULT_PRICES, UNITS, DefaultPrice
from sebridge.settings.scalar import Scalar
from sebridge.zcl.metering import unit_of

KNOWN = {(unit.commodity, unit.energy) for unit in map(unit_of, range(0x80))}


def read(commodity: str, text: str) -> DefaultPrice:
    found = DEFAULT_PRICES.values(commodity).read(Scalar(text, text))
    assert isinstance(found, DefaultPrice)
    return found


@pytest.mark.parametrize(
    ("commodity", "text", "price", "unit"),
    [
        ("electricity", "0.25 EUR/kWh", 0.25, "EUR/kWh"),
        ("electricity", "-1 USD/kWh", -1.0, "USD/kWh"),
        ("gas", "0.0925 GBP/m³", 0.0925, "GBP/m³"),
    ],
)
def test_a_price_has_an_amount_a_currency_and_a_unit(
    commodity: str, text: str, price: float, unit: str
) -> None:
    found = read(commodity, text)

    assert (found.price, found.price_unit) == (price, unit)


@pytest.mark.parametrize("text", ["0.25", "0.25 eur/kWh", "EUR/kWh", "1e3 EUR/kWh", "0.25EUR/kWh"])
def test_what_is_no_price_is_refused_with_how_it_is_written(text: str) -> None:
    with pytest.raises(ParameterError, match=r"is no price: write it as 0\.25 EUR/kWh"):
        read("electricity", text)


@pytest.mark.parametrize(("commodity", "unit"), [("electricity", "MWh"), ("gas", "kWh")])
def test_a_unit_that_the_commodity_has_not_is_refused(commodity: str, unit: str) -> None:
    with pytest.raises(ParameterError, match=f"is no price of {commodity}: its unit must be"):
        read(commodity, f"0.25 EUR/{unit}")


def test_a_commodity_is_one_that_prices_have() -> None:
    assert {(commodity, unit) for commodity, units in UNITS.items() for unit in units} <= KNOWN
    with pytest.raises(ParameterError, match="is none of electricity, gas"):
        DEFAULT_PRICES.names.read(Scalar("oil", "oil"))
    with pytest.raises(ParameterError, match="is no price"):
        read("oil", "cheap")
