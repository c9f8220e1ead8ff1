"""What the tests of curves share: the plain way to multiply, scalars at the edges, a count."""

from collections.abc import Callable
from typing import Any

import pytest

from sebridge.crypto.binary_curve import SECT163K1, SECT283K1, Curve, Point
from sebridge.crypto.binary_field import BinaryField

CURVES = [SECT163K1, SECT283K1]


def affine(curve: Curve, scalar: int, point: Point | None = None) -> Point | None:
    """Double and add, each sum by itself: the plain way to multiply a point, or the generator."""
    result = None
    for bit in f"{scalar % curve.order:b}":
        result = curve.add(result, result)
        if bit == "1":
            result = curve.add(result, point or curve.generator)
    return result


def on_curve(curve: Curve, point: Point) -> bool:
    """Say whether y^2 + xy = x^3 + ax^2 + 1."""
    multiply, a = curve.field.multiply, 1 if curve is SECT163K1 else 0
    left = multiply(point.y, point.y ^ point.x)
    return left == multiply(multiply(point.x, point.x), point.x ^ a) ^ 1


def edge_scalars(curve: Curve) -> list[int]:
    """Return the scalars at the ends of the group, powers of two and what is below them."""
    powers = [1 << place for place in (1, 2, 33, 57, 128, 162, 163, 164, 280, 281, 282)]
    near = [power - 1 for power in powers]
    return [*range(4), *powers, *near, *(curve.order + more for more in range(-3, 4))]


def operations(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> tuple[str, ...]:
    """Return the operations of the field that some work does, one after the other."""
    done: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("multiply", "square", "inverse", "inverse_public"):
            plain: Any = getattr(BinaryField, name)

            def counted(*args: Any, plain: Any = plain, name: str = name) -> Any:
                done.append(name)
                return plain(*args)

            patch.setattr(BinaryField, name, counted)
        work()
    return tuple(done)
