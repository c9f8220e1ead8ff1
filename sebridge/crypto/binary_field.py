"""Arithmetic of the fields GF(2^m), on Python's integers.

An element is a polynomial over GF(2). It is kept *spread*: the coefficient of x^i is bit
i * spacing of the integer, and the bits between are zero. So a product of polynomials is an
ordinary product of integers: the sums of the coefficients stay within their own `spacing` bits,
and only the lowest bit of each counts. A sum is an exclusive or, as ever.

No operation branches on the value of an element.
"""

from typing import Final

from sebridge.base.errors import DecodeError


class BinaryField:
    """GF(2^m) with the reduction polynomial x^m + x^(each middle exponent) + 1; m is odd."""

    __slots__ = ("_coefficients", "_middle", "_shift", "_spacing", "_spreading", "degree", "octets")

    def __init__(self, degree: int, *middle: int) -> None:
        self.degree: Final = degree
        self.octets: Final = (degree + 7) // 8
        self._spacing: Final = degree.bit_length()  # a sum of `degree` coefficients fits
        self._shift: Final = degree * self._spacing
        self._middle: Final = tuple(exponent * self._spacing for exponent in middle)
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
        return self._reduced(left * right)

    def square(self, element: int) -> int:
        """Return the square of an element."""
        return self._reduced(element * element)

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

    def trace(self, element: int) -> int:
        """Return the sum of element^(2^i) for all i below m: 0 or 1, the same for its square."""
        result = element
        for _ in range(self.degree - 1):
            result = self.square(result) ^ element
        return result

    def half_trace(self, element: int) -> int:
        """Return z with z^2 + z = element where there is one; the other one is z + 1."""
        result = element
        for _ in range(self.degree // 2):
            result = self._squared(result, 2) ^ element
        return result

    def _squared(self, element: int, times: int) -> int:
        for _ in range(times):
            element = self.square(element)
        return element

    def _reduced(self, product: int) -> int:
        """Return what is left of a product; the bits between the coefficients may be in use."""
        high = product >> self._shift
        folded = product ^ self._folded(high)
        carried = (folded >> self._shift) ^ high
        return (folded ^ self._folded(carried)) & self._coefficients

    def _folded(self, high: int) -> int:
        result = high
        for shift in self._middle:
            result ^= high << shift
        return result

    def _spread(self, number: int) -> int:
        return int(f"{number:b}".translate(self._spreading), 2)
