"""Values of what our own code declares, right or nearly so: methods, records, commands."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any

from sebridge.base.clock import VirtualClock
from sebridge.model.shape import (
    Choice,
    Field,
    Fields,
    Listing,
    Plain,
    Row,
    Shape,
    Table,
    Whole,
    Words,
    shape_of,
)
from sebridge.rpc.method import Method
from tests.api.home import Home
from tests.fuzz.mutation import odd_value
from tests.fuzz.watch import PLANTED

ADDRESSES = (
    "00:0d:6f:00:0a:00:00:01",
    "00:0d:6f:00:0a:00:00:03",
    "0000000000000000",
    "00:00:00:00:00:00:FF:FF",
    "ff:ff:ff:ff:ff:ff:ff:ff",
    "0e-5e-b1-00-00-00-00-01",
)
_TEXTS = ("", "a", "Meter", "\u00e4\u20ac\U0001f4a1", "x" * 60, "a b", "<a>1</a>", "1", "ab", "\n")
_NEAR = (0, 1, 2, 9, 0x0A, 0x5E, 0x0109, 0x0700, 0x0701, 0x0702, 0x0703, 0xFF, 0xFFFF, 0xFFFFFFFF)
_ODD = 0.08  # of all values
_GIVEN = 0.6  # of what may be left out


@cache
def methods() -> Mapping[str, Method]:
    """Return the methods of a gateway, which are the same in every role."""
    return dict(Home(VirtualClock(), ()).gateway.dispatcher.methods)


def value_of(random: Random, kind: Any) -> Any:
    """Return a plain value for a declared type, sometimes one that it does not take."""
    if random.random() < _ODD:
        return odd_value(random)
    size = getattr(kind, "LENGTH", None)
    if isinstance(size, int):
        return random.randbytes(size).hex()
    try:
        shape = shape_of(kind)
    except TypeError:
        return odd_value(random)
    return _plain(random, shape) if isinstance(shape, Plain) else _composed(random, shape)


def _plain(random: Random, shape: Plain) -> Any:
    make = _PLAIN.get(shape, odd_value)
    return make(random)


_PLAIN: Mapping[Plain, Callable[[Random], Any]] = {
    Plain.TRUTH: lambda random: random.choice((True, False)),
    Plain.NUMBER: lambda random: random.choice((0, 0.5, -1e9, 60, 1e9)),
    Plain.TEXT: lambda random: random.choice(_TEXTS),
    Plain.OCTETS: lambda random: random.randbytes(random.choice((0, 1, 3, 8, 40, 300))).hex(),
    Plain.ADDRESS: lambda random: random.choice((*ADDRESSES, random.randbytes(8).hex(":"))),
    Plain.NETWORK_ADDRESS: lambda random: random.choice(("0000", "ffff", "12ab", "fffd")),
    Plain.SECRET: lambda _random: PLANTED,
}


def _composed(random: Random, shape: Shape) -> Any:
    found: Any
    match shape:
        case Words(choices):
            found = random.choice(choices)
        case Choice(kinds):
            found = value_of(random, random.choice(kinds))
        case Listing(items):
            found = [value_of(random, items) for _ in range(random.choice((0, 1, 1, 2, 20)))]
        case Row(items):
            found = [value_of(random, item) for item in items]
        case Table(values):
            found = {random.choice(_TEXTS): value_of(random, values) for _ in range(2)}
        case Fields(_, fields):
            found = fields_like(random, fields)
        case Whole(low, high):
            found = _whole(random, low, high)
        case _:
            found = odd_value(random)
    return found


def _whole(random: Random, low: int | None, high: int | None) -> int | str:
    least, most = (-(2**40) if low is None else low), (2**40 if high is None else high)
    near = [number for number in (*_NEAR, least, most) if least <= number <= most]
    number = random.choice((*near, random.randint(least, most)))
    return hex(number) if random.random() < _ODD else number


def fields_like(random: Random, fields: Sequence[Field]) -> dict[str, Any]:
    """Return an object with fields, some of them left out."""
    return {
        field.name: value_of(random, field.kind)
        for field in fields
        if random.random() < (1 - _ODD / 4 if field.required else _GIVEN)
    }


def parameters(random: Random, method: Method) -> dict[str, Any]:
    """Return what a method is called with."""
    return {
        one.name: value_of(random, one.kind)
        for one in method.parameters
        if random.random() < (1 - _ODD / 4 if one.required else _GIVEN)
    }
