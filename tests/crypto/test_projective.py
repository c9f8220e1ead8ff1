"""Points in projective coordinates."""

import pytest

from sebridge.crypto.binary_curve import Curve, Point
from sebridge.crypto.projective import ProjectivePoint
from tests.crypto.curves import CURVES, affine


def image(curve: Curve, point: Point) -> Point:
    return Point(curve.field.square(point.x), curve.field.square(point.y))


@pytest.mark.parametrize("curve", CURVES)
def test_images_and_sums_are_those_of_affine_points(curve: Curve) -> None:
    other = affine(curve, 9)
    assert other is not None
    total = ProjectivePoint(curve, curve.generator)

    total.map()
    total.add(other)
    total.map()
    total.add(curve.generator)

    within = curve.add(image(curve, curve.generator), other)
    assert within is not None
    assert total.affine() == curve.add(image(curve, within), curve.generator)


@pytest.mark.parametrize("curve", CURVES)
def test_a_point_and_its_negative_are_infinity(curve: Curve) -> None:
    total = ProjectivePoint(curve, curve.generator)

    total.add(curve.generator.negative)

    assert total.affine() is None


@pytest.mark.parametrize("curve", CURVES)
def test_the_sum_of_a_point_with_itself_is_infinity_and_stays_it(curve: Curve) -> None:
    total = ProjectivePoint(curve, curve.generator)

    total.add(curve.generator)
    total.map()
    total.add(curve.generator)

    assert total.affine() is None
