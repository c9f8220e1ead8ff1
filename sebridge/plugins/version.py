"""Versions of plug-ins, and what one asks of the version of another. Pure."""

from collections.abc import Callable, Mapping
import operator
import re
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.errors import ParameterError

VERSION: Final = r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}"
"""Up to four numbers, as in 1.4.2."""
NAME: Final = r"[A-Za-z][A-Za-z0-9_-]{0,63}"
"""The name of a plug-in, which is also that of a folder."""

_COMPARED: Final[Mapping[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_BOUND: Final = re.compile(rf"({'|'.join(_COMPARED)}) *({VERSION})")
_BEGINNING: Final = re.compile(rf"({NAME}) *")


class Bounds(msgspec.Struct, frozen=True):
    """Which versions will do: those for which all comparisons hold; without any, all."""

    comparisons: tuple[tuple[str, str], ...] = ()

    def admit(self, version: str) -> bool:
        """Say whether a version will do."""
        found = _numbers(version)
        return all(_COMPARED[word](found, _numbers(bound)) for word, bound in self.comparisons)

    @override
    def __str__(self) -> str:
        return ", ".join(f"{word}{bound}" for word, bound in self.comparisons)

    @classmethod
    def read(cls, text: str) -> "Bounds":
        """Return what a text such as `>=1.2, <2` says; ParameterError where it says nothing."""
        found = []
        for part in text.split(",") if text.strip() else ():
            bound = _BOUND.fullmatch(part.strip())
            if bound is None:
                raise ParameterError("", "is not like >=1.2, <2")
            found.append((bound[1], bound[2]))
        return cls(tuple(found))


class Dependency(msgspec.Struct, frozen=True):
    """A plug-in that another one needs, and in which versions."""

    name: str
    bounds: Bounds = Bounds()

    @override
    def __str__(self) -> str:
        return f"{self.name} {self.bounds}".rstrip()

    @classmethod
    def read(cls, text: str) -> "Dependency":
        """Return what a text such as `schedules >=1.2, <2` says; ParameterError."""
        name = _BEGINNING.match(text)
        if name is None:
            raise ParameterError("", "does not begin with the name of a plug-in")
        return cls(name[1], Bounds.read(text[name.end() :]))


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version without zeros at its end: 1.0 is 1."""
    numbers = [int(part) for part in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
