"""The curves sect163k1 and sect283k1."""

import contextlib

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.crypto.binary_curve import SECT163K1, SECT283K1, Curve, Point
from tests.crypto.curves import CURVES, affine, edge_scalars, on_curve
from tests.crypto.key_vectors import ORDER_4
from tests.examples import fewer_examples

GENERATORS = {
    # SEC 2, compressed
    SECT163K1: "0302fe13c0537bbc11acaa07d793de4e6d5e5c94eee8",
    SECT283K1: "020503213f78ca44883f1a3b8162f188e553cd265f23c1567a16876913b0c2ac2458492836",
}
some_curve = st.sampled_from(CURVES)
scalars = st.one_of(st.integers(0, 9), st.integers(0, 2**290))


def of_order_2(curve: Curve) -> Point:
    return Point(0, 1)


@pytest.mark.parametrize("curve", CURVES)
def test_the_generator_is_the_published_one(curve: Curve) -> None:
    octets = bytes.fromhex(GENERATORS[curve])

    assert curve.compressed(curve.generator) == octets
    assert curve.decompressed(octets) == curve.generator
    assert on_curve(curve, curve.generator)


@fewer_examples(4)  # each multiplies points of a curve
@given(some_curve, scalars)
def test_the_ladder_agrees_with_doubling_and_adding(curve: Curve, scalar: int) -> None:
    product = curve.multiply_public(scalar, curve.generator)

    assert product == affine(curve, scalar)
    assert product is None or on_curve(curve, product)


@pytest.mark.parametrize("curve", CURVES)
def test_the_ladder_agrees_with_doubling_and_adding_at_the_edges(curve: Curve) -> None:
    for scalar in edge_scalars(curve):
        assert curve.multiply_public(scalar, curve.generator) == affine(curve, scalar)


@fewer_examples(5)  # each multiplies points of a curve
@given(some_curve, scalars, scalars)
def test_multiplication_distributes_over_the_sum(curve: Curve, one: int, two: int) -> None:
    total = curve.add(
        curve.multiply_public(one, curve.generator), curve.multiply_public(two, curve.generator)
    )

    assert total == curve.multiply_public(one + two, curve.generator)


def points_on(curve: Curve, count: int) -> list[Point]:
    """Return points of all orders there are: the first ones by their x."""
    found = []
    for number in range(1, 4 * count):
        octets = number.to_bytes(curve.field.octets, "big")
        with contextlib.suppress(DecodeError):
            found.append(curve.decompressed(b"\x02" + octets))
            found.append(curve.decompressed(b"\x03" + octets))
    return found[:count]


@pytest.mark.parametrize("curve", CURVES)
def test_exactly_the_points_of_the_right_order_are_accepted(curve: Curve) -> None:
    accepted = 0

    for point in points_on(curve, 40):
        multiple = curve.multiply_public(curve.order, point)
        try:
            curve.validated(curve.compressed(point))
        except DecodeError:
            assert multiple is not None
        else:
            assert multiple is None
            accepted += 1

    assert 40 // curve.cofactor // 3 < accepted < 40


@pytest.mark.parametrize("curve", CURVES)
def test_the_ends_of_the_group_are_right(curve: Curve) -> None:
    generator = curve.generator

    assert curve.multiply_public(0, generator) is None
    assert curve.multiply_public(curve.order, generator) is None
    assert curve.multiply_public(1, generator) == generator
    assert curve.multiply_public(curve.order - 1, generator) == generator.negative
    assert curve.add(generator, generator.negative) is None
    assert curve.add(None, generator) == curve.add(generator, None) == generator
    assert curve.add(None, None) is None
    assert curve.add(of_order_2(curve), of_order_2(curve)) is None


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize("curve", CURVES)
def test_infinity_and_other_lengths_are_refused(curve: Curve) -> None:
    good = curve.compressed(curve.generator)

    for octets in (b"", b"\x00", good[:-1], good + b"\0"):
        with pytest.raises(DecodeError, match=f"instead of {len(good)}"):
            curve.validated(octets)


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("prefix", [0, 1, 4, 6, 0xFF])
def test_a_point_must_begin_with_02_or_03(curve: Curve, prefix: int) -> None:
    octets = bytes((prefix,)) + curve.compressed(curve.generator)[1:]

    with pytest.raises(DecodeError, match="02 or 03"):
        curve.validated(octets)


@pytest.mark.parametrize("curve", CURVES)
def test_the_point_of_order_2_is_refused(curve: Curve) -> None:
    with pytest.raises(DecodeError, match="order 2"):
        curve.validated(b"\x02" + bytes(curve.field.octets))


def test_a_point_of_order_4_is_refused() -> None:
    assert on_curve(SECT283K1, SECT283K1.decompressed(ORDER_4))

    with pytest.raises(DecodeError, match="not of the order"):
        SECT283K1.validated(ORDER_4)


@pytest.mark.parametrize("curve", CURVES)
def test_a_point_beside_the_group_is_refused(curve: Curve) -> None:
    beside = curve.add(curve.generator, of_order_2(curve))
    assert beside is not None
    assert on_curve(curve, beside)

    with pytest.raises(DecodeError, match="not of the order"):
        curve.validated(curve.compressed(beside))


def has_a_point(curve: Curve, x: int) -> bool:
    try:
        point = curve.decompressed(b"\x03" + x.to_bytes(curve.field.octets, "big"))
    except DecodeError:
        return False
    return on_curve(curve, point)


@pytest.mark.parametrize("curve", CURVES)
def test_a_number_without_a_point_is_refused(curve: Curve) -> None:
    beside = next(x for x in range(2, 99) if not has_a_point(curve, x))

    with pytest.raises(DecodeError, match="a point is not on the curve"):
        curve.validated(b"\x03" + beside.to_bytes(curve.field.octets, "big"))


@fewer_examples(2)  # each multiplies points of a curve
@given(some_curve, st.binary(max_size=40))
def test_any_octets_are_a_point_of_the_group_or_refused(curve: Curve, octets: bytes) -> None:
    try:
        point = curve.validated(octets)
    except DecodeError:
        return

    assert curve.multiply_public(curve.order + 1, point) == point
