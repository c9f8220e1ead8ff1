"""Values that stand for more than themselves: what is absent, what was base64, what repeats."""

import enum
from typing import Final, Literal, TypeVar

from typing_extensions import override


class Base64(bytes):
    """Octets that a caller wrote as base64, so that the answer to them can be written so too."""


class _Absent(enum.Enum):
    """The type of ABSENT, so that it can stand in an annotation."""

    ABSENT = "absent"

    @override
    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


Absent = Literal[_Absent.ABSENT]
ABSENT: Final = _Absent.ABSENT
"""A parameter that was not given, or a field that is left out. None is a value of its own."""


T = TypeVar("T")


class Repeated(tuple[T, ...]):
    """Values that stand one after the other under one name where a codec has that, as XML has.

    Elsewhere it is a list.
    """

    __slots__ = ()
