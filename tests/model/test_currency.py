"""Currencies by number."""

import pytest

from sebridge.model.currency import CURRENCIES, currency_code, currency_number


@pytest.mark.parametrize(
    ("number", "code"),
    [(840, "USD"), (978, "EUR"), (826, "GBP"), (36, "AUD"), (756, "CHF"), (392, "JPY")],
)
def test_a_currency_is_known_by_its_code(number: int, code: str) -> None:
    assert currency_code(number) == code


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "000"), (7, "007"), (999, "999"), (0xFFFF, "65535")]
)
def test_an_unknown_currency_keeps_its_number(number: int, shown: str) -> None:
    assert currency_code(number) == shown


def test_numbers_and_codes_are_unique_and_three_letters_long() -> None:
    assert len(set(CURRENCIES.values())) == len(CURRENCIES) > 130
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES.values())


def test_a_code_has_its_number_back() -> None:
    assert all(currency_number(code) == number for number, code in CURRENCIES.items())
    with pytest.raises(KeyError):
        currency_number("EUX")
