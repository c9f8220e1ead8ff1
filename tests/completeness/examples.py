"""Examples of what a declaration takes: strategies for plain values, made from the types alone."""

from collections.abc import Mapping
import string
from typing import Any, Final

from hypothesis import strategies as st

from sebridge.model.shape import (
    Choice,
    Field,
    Fields,
    Listing,
    Plain,
    Shape,
    Table,
    Whole,
    Words,
    shape_of,
)
from sebridge.rpc.method import Method
from sebridge.rpc.xml_text import Xml
from tests.api.home import DISPLAY, METER, address

Values = st.SearchStrategy[Any]

_MOST: Final = 3  # items of a list
_NEAR: Final = (0, 1, 2, 9, 0x5E, 0x0109, 0x0700, 0x0702, 0xFF, 0xFFFF)
_ADDRESSES: Final = (str(address(METER)), str(address(DISPLAY)), "00:00:00:00:00:00:ff:ff")

_TEXT: Final = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Cs", "Co")), max_size=8
).map(str.strip)
"""Text that XML can hold, without the white space that is removed round every value there."""

_TAGS: Final = st.text(string.ascii_uppercase, min_size=1, max_size=4)
_PIECES: Final = st.sampled_from(
    ["<a/>", '<join_time type="int">0x1E</join_time>', "<a>1</a><b>2</b>", "text"]
)

_PLAIN: Final[Mapping[Plain, Values]] = {
    Plain.ANYTHING: st.one_of(st.none(), st.booleans(), st.integers(0, 2**64), _TEXT),
    Plain.NOTHING: st.none(),
    Plain.TRUTH: st.booleans(),
    Plain.NUMBER: st.floats(-1e9, 1e9),
    Plain.TEXT: _TEXT,
    Plain.OCTETS: st.binary(max_size=20).map(bytes.hex),
    Plain.ADDRESS: st.one_of(
        st.sampled_from(_ADDRESSES),
        st.binary(min_size=8, max_size=8).map(lambda octets: octets.hex(":")),
    ),
    Plain.NETWORK_ADDRESS: st.binary(min_size=2, max_size=2).map(bytes.hex),
    Plain.SECRET: st.binary(min_size=16, max_size=16).map(bytes.hex),
}


def values_of(kind: Any) -> Values:
    """Return what a declared type takes, in plain values."""
    if isinstance(kind, type) and issubclass(kind, Xml):
        return _PIECES
    if isinstance(size := getattr(kind, "LENGTH", None), int):
        return st.binary(min_size=size, max_size=size).map(bytes.hex)
    shape = shape_of(kind)
    return _PLAIN[shape] if isinstance(shape, Plain) else _values_of_parts(shape)


def _values_of_parts(shape: Shape) -> Values:
    match shape:
        case Words(words):
            return st.sampled_from(words)
        case Choice(kinds):
            return st.one_of([values_of(choice) for choice in kinds])
        case Listing(items):
            return st.lists(values_of(items), max_size=_MOST)
        case Table(values):
            return st.dictionaries(_TAGS, values_of(values), max_size=_MOST)
        case Fields(_, fields):
            return _with_fields(fields)
        case Whole(low, high):
            return _whole_numbers(low, high)
    raise TypeError(f"there are no examples of {shape!r}")


def _whole_numbers(low: int | None, high: int | None) -> Values:
    least, most = (-(2**40) if low is None else low), (2**40 if high is None else high)
    near = [number for number in _NEAR if least <= number <= most]
    return st.one_of(st.sampled_from(near), st.integers(least, most))


def _with_fields(fields: tuple[Field, ...]) -> Values:
    needed = {field.name: values_of(field.kind) for field in fields if field.required}
    others = {field.name: values_of(field.kind) for field in fields if not field.required}
    return st.fixed_dictionaries(needed, optional=others)


def parameters_of(method: Method) -> st.SearchStrategy[dict[str, Any]]:
    """Return what a method may be called with: what it needs, and some of what may be left out."""
    needed = {one.name: values_of(one.kind) for one in method.parameters if one.required}
    others = {one.name: values_of(one.kind) for one in method.parameters if not one.required}
    named = st.fixed_dictionaries(needed, optional=others)
    if method.others is None:
        return named
    free = st.dictionaries(_TAGS, values_of(method.others.kind), min_size=1, max_size=_MOST)
    return st.builds(lambda some, more: some | more, named, free)
