"""Make something nearly right of what is right: in octets, in text, and in JSON values."""

from collections.abc import Callable, Sequence
import json
from random import Random
from typing import Any

from tests.fuzz.watch import PLANTED

_OCTETS = (
    b"",
    b"\x00",
    b"\xff",
    b"\xff\xff",
    b"\xff\xff\xff\xff",
    b"\x80\x00\x00\x00",
    b"\x7f\xff\xff\xff",
    b"\x00" * 8,
    b"\xff" * 8,
    b"\xef\xbb\xbf",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
)
_WORDS = (
    "",
    "0",
    "-1",
    "1e999",
    "-0",
    "NaN",
    "Infinity",
    "0x",
    "0xFF",
    "0xFFFFFFFFFFFFFFFFFF",
    "9" * 400,
    "18446744073709551616",
    "null",
    "true",
    "[" * 200,
    "{" * 200,
    '{"a":' * 50,
    "(" * 200,
    "<a>" * 50,
    "&" * 20,
    "*" * 20,
    "%s%n",
    "\u0000",
    "\u2028",
    "\ufeff",
    "\U0001f4a1",
    "\u202e",
    "../../etc/passwd",
    "$SYS/#",
    "#",
    "+",
    "\r\n",
    "\x1b[31m",
    "x" * 300,
    "x" * 70_000,
    PLANTED,
)
VALUES: Sequence[Any] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    255,
    256,
    0xFFFE,
    0xFFFF,
    0xFFFFFF,
    0xFFFFFFFF,
    2**32,
    2**53,
    2**63,
    2**64,
    -(2**63) - 1,
    10**400,
    0.5,
    -0.0,
    1e308,
    float("inf"),
    float("nan"),
    "",
    " ",
    "0x5E",
    "TRUE",
    "\x00",
    "\ud800",
    "x" * 300,
    "00:13:a2:00:40:5c:01:f7",
    PLANTED,
    [],
    {},
    [[]],
    [{}],
    {"": None},
    {"type": "x"},
    [0] * 300,
    {str(number): number for number in range(300)},
)
"""Values at the edges of what types take, and beyond."""


def nested(depth: int) -> Any:
    """Return a value of so many levels."""
    value: Any = 0
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


# ------------------------------------------------------------------ octets


def _place(random: Random, octets: bytes) -> tuple[int, int]:
    """Return where a piece begins and ends."""
    begin = random.randrange(len(octets) + 1)
    return begin, min(len(octets), begin + random.choice((1, 1, 2, 4, 16, 64)))


def _flip(random: Random, octets: bytes, _others: Sequence[bytes]) -> bytes:
    if not octets:
        return bytes((random.randrange(256),))
    place = random.randrange(len(octets))
    flipped = octets[place] ^ 1 << random.randrange(8)
    return octets[:place] + bytes((flipped,)) + octets[place + 1 :]


def _cut(random: Random, octets: bytes, _others: Sequence[bytes]) -> bytes:
    return octets[: random.randrange(len(octets) + 1)]


def _remove(random: Random, octets: bytes, _others: Sequence[bytes]) -> bytes:
    begin, end = _place(random, octets)
    return octets[:begin] + octets[end:]


def _repeat(random: Random, octets: bytes, _others: Sequence[bytes]) -> bytes:
    begin, end = _place(random, octets)
    return octets[:end] + octets[begin:end] * random.choice((1, 2, 100)) + octets[end:]


def _splice(random: Random, octets: bytes, others: Sequence[bytes]) -> bytes:
    other = random.choice(others) if others else octets
    begin, _ = _place(random, octets)
    _, there = _place(random, other)
    return octets[:begin] + other[there:]


def _put_octets(random: Random, octets: bytes, _others: Sequence[bytes]) -> bytes:
    begin, end = _place(random, octets)
    return octets[:begin] + random.choice(_OCTETS) + octets[random.choice((begin, end)) :]


def _put_word(random: Random, octets: bytes, _others: Sequence[bytes]) -> bytes:
    begin, end = _place(random, octets)
    return octets[:begin] + random.choice(_WORDS).encode() + octets[random.choice((begin, end)) :]


_Change = Callable[[Random, bytes, Sequence[bytes]], bytes]
_CHANGES: tuple[_Change, ...] = (_flip, _cut, _remove, _repeat, _splice, _put_octets, _put_word)


def changed(random: Random, octets: bytes, others: Sequence[bytes] = ()) -> bytes:
    """Return octets with one to four changes; some are spliced with others."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        octets = random.choice(_CHANGES)(random, octets, others)
    return octets


# ------------------------------------------------------------------ values


def odd_value(random: Random) -> Any:
    """Return what hardly any place expects."""
    if random.random() < 0.05:
        return nested(random.choice((5, 31, 33, 150)))
    return random.choice(VALUES)


def changed_document(random: Random, octets: bytes) -> bytes:
    """Return a JSON document with one, two or five values of it changed."""
    value = json.loads(octets)
    for _ in range(random.choice((1, 2, 5))):
        value = changed_value(random, value)
    return json.dumps(value).encode("utf-8", "surrogatepass")


def changed_value(random: Random, value: Any) -> Any:
    """Return a value of JSON with one place in it changed, left out, doubled or renamed."""
    if isinstance(value, dict) and value and random.random() < 0.85:
        return _changed_object(random, value)
    if isinstance(value, list) and value and random.random() < 0.85:
        return _changed_list(random, value)
    if isinstance(value, str) and value and random.random() < 0.5:
        octets = changed(random, value.encode("utf-8", "surrogatepass"))
        return octets.decode("utf-8", random.choice(("replace", "ignore", "surrogateescape")))
    if isinstance(value, int) and random.random() < 0.5:
        return random.choice((value + 1, value - 1, -value, value << 8, str(value), hex(value)))
    return odd_value(random)


def _changed_object(random: Random, value: dict[str, Any]) -> dict[str, Any]:
    name = random.choice(list(value))
    match random.randrange(8):
        case 0:
            return {key: item for key, item in value.items() if key != name}
        case 1:
            return value | {str(changed_value(random, name)): value[name]}
        case 2:
            return value | {name: random.choice(list(value.values()))}
        case _:
            return value | {name: changed_value(random, value[name])}


def _changed_list(random: Random, value: list[Any]) -> list[Any]:
    place = random.randrange(len(value))
    match random.randrange(6):
        case 0:
            return value[:place] + value[place + 1 :]
        case 1:
            return value[:place] + [value[place]] * random.choice((2, 3, 300)) + value[place:]
        case _:
            return [*value[:place], changed_value(random, value[place]), *value[place + 1 :]]
