"""Which types msgspec writes as JSON just as it does their plain form, so that nobody makes that.

What differs: a record leaves out fields that are None, octets are hex, names of a table are text.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sebridge.model.shape import (
    Choice,
    Fields,
    Limited,
    Listing,
    Payload,
    Plain,
    Row,
    Shape,
    Whole,
    Words,
    shape_of,
    without_form,
)
from sebridge.model.values import IN_JSON

_ALIKE: Final = frozenset(
    {Plain.NOTHING, Plain.TRUTH, Plain.NUMBER, Plain.TEXT, Plain.ADDRESS, Plain.NETWORK_ADDRESS}
)


@cache
def is_alike(kind: Any) -> bool:
    """Say whether the JSON of a value of this type is the same as that of its plain form.

    The encoder is one whose hook is `to_plain`, as it is asked for addresses.
    """
    if without_form(kind)[1] == IN_JSON:
        return True
    try:
        parts = _parts(shape_of(kind))
    except TypeError:  # a type that nobody declared
        return False
    return parts is not None and all(map(is_alike, parts))


def _parts(shape: Shape) -> Sequence[Any] | None:
    """Return the types of what a value is made of; None where msgspec writes it in another way."""
    match shape:
        case Choice(kinds=kinds) | Row(items=kinds):
            return kinds
        case Listing(items):
            return (items,)
        case Fields(kind, fields) if not issubclass(kind, Payload):
            return [field.kind for field in fields]
        case _:
            is_single = isinstance(shape, Whole | Limited | Words) or shape in _ALIKE
            return () if is_single else None
