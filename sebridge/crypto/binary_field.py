"""Arithmetic of the fields GF(2^m), on Python's integers.

An element is a polynomial over GF(2). It is kept *spread*: the coefficient of x^i is bit
i * spacing of the integer, and the bits between are zero. So a product of polynomials is an
ordinary product of integers: the sums of the coefficients stay within their own `spacing` bits,
and only the lowest bit of each counts. A sum is an exclusive or, as ever. Elements are multiplied
by halves, as Karatsuba did it, because half as many coefficients need less room for their sums.

No operation branches on the value of an element, unless it says that it does.
"""

from functools import cached_property
from typing import Final

from sebridge.base.errors import DecodeError


class BinaryField:
    """GF(2^m) with the reduction polynomial x^m + x^(each middle exponent) + 1; m is odd."""

    def __init__(self, degree: int, *middle: int) -> None:
        self.degree: Final = degree
        self.octets: Final = (degree + 7) // 8
        half = (degree + 1) // 2
        self._spacing: Final = half.bit_length()  # a sum of so many coefficients fits
        self._shift: Final = degree * self._spacing
        self._half: Final = half * self._spacing
        self._low: Final = (1 << self._half) - 1
        self._polynomial: Final = sum(1 << exponent for exponent in (degree, *middle, 0))
        self._up: Final = tuple(exponent * self._spacing for exponent in middle)
        self._down: Final = tuple(self._shift - up for up in self._up)
        zeros = "0" * (self._spacing - 1)
        self._spreading: Final = str.maketrans({"0": zeros + "0", "1": zeros + "1"})
        self._coefficients: Final = self._spread((1 << degree) - 1)

    def element(self, octets: bytes) -> int:
        """Return the element for octets, highest power first; DecodeError if they are not one."""
        number = int.from_bytes(octets, "big")
        if len(octets) != self.octets or number.bit_length() > self.degree:
            raise DecodeError(f"a number is not an element of the field of 2^{self.degree}")
        return self._spread(number)

    def number(self, element: int) -> int:
        """Return an element as an integer whose bit i is the coefficient of x^i."""
        digits = f"{element:0{self._shift}b}"
        return int(digits[self._spacing - 1 :: self._spacing], 2)

    def to_octets(self, element: int) -> bytes:
        """Return the octets of an element, highest power first."""
        return self.number(element).to_bytes(self.octets, "big")

    def multiply(self, left: int, right: int) -> int:
        """Return the product of two elements."""
        left_high, right_high = left >> self._half, right >> self._half
        left_low, right_low = left & self._low, right & self._low
        low, high = left_low * right_low, left_high * right_high
        across = (left_low ^ left_high) * (right_low ^ right_high) ^ low ^ high
        return self._reduced(low ^ (across ^ high << self._half) << self._half)

    def square(self, element: int) -> int:
        """Return the square of an element."""
        low, high = element & self._low, element >> self._half
        # what they have in common counts twice, which is not at all
        return self._reduced(low * low ^ high * high << 2 * self._half)

    def inverse(self, element: int) -> int:
        """Return 1 / element by the method of Itoh and Tsujii; 0 for 0."""
        power, squarings = element, 1  # element^(2^squarings - 1)
        for bit in f"{self.degree - 1:b}"[1:]:
            power = self.multiply(self._squared(power, squarings), power)
            squarings *= 2
            if bit == "1":
                power = self.multiply(self.square(power), element)
                squarings += 1
        return self.square(power)

    def inverse_public(self, element: int) -> int:
        """Return what `inverse` returns, by Euclid's algorithm, in a tenth of the time.

        Branches: for what is public.
        """
        if element == 0:
            return 0
        # each remainder is its factor times the element, but for multiples of the polynomial
        remainder, factor = self.number(element), 1
        other_remainder, other_factor = self._polynomial, 0
        while remainder != 1:
            shift = remainder.bit_length() - other_remainder.bit_length()
            if shift < 0:
                remainder, other_remainder = other_remainder, remainder
                factor, other_factor = other_factor, factor
                shift = -shift
            remainder ^= other_remainder << shift
            factor ^= other_factor << shift
        return self._spread(factor)

    def quadratic_root(self, element: int) -> int | None:
        """Return z with z^2 + z = element, or None where there is none; the other one is z + 1.

        There is one where the trace of the element is 0. Branches: for what is public.
        """
        row = _cleared(self.number(element) << self.degree, self._roots)
        return None if row >> self.degree else self._spread(row)

    def _squared(self, element: int, times: int) -> int:
        for _ in range(times):
            element = self.square(element)
        return element

    def _reduced(self, product: int) -> int:
        """Return what is left of a product; the bits between the coefficients may be in use."""
        high = product >> self._shift
        folded = high
        for down in self._down:  # folding carries a little beyond the degree again
            folded ^= high >> down
        result = product ^ folded
        for up in self._up:
            result ^= folded << up
        return result & self._coefficients

    def _spread(self, number: int) -> int:
        return int(f"{number:b}".translate(self._spreading), 2)

    @cached_property
    def _roots(self) -> list[int]:
        """Rows z^2 + z, then z, by their length; 0 where there is none of that length.

        The length tells the highest power of x, so a row clears it from what has the same length.
        """
        rows = [0] * (2 * self.degree + 1)
        for place in range(1, self.degree):  # z and z + 1 are one: nothing for x^0
            z = 1 << place
            square = self.number(self.square(self._spread(z)))
            row = _cleared((square ^ z) << self.degree | z, rows)
            rows[row.bit_length()] = row
        return rows


def _cleared(row: int, rows: list[int]) -> int:
    """Return what is left of a row when those which are known are taken off it."""
    while known := rows[row.bit_length()]:
        row ^= known
    return row
