"""Raw values become volts, amperes and power factors."""

from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.features.electrical.measurements import Measurements, Shown
from sebridge.zcl.attributes import AttributeValue

DEVICE = Eui64(1)


def value(attribute_id: int, content: Any) -> AttributeValue:
    return AttributeValue(attribute_id, 0x21, content, b"\0\0")


def shown(factors: dict[int, Any]) -> Measurements:
    measurements = Measurements()
    measurements.configure(DEVICE, 1, [value(number, one) for number, one in factors.items()])
    return measurements


def told(factors: dict[int, Any], values: dict[int, Any]) -> Shown | None:
    return shown(factors).take(DEVICE, 1, [value(number, one) for number, one in values.items()])


@pytest.mark.parametrize(
    ("factors", "raw", "volts"),
    [
        ({}, 230, 230.0),
        ({0x0600: 1, 0x0601: 10}, 2304, 230.4),
        ({0x0600: 3, 0x0601: 100}, 7680, 230.4),
        ({0x0600: 0, 0x0601: 0}, 230, 230.0),
        ({0x0602: 1, 0x0603: 1000}, 230, 230.0),
        ({0x0601: None}, 230, None),
        ({0x0600: None}, 230, None),
        ({}, None, None),
    ],
    ids=[
        *("no factors", "divisor", "both", "zeros", "factors of current"),
        *("no divisor told", "no multiplier told", "no value"),
    ],
)
def test_a_voltage_is_scaled_by_its_own_factors(
    factors: dict[int, Any], raw: int | None, volts: float | None
) -> None:
    assert told(factors, {0x0505: raw}) == {"voltage": volts}


def test_each_phase_is_scaled_alike_and_has_a_name_of_its_own() -> None:
    found = told({0x0603: 1000}, {0x0508: 2500, 0x0908: 1500, 0x0A08: 500, 0x0A10: -95})

    assert found == {"current": 2.5, "current_b": 1.5, "current_c": 0.5, "power_factor_c": -0.95}


@pytest.mark.parametrize(
    ("raw", "factor"), [(100, 1.0), (0, 0.0), (-100, -1.0), (101, None), (-101, None), (None, None)]
)
def test_a_power_factor_is_in_hundredths_from_minus_one_to_one(
    raw: int | None, factor: float | None
) -> None:
    assert told({}, {0x0510: raw}) == {"power_factor": factor}


def test_what_was_shown_stays_and_what_is_of_no_interest_changes_nothing() -> None:
    measurements = shown({})
    measurements.take(DEVICE, 1, [value(0x0505, 230)])

    assert measurements.take(DEVICE, 1, [value(0x050B, 5)]) is None
    assert measurements.take(DEVICE, 1, [value(0x0508, 2)]) == {"voltage": 230.0, "current": 2.0}


def test_nothing_is_shown_before_the_factors_are_known_and_after_the_device_went() -> None:
    measurements = shown({})

    assert measurements.take(DEVICE, 2, [value(0x0505, 230)]) is None
    measurements.forget(Eui64(2))
    assert measurements.take(DEVICE, 1, [value(0x0505, 230)]) == {"voltage": 230.0}
    measurements.forget(DEVICE)
    assert measurements.take(DEVICE, 1, [value(0x0505, 230)]) is None
