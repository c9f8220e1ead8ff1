"""Values that stand for more than themselves: what is absent, what was base64, what repeats."""

from typing import Annotated, Any, Final, TypeVar

import msgspec


class Base64(bytes):
    """Octets that a caller wrote as base64, so that the answer to them can be written so too."""


Absent = msgspec.UnsetType
ABSENT: Final = msgspec.UNSET
"""A parameter that was not given, or a field that is left out. None is a value of its own."""

IN_JSON: Final = "a value that JSON has"
JsonValue = Annotated[Any, IN_JSON]
"""Numbers, text, truth values, None, lists and tables of these, and dataclasses of these."""


T = TypeVar("T")


class Repeated(tuple[T, ...]):
    """Values that stand one after the other under one name where a codec has that, as XML has.

    Elsewhere it is a list.
    """

    __slots__ = ()
