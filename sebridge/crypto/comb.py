"""Multiples of points for secret scalars: the same operations for every scalar.

By the comb of Lim and Lee on powers of tau: the places of a scalar are cut into blocks of the same
length. A column is one place of each block, and a table has a point for every column there can be.
So each column costs one image under tau and one addition.
"""

from functools import cache
from typing import Final

from sebridge.base.errors import DecodeError
from sebridge.crypto.binary_curve import Curve, Point
from sebridge.crypto.frobenius import enough_places, mu, signs
from sebridge.crypto.projective import ProjectivePoint

_BLOCKS: Final = 4
"""For a point that is multiplied once: more would cost more for the table than they spare."""

_BLOCKS_OF_GENERATOR: Final = 5
"""Its table has 12 kB for sect163k1, and 20 kB for sect283k1."""


def public_key(curve: Curve, private_key: int) -> Point:
    """Return private_key * generator; DecodeError unless it is in 1..order - 1."""
    if not 0 < private_key < curve.order:
        raise DecodeError("a private key is not between 1 and the order of the curve")
    point = multiply_generator(curve, private_key)
    assert point is not None
    return point


def multiply_generator(curve: Curve, scalar: int) -> Point | None:
    """Return scalar * generator. The table is made once, with the first."""
    return _generator(curve).multiply(scalar)


def multiply(curve: Curve, scalar: int, point: Point) -> Point | None:
    """Return scalar * point, for a point of the generator's group, which everybody may know."""
    return _Comb(curve, point, _BLOCKS).multiply(scalar)


class _Comb:
    """A point with its table."""

    def __init__(self, curve: Curve, point: Point, blocks: int) -> None:
        self._curve: Final = curve
        self._point: Final = point
        self._columns: Final = -(-enough_places(curve) // blocks)
        self._places: Final = blocks * self._columns
        blocks_of_point = [point]
        while len(blocks_of_point) < blocks:
            blocks_of_point.append(_image(curve, blocks_of_point[-1], self._columns))
        self._sums: Final = _sums(curve, blocks_of_point)
        self._rests: Final = _rests(curve, blocks_of_point[-1])

    def multiply(self, scalar: int) -> Point | None:
        """Return scalar * point."""
        reduced = scalar % self._curve.order
        digits, rest = signs(self._curve, reduced, self._places)
        total = ProjectivePoint(self._curve, self._rests[rest])
        for column in range(self._columns):
            total.map()
            total.add(self._sums[int(digits[column :: self._columns], 2)])
        # a few scalars among more than 2^160 would add a point to itself: the ladder does not mind
        return total.affine() or self._curve.multiply_public(reduced, self._point)


@cache
def _generator(curve: Curve) -> _Comb:
    return _Comb(curve, curve.generator, _BLOCKS_OF_GENERATOR)


def _image(curve: Curve, point: Point, times: int) -> Point:
    """Return tau^times * point."""
    x, y = point.x, point.y
    for _ in range(times):
        x, y = curve.field.square(x), curve.field.square(y)
    return Point(x, y)


def _sums(curve: Curve, blocks: list[Point]) -> list[Point]:
    """Return the sums of all blocks, each plus or minus; the first is the lowest digit of which."""
    *lower, highest = blocks
    sums = [highest]
    for block in lower:
        sums = [_sum(curve, one, signed) for signed in (block.negative, block) for one in sums]
    return [one.negative for one in reversed(sums)] + sums


def _rests(curve: Curve, point: Point) -> dict[tuple[int, int], Point]:
    """Return a point times each rest that a scalar may have."""
    trace = mu(curve)
    first = point if trace == 1 else point.negative
    across = _sum(curve, first, _image(curve, point, 1).negative)
    return {
        (1, 0): point,
        (-1, 0): point.negative,
        (trace, -1): across,
        (-trace, 1): across.negative,
    }


def _sum(curve: Curve, left: Point, right: Point) -> Point:
    total = curve.add(left, right)
    assert total is not None  # these are small multiples of a point of a large order
    return total
