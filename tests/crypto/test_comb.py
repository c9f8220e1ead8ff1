"""Multiples of points for secret scalars."""

from collections.abc import Callable
from functools import partial

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.crypto.binary_curve import SECT163K1, SECT283K1, Curve, Point
from sebridge.crypto.comb import multiply, multiply_generator, public_key
from tests.crypto.curves import CURVES, affine, edge_scalars, operations
from tests.crypto.key_vectors import published, sides
from tests.examples import fewer_examples

# with these a point would be added to itself, in the last column: found by trying twice the
# number of each column, of which there are 32 with the generator and 16 with other points
MEETING_THEMSELVES = {
    SECT163K1: (
        428166043248028012915894640325125979007840382970,
        493718137881711052776738795664831011233281038135,
    ),
    SECT283K1: (
        1821149090474636621349665590178675737370403454932454633036252942625063576522019729918,
        -117873312329693638951663391376839790322465358440076277814868649391369821585089327487,
    ),
}
Multiply = Callable[[Curve, int], Point | None]


def multiply_as_any_point(curve: Curve, scalar: int) -> Point | None:
    return multiply(curve, scalar, curve.generator)


BOTH = [multiply_generator, multiply_as_any_point]


@pytest.mark.parametrize("side", sides())
def test_a_published_private_key_gives_its_public_key(side: dict[str, str]) -> None:
    suite = published(side).suite
    curve = suite.curve

    for private, public in [
        (side["private_key"], side["public_key"]),
        (side["ephemeral_private"], side["ephemeral_public"]),
    ]:
        point = public_key(curve, int(private, 16) % curve.order)

        assert curve.compressed(point).hex() == public
        assert curve.validated(bytes.fromhex(public)) == point


@fewer_examples(4)  # each multiplies points of a curve
@given(st.sampled_from(CURVES), st.integers(0, 2**290), st.integers(1, 2**160))
def test_a_multiple_is_that_of_doubling_and_adding(curve: Curve, scalar: int, own: int) -> None:
    point = public_key(curve, own)

    assert multiply(curve, scalar, point) == affine(curve, scalar, point)
    assert multiply_generator(curve, scalar) == affine(curve, scalar)


@pytest.mark.parametrize("by", BOTH)
@pytest.mark.parametrize("curve", CURVES)
def test_a_multiple_is_that_of_doubling_and_adding_at_the_edges(curve: Curve, by: Multiply) -> None:
    for scalar in (*edge_scalars(curve), *MEETING_THEMSELVES[curve]):
        assert by(curve, scalar) == affine(curve, scalar)


@pytest.mark.parametrize("by", BOTH)
@pytest.mark.parametrize("curve", CURVES)
def test_every_scalar_costs_the_same_operations(
    curve: Curve, by: Multiply, monkeypatch: pytest.MonkeyPatch
) -> None:
    by(curve, 1)  # makes the table of the generator
    seen = {
        operations(monkeypatch, partial(by, curve, scalar))
        for scalar in (1, 2, 3, 1 << 100, curve.order // 2, curve.order // 3, curve.order - 1)
    }

    assert len(seen) == 1


@pytest.mark.parametrize("curve", CURVES)
def test_after_the_table_is_made_no_steps_depend_on_a_value(
    curve: Curve, monkeypatch: pytest.MonkeyPatch
) -> None:
    multiply_generator(curve, 1)

    done = operations(monkeypatch, partial(multiply_generator, curve, 7))

    assert "inverse_public" not in done


@pytest.mark.parametrize("curve", CURVES)
def test_a_private_key_outside_its_range_is_refused(curve: Curve) -> None:
    for number in (0, curve.order, curve.order + 1):
        with pytest.raises(DecodeError, match="private key is not between") as caught:
            public_key(curve, number)

        assert f"{curve.order:x}" not in str(caught.value)
