"""Scalars in powers of tau, the map of Frobenius, which squares both coordinates of a point. Pure.

On a Koblitz curve tau is a number like the scalars are: tau^2 = mu * tau - 2, where mu is 1 for
a = 1 and -1 for a = 0. So a multiple of a point is a sum of its images, and the images cost squares
where doublings cost products. A number r + s * tau is kept as the pair of r and s. Source: J. A.
Solinas, Efficient Arithmetic on Koblitz Curves (2000).
"""

from functools import cache
from typing import Final

from sebridge.crypto.binary_curve import Curve

_SETTLING: Final = 6  # by so many places the rest is one of four


def mu(curve: Curve) -> int:
    """Return the trace of tau, 1 or -1."""
    return 2 * curve.a - 1


def enough_places(curve: Curve) -> int:
    """Return how many places `signs` needs at least."""
    return curve.order.bit_length() + _SETTLING


def signs(curve: Curve, scalar: int, places: int) -> tuple[str, tuple[int, int]]:
    """Return a scalar as a sum of 1 or -1 times tau^i for all i below `places`, and of a rest.

    That is one digit for each place, the highest first, 1 for 1 and 0 for -1; and which number
    tau^places is to be taken times: 1, -1, mu - tau or tau - mu. The sum makes the same of each
    point of the group as the scalar does. The steps are the same for all scalars.
    """
    r, s = _odd_and_short(curve, scalar)
    trace, digits = mu(curve), ""
    for _ in range(places):
        # what is left without the sign is a multiple of tau, and of one sign an odd one again
        half = r >> 1
        minus = (s + half + 1) & 1
        half += minus
        r, s = s + trace * half, -half
        digits = "10"[minus] + digits
    return digits, (r, s)


def _odd_and_short(curve: Curve, scalar: int) -> tuple[int, int]:
    """Return what makes the same of a point as a scalar: half as long, and its r is odd."""
    c, d = _zero(curve)
    order, trace = curve.order, mu(curve)
    # the scalar through the number that makes infinity, rounded to whole numbers
    p = (2 * scalar * (c + trace * d) + order) // (2 * order)
    q = (order - 2 * scalar * d) // (2 * order)
    r = scalar - p * c + 2 * q * d
    s = -p * d - q * (c + trace * d)
    even = 1 - (r & 1)
    return r + even * c, s + even * d


@cache
def _zero(curve: Curve) -> tuple[int, int]:
    """Return 1 + tau + ... + tau^(degree - 1), which makes infinity of every point of the group.

    Its norm is the order.
    """
    r, s = 0, 0
    for _ in range(curve.field.degree):
        r, s = 1 - 2 * s, r + mu(curve) * s
    return r, s
