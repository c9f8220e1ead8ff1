"""Attributes declared by a table of text, one line for an attribute or a whole family of them.

A line is `identifier name type access [ranges]`. A family counts n, or n and m, through its
ranges; its identifier then names the first one and how far the next n and the next m are:
`0x0110+16+1 tier{n}_block{m}_threshold uint48 r 1..15 1..15`.
"""

from collections.abc import Iterator, Mapping
import itertools
from typing import Any, Final

import zigpy.types as t
from zigpy.zcl.foundation import BaseAttributeDefs, ZCLAttributeDef

from sebridge.zcl.record import attribute

_TYPES: Final[Mapping[str, type]] = {
    "uint8": t.uint8_t,
    "uint16": t.uint16_t,
    "uint24": t.uint24_t,
    "uint32": t.uint32_t,
    "uint48": t.uint48_t,
    "int8": t.int8s,
    "int24": t.int24s,
    "int32": t.int32s,
    "enum8": t.enum8,
    "map8": t.bitmap8,
    "map16": t.bitmap16,
    "map32": t.bitmap32,
    "map48": t.bitmap48,
    "map64": t.bitmap64,
    "utc": t.UTCTime,
    "octstr": t.LVBytes,
}


def read_table(table: str) -> dict[str, ZCLAttributeDef]:
    """Return the attributes of a table by name; KeyError for a type that is not known."""
    return dict(itertools.chain.from_iterable(_line(line) for line in table.strip().splitlines()))


def _line(line: str) -> Iterator[tuple[str, ZCLAttributeDef]]:
    place, name, kind, access, *ranges = line.split()
    first, *steps = (int(number, 0) for number in place.split("+"))
    counts = [_range(text) for text in ranges]
    for numbers in itertools.product(*counts):
        passed = [n - count.start for n, count in zip(numbers, counts, strict=True)]
        identifier = first + sum(n * step for n, step in zip(passed, steps, strict=True))
        filled = name.format(**dict(zip("nm", numbers, strict=False)))
        yield filled, attribute(identifier, _TYPES[kind], access)


def _range(text: str) -> range:
    first, last = (int(number) for number in text.split(".."))
    return range(first, last + 1)


def attribute_defs(table: str) -> Any:
    """Return the attributes of a table as the class that zigpy's clusters have inside them."""
    return type("AttributeDefs", (BaseAttributeDefs,), read_table(table))


def attributes_by_id(table: str) -> dict[int, ZCLAttributeDef]:
    """Return the attributes of a table by identifier, each with its name."""
    found = {name: item.replace(name=name) for name, item in read_table(table).items()}
    return {int(item.id): item for item in found.values()}
