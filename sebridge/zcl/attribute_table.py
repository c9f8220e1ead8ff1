"""Attributes declared by a table of text, one line for an attribute or a whole family of them.

A line is `identifier name type access [ranges]`. A family counts n, or n and m, through its
ranges; its identifier then names the first one and how far the next n and the next m are:
`0x0110+16+1 tier{n}_block{m}_threshold uint48 r 1..15 1..15`.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
import itertools
from types import MappingProxyType

from typing_extensions import override

from sebridge.zcl.cluster import AttributeDefinition
from sebridge.zcl.data_types import NAMED


class AttributeTable(Mapping[int, AttributeDefinition]):
    """The attributes of a table by identifier, made when somebody looks: most nobody looks at.

    `others` are there as well, but for those that the table has itself. KeyError, when somebody
    looks, for a type that is not known.
    """

    def __init__(
        self, table: str, others: Mapping[int, AttributeDefinition] = MappingProxyType({})
    ) -> None:
        self._table = table.strip()
        self._others = others

    @cached_property
    def _attributes(self) -> dict[int, AttributeDefinition]:
        lines = map(_line, self._table.splitlines())
        own = {item.attribute_id: item for item in itertools.chain.from_iterable(lines)}
        return {**self._others, **own}

    @override
    def __getitem__(self, attribute_id: int) -> AttributeDefinition:
        return self._attributes[attribute_id]

    @override
    def __iter__(self) -> Iterator[int]:
        return iter(self._attributes)

    @override
    def __len__(self) -> int:
        return len(self._attributes)

    def __bool__(self) -> bool:
        """Say whether there are any, which takes no making."""
        return bool(self._table or self._others)


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
