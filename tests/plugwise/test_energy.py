"""Power and energy by the published formulae."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.plugwise.answers import Calibration
from sebridge.plugwise.energy import energy, power
from tests.plugwise.vectors import PULSE_EXAMPLES

CALIBRATION = Calibration(
    mac=Eui64(1),
    gain_a=PULSE_EXAMPLES["gain_a"],
    gain_b=PULSE_EXAMPLES["gain_b"],
    offset_total=PULSE_EXAMPLES["offset_total"],
    offset_noise=PULSE_EXAMPLES["offset_noise"],
)


@pytest.mark.parametrize("row", PULSE_EXAMPLES["rows"], ids=lambda row: row["input"])
def test_the_examples_come_out(row: dict[str, Any]) -> None:
    watts = power(CALIBRATION, row["pulses"], row["source_s"])
    hour = energy(CALIBRATION, row["pulses"], row["source_s"]) * 3600 / row["source_s"]

    assert watts == pytest.approx(row["watt"], rel=1e-6)
    assert hour == pytest.approx(row["kWh_per_target"], rel=1e-6)


@given(st.integers(0, 2**31 - 1), st.sampled_from((1, 8, 3600)))
def test_what_is_produced_is_as_much_the_other_way(pulses: int, seconds: int) -> None:
    assert power(CALIBRATION, -pulses, seconds) == -power(CALIBRATION, pulses, seconds)
    assert energy(CALIBRATION, -pulses) == -energy(CALIBRATION, pulses)


def test_no_pulse_is_no_power_whatever_the_offset_says() -> None:
    assert power(CALIBRATION, 0, 1) == 0
    assert energy(CALIBRATION, 0) == 0
