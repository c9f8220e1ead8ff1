"""Readings in engineering units."""

from hypothesis import given, strategies as st
import pytest

from sebridge.features.metering.scale import (
    CONFIGURATION,
    Problem,
    Scale,
    commodity_of,
    decimals_shown,
    digits_shown,
)
from sebridge.zcl.metering import unit_of


@pytest.mark.parametrize(
    ("scale", "raw", "value"),
    [
        (Scale(), 1234, 1234.0),
        (Scale(multiplier=1, divisor=1000), 123456, 123.456),
        (Scale(multiplier=3, divisor=600), 1000, 5.0),
        (Scale(divisor=0), 1234, 1234.0),
        (Scale(multiplier=0, divisor=10), 1234, 123.4),
        (Scale(multiplier=0xFFFFFE, divisor=0xFFFFFE), 7, 7.0),
        (Scale(divisor=1000), 0, 0.0),
        (Scale(divisor=1000), 0xFFFFFFFFFFFE, 281474976710.654),
        (Scale(divisor=3), 1, 0.333333333),
    ],
)
def test_a_register_is_scaled_by_met_2(scale: Scale, raw: int, value: float) -> None:
    assert scale.value(raw) == value
    assert scale.problem is None


@pytest.mark.parametrize(
    ("scale", "problem"),
    [
        (Scale(divisor=0xFFFFFF), Problem.NO_DIVISOR),
        (Scale(multiplier=0xFFFFFF, divisor=0xFFFFFF), Problem.NO_MULTIPLIER),
        (Scale(unit_of_measure=0xFF), Problem.UNKNOWN_UNIT),
        (Scale(unit_of_measure=0x0E), Problem.UNKNOWN_UNIT),
        (Scale(unit_of_measure=0x7F), Problem.UNKNOWN_UNIT),
        (Scale(unit_of_measure=0x0B), None),
    ],
)
def test_what_is_not_available_scales_nothing(scale: Scale, problem: Problem | None) -> None:
    assert scale.problem == problem


@pytest.mark.parametrize(
    ("raw", "value"),
    [(1500, 1.5), (-1500, -1.5), (0, 0.0), (0x7FFFFF, 8388.607), (-0x7FFFFF, -8388.607)],
)
def test_demand_is_negative_for_generation_by_met_5(raw: int, value: float) -> None:
    assert Scale(divisor=1000).value(raw) == value


@pytest.mark.parametrize(
    ("raw", "value"), [(0x1234, 1234.0), (0x999999999999, 999999999999.0), (0, 0.0)]
)
def test_bcd_registers_are_read_digit_by_digit_by_met_4(raw: int, value: float) -> None:
    assert Scale(unit_of_measure=0x80).value(raw) == value


@pytest.mark.parametrize(
    ("scale", "attribute_id", "raw", "told"),
    [
        (Scale(0, 1, 1000), 0x0000, 24123, "24.123 kWh = 24123 * 1 / 1000"),
        (Scale(0, 1, 1000), 0x0100, 24123, "24.123 kWh = 24123 * 1 / 1000"),
        (Scale(0, 2, 1000), 0x0400, -750, "-1.5 kW = -750 * 2 / 1000"),
        (Scale(0x81, 1, 100), 0x0000, 0x1234, "12.34 m³ = 1234 (BCD) * 1 / 100"),
        (Scale(0x0B), 0x0000, 2.5, "2.5 = 2.5 * 1 / 1"),
        (Scale(0x80), 0x0000, 0x1A, ""),
        (Scale(0xFF), 0x0000, 1, ""),
        (Scale(), 0x0200, 1, ""),
    ],
)
def test_a_register_tells_what_it_comes_to_and_how(
    scale: Scale, attribute_id: int, raw: float, told: str
) -> None:
    assert scale.explained(attribute_id, raw) == told


def test_a_float_has_no_digits_of_a_bcd_register() -> None:
    assert Scale(unit_of_measure=0x80, divisor=10).value(12.5) == 1.25


def test_bcd_registers_are_scaled_too() -> None:
    assert Scale(unit_of_measure=0x81, divisor=100).value(0x12345) == 123.45
    assert Scale(unit_of_measure=0x80, divisor=100).value(-0x150) == -1.5


@pytest.mark.parametrize("raw", [0xA, 0x12F4, 0xFFFFFFFFFFFE])
def test_what_is_no_bcd_never_becomes_a_number(raw: int) -> None:
    assert Scale(unit_of_measure=0x80).value(raw) is None


@given(
    raw=st.integers(0, 0xFFFFFFFFFFFE),
    multiplier=st.integers(0, 0xFFFFFF),
    divisor=st.integers(0, 0xFFFFFF),
)
def test_scaling_never_fails_and_grows_with_the_register(
    raw: int, multiplier: int, divisor: int
) -> None:
    scale = Scale(multiplier=multiplier, divisor=divisor)

    value = scale.value(raw)
    larger = scale.value(raw + 1) if raw < 0xFFFFFFFFFFFE else value

    assert value is not None
    assert larger is not None
    assert 0 <= value <= larger


# ------------------------------------------------------------------ commodities


@pytest.mark.parametrize(
    ("device_type", "unit_of_measure", "commodity"),
    [
        (0x00, 0x00, "electricity"),
        (0x01, 0x01, "gas"),
        (0x02, 0x01, "water"),
        (0x03, 0x0C, "heat"),
        (0x06, 0x0C, "cooling"),
        (0x08, 0x00, "electricity"),
        (0x7F, 0x00, "electricity"),
        (0x80, 0x01, "gas"),
        (0x81, 0x01, "water"),
        (0xFE, 0x07, "water"),
        (None, 0x01, "gas"),
        (None, 0x00, "electricity"),
        (None, 0x0E, "unknown"),
        (0x01, 0x0E, "gas"),
    ],
)
def test_the_commodity_follows_the_device_type_else_the_unit(
    device_type: int | None, unit_of_measure: int, commodity: str
) -> None:
    assert commodity_of(device_type, unit_of(unit_of_measure)) == commodity


def test_the_configuration_is_read_with_its_mandatory_attributes_by_met_1_and_met_12() -> None:
    assert {0x0300, 0x0301, 0x0302, 0x0303, 0x0306} == set(CONFIGURATION)


@pytest.mark.parametrize(
    ("formatting", "digits", "decimals"),
    [
        (0x2B, (5, 3), 3),
        (0x08, (1, 0), 0),
        (0x07, (0, 7), 7),
        (0xFA, (15, 2), 2),
        (0x00, (0, 0), None),
        (0xFF, (0, 0), None),
        (None, (0, 0), None),
    ],
)
def test_as_many_digits_are_shown_as_the_formatting_tells(
    formatting: int | None, digits: tuple[int, int], decimals: int | None
) -> None:
    assert digits_shown(formatting) == digits
    assert decimals_shown(formatting) == decimals
