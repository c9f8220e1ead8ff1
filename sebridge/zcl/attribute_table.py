"""Attributes declared by a table of text, one line for an attribute or a whole family of them.

A line is `identifier name type access [ranges]`. A family counts n, or n and m, through its
ranges; its identifier then names the first one and how far the next n and the next m are:
`0x0110+16+1 tier{n}_block{m}_threshold uint48 r 1..15 1..15`.
"""

from collections.abc import Iterator
import itertools

from sebridge.zcl.cluster import AttributeDefinition
from sebridge.zcl.data_types import NAMED


def attributes_of(table: str) -> dict[int, AttributeDefinition]:
    """Return the attributes of a table by identifier; KeyError for a type that is not known."""
    lines = map(_line, table.strip().splitlines())
    return {item.attribute_id: item for item in itertools.chain.from_iterable(lines)}


def _line(line: str) -> Iterator[AttributeDefinition]:
    place, name, kind, access, *ranges = line.split()
    first, *steps = (int(number, 0) for number in place.split("+"))
    counts = [_range(text) for text in ranges]
    for numbers in itertools.product(*counts):
        passed = [n - count.start for n, count in zip(numbers, counts, strict=True)]
        identifier = first + sum(n * step for n, step in zip(passed, steps, strict=True))
        filled = name.format(**dict(zip("nm", numbers, strict=False)))
        yield AttributeDefinition(identifier, filled, NAMED[kind], access)


def _range(text: str) -> range:
    first, last = (int(number) for number in text.split(".."))
    return range(first, last + 1)
