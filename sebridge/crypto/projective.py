"""Sums of points without a division for each: the projective coordinates of Lopez and Dahab."""

from typing import Final

from sebridge.crypto.binary_curve import Curve, Point


class ProjectivePoint:
    """A point that is mapped and added to: x = X / Z, and y = Y / Z^2. Z is 0 for infinity.

    Each step is the same operations for all points. The sum of a point with itself comes out as
    infinity too, and infinity stays what it is: who ends there has to look in another way.
    """

    def __init__(self, curve: Curve, point: Point) -> None:
        self._field: Final = curve.field
        self._a: Final = curve.a
        self._x, self._y, self._z = point.x, point.y, 1

    def map(self) -> None:
        """Become the image under the map of Frobenius, which squares both coordinates."""
        square = self._field.square
        self._x, self._y, self._z = square(self._x), square(self._y), square(self._z)

    def add(self, point: Point) -> None:
        """Become the sum with another point."""
        multiply, square = self._field.multiply, self._field.square
        rise = self._y ^ multiply(point.y, square(self._z))
        run = self._x ^ multiply(point.x, self._z)
        width = multiply(self._z, run)
        self._z = square(width)
        start = multiply(point.x, self._z)
        self._x = square(rise) ^ multiply(width, rise ^ square(run) ^ self._a * width)
        self._y = multiply(start ^ self._x, multiply(rise, width) ^ self._z) ^ multiply(
            point.x ^ point.y, square(self._z)
        )

    def affine(self) -> Point | None:
        """Return the point as others have it, None for infinity."""
        if self._z == 0:
            return None
        inverse = self._field.inverse(self._z)
        multiply = self._field.multiply
        return Point(multiply(self._x, inverse), multiply(self._y, self._field.square(inverse)))
