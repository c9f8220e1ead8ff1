"""The few shapes that declared types have, for whoever describes them: documents and schemas.

Types are taken apart here for all who tell of them; `base.values` reads values by them.
"""

from collections.abc import Hashable, Mapping, Sequence
import dataclasses
from dataclasses import dataclass
import enum
import types
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

import zigpy.types as t

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.secret import Secret
from sebridge.model.values import ABSENT, Absent, annotations


class Plain(enum.Enum):
    """What has no parts and no limits of its own."""

    ANYTHING = "anything"
    NOTHING = "nothing"
    TRUTH = "true or false"
    NUMBER = "number"
    TEXT = "text"
    OCTETS = "octets"
    ADDRESS = "64-bit address"
    NETWORK_ADDRESS = "16-bit address"
    SECRET = "octets that are never shown"  # noqa: S105  # a name, no secret


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number; None is no limit."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """One of these values."""

    words: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of one of these types; ABSENT, which is no value, is not among them."""

    kinds: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of values of a type."""

    items: Any


@dataclass(frozen=True, slots=True)
class Table:
    """An object whose names are free, and whose values are of a type."""

    values: Any


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object: MISSING as default must be given, ABSENT may be left out."""

    name: str
    kind: Any
    default: Any = dataclasses.MISSING

    @property
    def required(self) -> bool:
        """Say whether there is no object without it."""
        return self.default is dataclasses.MISSING


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with named fields: a record, or a dataclass."""

    kind: type
    fields: tuple[Field, ...]


_ANYTHING: Final = (Any, object, Hashable)

Shape = Plain | Whole | Words | Choice | Listing | Table | Fields


def shape_of(kind: Any) -> Shape:
    """Return the shape of a declared type; TypeError for one that `base.values` cannot read."""
    origin = get_origin(kind)
    if origin is Union or origin is types.UnionType:
        return Choice(tuple(choice for choice in get_args(kind) if choice != Absent))
    if origin is Literal:
        return Words(get_args(kind))
    if origin is not None:
        return _container(kind, origin)
    if kind is type(None):
        return Plain.NOTHING
    if kind in _ANYTHING or isinstance(kind, TypeVar):
        return Plain.ANYTHING
    return _single(kind)


def _container(kind: Any, origin: type) -> Shape:
    arguments = get_args(kind)
    if issubclass(origin, Mapping):
        return Table(arguments[1])
    if issubclass(origin, Sequence):
        return Listing(arguments[0])
    if dataclasses.is_dataclass(origin):
        return Fields(origin, fields_of(kind))
    raise TypeError(f"{kind!r} has no shape")


def _single(kind: type) -> Shape:
    for family, shape in _FAMILIES:
        if issubclass(kind, family):
            return shape
    if issubclass(kind, t.Struct) or dataclasses.is_dataclass(kind):
        return Fields(kind, fields_of(kind))
    if issubclass(kind, t.FixedIntType):
        return Whole(int(kind.min_value), int(kind.max_value))
    if issubclass(kind, enum.Enum) and not issubclass(kind, int):
        return Words(tuple(member.value for member in kind))
    for family, shape in _LESS_SPECIAL:
        if issubclass(kind, family):
            return shape
    raise TypeError(f"{kind!r} has no shape")


_FAMILIES: Final[tuple[tuple[type, Shape], ...]] = (
    (bool, Plain.TRUTH),
    (NetworkAddress, Plain.NETWORK_ADDRESS),
    (Eui64, Plain.ADDRESS),
    (Secret, Plain.SECRET),
)
_LESS_SPECIAL: Final[tuple[tuple[Any, Shape], ...]] = (
    (int, Whole()),
    (float, Plain.NUMBER),
    (str, Plain.TEXT),
    ((bytes, bytearray), Plain.OCTETS),
)


def fields_of(kind: Any) -> tuple[Field, ...]:
    """Return the fields of a record or dataclass, in the order of their declaration."""
    declared = get_origin(kind) or kind
    if issubclass(declared, t.Struct):
        return tuple(_record_field(field) for field in declared.fields)
    hints, meaning = annotations(declared), _meaning(declared) | _chosen(kind)
    return tuple(
        Field(field.name, _certain(hints[field.name], meaning), _default(field))
        for field in dataclasses.fields(declared)
    )


def _chosen(kind: Any) -> dict[Any, Any]:
    """Return what stands in the brackets of a generic type for its type variables."""
    return dict(zip(getattr(get_origin(kind), "__parameters__", ()), get_args(kind), strict=False))


def _meaning(kind: type) -> dict[Any, Any]:
    """Return what a class chose for the type variables of its generic bases."""
    meaning: dict[Any, Any] = {}
    for base in getattr(kind, "__orig_bases__", ()):
        meaning |= _chosen(base)
    return meaning


def _certain(hint: Any, meaning: Mapping[Any, Any]) -> Any:
    """Put what a class chose in the place of type variables."""
    if isinstance(hint, TypeVar):
        return meaning.get(hint, hint)
    variables = getattr(hint, "__parameters__", ()) if get_origin(hint) is not None else ()
    if not variables:
        return hint
    return hint[tuple(meaning.get(variable, variable) for variable in variables)]


def _record_field(field: Any) -> Field:
    if field.default is not None:
        return Field(field.name, field.type, field.default)
    return Field(field.name, field.type, ABSENT if field.optional else dataclasses.MISSING)


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
