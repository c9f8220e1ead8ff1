"""What the inputs of a module are at."""

from collections.abc import Mapping

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.serial_nodes.samples import (
    celsius,
    read_analogue,
    sample_of,
    write_analogue,
)


def test_the_samples_of_analogue_inputs_stand_behind_those_of_digital_ones() -> None:
    assert read_analogue(bytes.fromhex("01 001c 06 0014 0225 0280")) == {1: 0x225, 2: 0x280}
    assert read_analogue(bytes.fromhex("01 0000 84 0280 0c00")) == {2: 0x280}
    assert read_analogue(bytes.fromhex("01 0001 00 0001")) == {}


@pytest.mark.parametrize(
    ("octets", "problem"),
    [("0100", "shorter than its head"), ("02 0000 00", "2 sets"), ("01 0000 04 02", "head says")],
)
def test_what_is_no_sample_is_named(octets: str, problem: str) -> None:
    with pytest.raises(DecodeError, match=problem):
        read_analogue(bytes.fromhex(octets))


@given(st.dictionaries(st.integers(0, 3), st.integers(0, 0x3FF)))
def test_what_is_written_is_read(samples: Mapping[int, int]) -> None:
    assert read_analogue(write_analogue(samples)) == samples


@given(st.binary(max_size=20))
def test_nothing_breaks_the_reader(octets: bytes) -> None:
    try:
        found = read_analogue(octets)
    except DecodeError:
        return
    assert all(0 <= sample <= 0x3FF for sample in found.values())


def test_a_sensor_has_500_millivolts_at_0_degrees_and_10_more_for_each() -> None:
    assert celsius(426) == 0.0  # 499.7 mV
    assert celsius(639) == 25.0  # 749.6 mV
    assert celsius(0) == -50.0
    assert celsius(0x3FF) == 70.0


@given(st.floats(-50, 70))
def test_a_simulated_sensor_is_as_near_as_its_input_allows(degrees: float) -> None:
    assert celsius(sample_of(degrees)) == pytest.approx(degrees, abs=0.12)


def test_the_input_of_a_simulated_sensor_ends() -> None:
    assert (sample_of(-100), sample_of(100)) == (0, 0x3FF)
