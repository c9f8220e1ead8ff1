"""Scalars in powers of tau."""

from hypothesis import given, strategies as st
import pytest

from sebridge.crypto.binary_curve import Curve
from sebridge.crypto.frobenius import enough_places, mu, signs
from tests.crypto.curves import CURVES, edge_scalars


def times_tau(curve: Curve, number: tuple[int, int]) -> tuple[int, int]:
    r, s = number
    return -2 * s, r + mu(curve) * s


def value(curve: Curve, digits: str, rest: tuple[int, int]) -> tuple[int, int]:
    """Return the sum that digits and rest mean, as a number."""
    total = rest
    for digit in digits:
        r, s = times_tau(curve, total)
        total = r + (1 if digit == "1" else -1), s
    return total


def norm(curve: Curve, number: tuple[int, int]) -> int:
    r, s = number
    return r * r + mu(curve) * r * s + 2 * s * s


def is_zero_on_the_group(curve: Curve, number: tuple[int, int]) -> bool:
    """Say whether a number is a multiple of 1 + tau + ... + tau^(degree - 1)."""
    c, d = 0, 0
    for _ in range(curve.field.degree):
        c, d = times_tau(curve, (c, d))
        c += 1
    r, s = number
    across = r * (c + mu(curve) * d) + 2 * s * d, s * c - r * d  # number * conjugate
    return all(part % norm(curve, (c, d)) == 0 for part in across)


def check(curve: Curve, scalar: int, places: int) -> None:
    digits, rest = signs(curve, scalar, places)

    r, s = value(curve, digits, rest)
    trace = mu(curve)
    assert len(digits) == places
    assert set(digits) <= {"0", "1"}
    assert rest in {(1, 0), (-1, 0), (trace, -1), (-trace, 1)}
    assert is_zero_on_the_group(curve, (r - scalar, s))


@given(st.sampled_from(CURVES), st.integers(0, 2**290), st.integers(0, 9))
def test_the_signs_sum_up_to_the_scalar(curve: Curve, scalar: int, more: int) -> None:
    check(curve, scalar % curve.order, enough_places(curve) + more)


@pytest.mark.parametrize("curve", CURVES)
def test_the_signs_sum_up_to_the_scalar_at_the_edges(curve: Curve) -> None:
    for scalar in edge_scalars(curve):
        check(curve, scalar, enough_places(curve))


@pytest.mark.parametrize("curve", CURVES)
def test_the_number_that_is_zero_on_the_group_has_the_order_as_norm(curve: Curve) -> None:
    assert is_zero_on_the_group(curve, (curve.order, 0))
    assert not is_zero_on_the_group(curve, (curve.order - 1, 0))
