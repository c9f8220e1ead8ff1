"""Koblitz curves over binary fields: y^2 + xy = x^3 + ax^2 + 1.

Source: SEC 1 (point compression, validation) and SEC 2 (the curves sect163k1 and sect283k1). The
multiplication is the ladder of Lopez and Dahab. All this is for what is public.
"""

from typing import Final

import msgspec

from sebridge.base.errors import DecodeError
from sebridge.crypto.binary_field import BinaryField

_EVEN: Final = 0x02
_ODD: Final = 0x03


class Point(msgspec.Struct, frozen=True):
    """A point by its affine coordinates, elements of the curve's field. None is infinity."""

    x: int
    y: int

    @property
    def negative(self) -> "Point":
        """The point which makes infinity together with this one."""
        return Point(self.x, self.x ^ self.y)


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """The domain parameters of a curve; b is 1. `generator` is its x, and its y."""

    name: str
    field: BinaryField
    a: int
    generator: tuple[str, str]  # hex digits
    order: int
    cofactor: int  # 2 or 4


class Curve:
    """A Koblitz curve with its generator, whose prime order is `order`."""

    def __init__(self, parameters: Parameters) -> None:
        self.name: Final = parameters.name
        self.field: Final = parameters.field
        self.order: Final = parameters.order
        self.cofactor: Final = parameters.cofactor
        self.scalar_octets: Final = self.field.octets
        self.point_octets: Final = 1 + self.field.octets
        self.a: Final = parameters.a
        self.generator: Final = Point(
            *(self.field.element(bytes.fromhex(part)) for part in parameters.generator)
        )

    def compressed(self, point: Point) -> bytes:
        """Return 02 or 03, then x: the prefix is odd where y / x is."""
        quotient = self.field.multiply(point.y, self.field.inverse_public(point.x))
        return bytes((_EVEN | (quotient & 1),)) + self.field.to_octets(point.x)

    def decompressed(self, octets: bytes) -> Point:
        """Return the point on the curve; DecodeError if there is none, or of the wrong length.

        The point may still be outside the generator's group: see `validated`.
        """
        if len(octets) != self.point_octets:
            raise DecodeError(f"a point has {len(octets)} octets instead of {self.point_octets}")
        if octets[0] not in {_EVEN, _ODD}:
            raise DecodeError("a point does not begin with 02 or 03", 0)
        x = self.field.element(octets[1:])
        if x == 0:
            raise DecodeError("a point is the one of order 2")
        right = x ^ self.a ^ self.field.square(self.field.inverse_public(x))
        quotient = self.field.quadratic_root(right)
        if quotient is None:
            raise DecodeError("a point is not on the curve")
        quotient ^= (quotient ^ octets[0]) & 1
        return Point(x, self.field.multiply(x, quotient))

    def validated(self, octets: bytes) -> Point:
        """Return a point that came from outside; DecodeError unless its order is `order`."""
        point = self.decompressed(octets)
        if not self._in_group(point):
            raise DecodeError("a point is not of the order of the curve's group")
        return point

    def add(self, left: Point | None, right: Point | None) -> Point | None:
        """Return the sum of two points. Not of constant shape: for what is public."""
        if left is None or right is None:
            return right if left is None else left
        if left.x == right.x:
            return self._doubled(left) if left.y == right.y else None
        multiply = self.field.multiply
        across = left.x ^ right.x
        slope = multiply(left.y ^ right.y, self.field.inverse_public(across))
        x = self.field.square(slope) ^ slope ^ across ^ self.a
        return Point(x, multiply(slope, left.x ^ x) ^ x ^ left.y)

    def multiply_public(self, scalar: int, point: Point) -> Point | None:
        """Return scalar * point, for a scalar that everybody may know. It is not negative.

        The shorter it is the faster. What is secret is multiplied by `sebridge.crypto.comb`.
        """
        if scalar == 0:
            return None
        return self._recovered(point, self._ladder(point.x, scalar))

    def _in_group(self, point: Point) -> bool:
        """Say whether a point of the curve, but not that of order 2, is in the generator's group.

        All points make a cyclic group of cofactor * order, and the order is odd. So those of the
        generator's group are the ones that can be halved, with cofactor 4 twice. A point has a
        half where x + a is the sum of some slope and its square.
        """
        slope = self.field.quadratic_root(point.x ^ self.a)
        if slope is None:
            return False
        if self.cofactor == 2:  # noqa: PLR2004  # the only other one is 4
            return True
        half_x_squared = self.field.multiply(slope ^ 1, point.x) ^ point.y
        return self.field.quadratic_root(half_x_squared ^ self.a) is not None

    def _doubled(self, point: Point) -> Point | None:
        if point.x == 0:
            return None
        multiply, square = self.field.multiply, self.field.square
        slope = point.x ^ multiply(point.y, self.field.inverse_public(point.x))
        x = square(slope) ^ slope ^ self.a
        return Point(x, square(point.x) ^ multiply(slope ^ 1, x))

    def _ladder(self, x: int, scalar: int) -> tuple[int, int, int, int]:
        """Return X and Z of scalar * P, and of (scalar + 1) * P; x is that of P and not 0."""
        multiply, square = self.field.multiply, self.field.square
        first = square(x)
        # for each bit two points whose difference is P: (scalar so far) * P and one P more
        pair = [(x, 1), (square(first) ^ 1, first)]
        for bit in map(int, f"{scalar:b}"[1:]):
            (own_x, own_z), (other_x, other_z) = pair[bit], pair[1 - bit]
            one, two = multiply(own_x, other_z), multiply(other_x, own_z)
            sum_z = square(one ^ two)
            sum_x = multiply(x, sum_z) ^ multiply(one, two)
            double_x = square(square(own_x ^ own_z))
            double_z = square(multiply(own_x, own_z))
            pair[bit], pair[1 - bit] = (double_x, double_z), (sum_x, sum_z)
        return (*pair[0], *pair[1])

    def _recovered(self, point: Point, ends: tuple[int, int, int, int]) -> Point | None:
        """Return the affine point at the end of a ladder that began at `point`."""
        x1, z1, x2, z2 = ends
        if z1 == 0:
            return None
        if z2 == 0:
            return point.negative
        multiply = self.field.multiply
        both = multiply(z1, z2)
        inverse = self.field.inverse_public(multiply(point.x, both))
        x = multiply(multiply(x1, multiply(point.x, z2)), inverse)
        near = multiply(x1 ^ multiply(point.x, z1), x2 ^ multiply(point.x, z2))
        far = multiply(self.field.square(point.x) ^ point.y, both)
        y = multiply(multiply(x ^ point.x, near ^ far), inverse) ^ point.y
        return Point(x, y)


SECT163K1: Final = Curve(
    Parameters(
        name="sect163k1",
        field=BinaryField(163, 7, 6, 3),
        a=1,
        generator=(
            "02fe13c0537bbc11acaa07d793de4e6d5e5c94eee8",
            "0289070fb05d38ff58321f2e800536d538ccdaa3d9",
        ),
        order=0x04000000000000000000020108A2E0CC0D99F8A5EF,
        cofactor=2,
    )
)

SECT283K1: Final = Curve(
    Parameters(
        name="sect283k1",
        field=BinaryField(283, 12, 7, 5),
        a=0,
        generator=(
            "0503213f78ca44883f1a3b8162f188e553cd265f23c1567a16876913b0c2ac2458492836",
            "01ccda380f1c9e318d90f95d07e5426fe87e45c0e8184698e45962364e34116177dd2259",
        ),
        order=0x01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE9AE2ED07577265DFF7F94451E061E163C61,
        cofactor=4,
    )
)
