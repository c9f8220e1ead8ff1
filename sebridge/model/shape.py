"""The few shapes that declared types have: the only place where types are taken apart.

Readers, writers, schemas and documents are made of them. A type is a scalar, one of
`model.data_types`, a `Record`, a class that declares fields (a `msgspec.Struct`, or a dataclass as
users' modules have them), or a list, table or union of these.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence, Set as AbstractSet
import dataclasses
import enum
from functools import lru_cache, reduce
from operator import or_
import types
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.secret import Secret
from sebridge.model.data_types import Form, Integer, Within
from sebridge.model.values import ABSENT, Absent


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


class Whole(msgspec.Struct, frozen=True):
    """A whole number; None is no limit. `epoch` is what 0 of a time is, in seconds since 1970."""

    low: int | None = None
    high: int | None = None
    epoch: int | None = None


class Limited(msgspec.Struct, frozen=True):
    """A number that has limits and may be no whole one."""

    low: float
    high: float


class Words(msgspec.Struct, frozen=True):
    """One of these values."""

    words: tuple[Any, ...]


class Choice(msgspec.Struct, frozen=True):
    """A value of one of these types; ABSENT, which is no value, is not among them."""

    kinds: tuple[Any, ...]


class Listing(msgspec.Struct, frozen=True):
    """A list of values of a type, which are collected in a list, tuple or set."""

    items: Any
    collected: type = list


class Row(msgspec.Struct, frozen=True):
    """A list of so many values, each of its own type."""

    items: tuple[Any, ...]


class Table(msgspec.Struct, frozen=True):
    """An object whose names are free, or of a type, and whose values are of another."""

    values: Any
    names: Any = str


class Field(msgspec.Struct, frozen=True):
    """A field of an object: MISSING as default must be given, ABSENT may be left out."""

    name: str
    kind: Any
    default: Any
    may_be_left_off: bool = False
    """Whether it is None in a record whose sender ended before it."""

    @property
    def required(self) -> bool:
        """Say whether there is no object without it."""
        return self.default is dataclasses.MISSING


class Fields(msgspec.Struct, frozen=True):
    """An object with named fields: a record, or another class that declares fields."""

    kind: type
    fields: tuple[Field, ...]


class Payload(msgspec.Struct, frozen=True):
    """What a record is: a field of the type `X | None` is one that its sender may leave off."""


_ANYTHING: Final = (Any, object, Hashable)

Shape = Plain | Whole | Limited | Words | Choice | Listing | Row | Table | Fields


def shape_of(kind: Any) -> Shape:
    """Return the shape of a declared type; TypeError for one that no value can be read as."""
    kind, form = without_form(kind)
    if isinstance(form, (Integer, Within)):
        return _number(kind, form)
    origin = get_origin(kind)
    if origin is not None:
        return _container(kind, origin)
    if kind is type(None) or kind is None:
        return Plain.NOTHING
    if kind in _ANYTHING or isinstance(kind, TypeVar):
        return Plain.ANYTHING
    if not isinstance(kind, type):
        raise TypeError(f"{kind!r} has no shape")
    return _single(kind)


def _number(kind: Any, form: Integer | Within) -> Whole | Limited:
    if isinstance(form, Integer):
        return Whole(form.low, form.high, form.epoch)
    if kind is int:
        return Whole(int(form.low), int(form.high))
    return Limited(form.low, form.high)


def without_form(kind: Any) -> tuple[Any, Any]:
    """Return a type without what is annotated, and that: its form on the air, or its count."""
    if get_origin(kind) is not Annotated:
        return kind, None
    bare, *notes = get_args(kind)
    return bare, notes[0]


def notes_of(kind: Any) -> tuple[Any, ...]:
    """Return all that a type is annotated with."""
    return getattr(kind, "__metadata__", ())


def form_of(kind: Any) -> Form | None:
    """Return the form on the air of a data type; None for any other type."""
    _, form = without_form(kind)
    return form if isinstance(form, Form) else None


def _container(kind: Any, origin: Any) -> Shape:
    if origin is Union or origin is types.UnionType:
        return Choice(tuple(choice for choice in get_args(kind) if choice != Absent))
    if origin is Literal:
        return Words(get_args(kind))
    return _collection(kind, origin, get_args(kind))


def _collection(kind: Any, origin: type, arguments: tuple[Any, ...]) -> Shape:
    if issubclass(origin, Mapping):
        return Table(arguments[1], arguments[0])
    if origin is tuple and arguments[-1:] != (Ellipsis,):
        return Row(arguments)
    if issubclass(origin, (Sequence, AbstractSet)):
        return Listing(arguments[0], _COLLECTED.get(origin, list))
    if declares_fields(origin):
        return Fields(origin, fields_of(kind))
    raise TypeError(f"{kind!r} has no shape")


_COLLECTED: Final[Mapping[type, type]] = {
    tuple: tuple,
    set: set,
    frozenset: frozenset,
}


def _single(kind: type) -> Shape:
    for family, shape in _FAMILIES:
        if issubclass(kind, family):
            return shape
    if declares_fields(kind):
        return Fields(kind, fields_of(kind))
    if issubclass(kind, enum.Enum):
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


@lru_cache(maxsize=512)
def annotations(kind: type) -> dict[str, Any]:
    """Return the type of each field of a class, with what is annotated."""
    return get_type_hints(kind, include_extras=True)


def declares_fields(kind: type) -> bool:
    """Say whether a class is one of named fields: a record, another struct, or a dataclass."""
    return issubclass(kind, msgspec.Struct) or dataclasses.is_dataclass(kind)


def names_of(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of such a class, in the order of their declaration."""
    if issubclass(kind, msgspec.Struct):
        return kind.__struct_fields__
    return tuple(field.name for field in dataclasses.fields(kind))  # type: ignore[arg-type]


def fields_of(kind: Any) -> tuple[Field, ...]:
    """Return what can be given of such a class, in the order of the declaration."""
    declared = get_origin(kind) or kind
    if issubclass(declared, Payload):
        return _record_fields(declared)
    hints = annotations(declared)
    meaning = _meaning(declared) | _chosen(kind)
    return tuple(
        Field(name, _certain(hints[name], meaning), default)
        for name, default in _defaults(declared).items()
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


@lru_cache(maxsize=512)
def _record_fields(kind: type[msgspec.Struct]) -> tuple[Field, ...]:
    hints = annotations(kind)
    return tuple(_record_field(field, hints[field.name]) for field in msgspec.structs.fields(kind))


def _record_field(field: msgspec.structs.FieldInfo, hint: Any) -> Field:
    choices = get_args(hint) if get_origin(hint) in {Union, types.UnionType} else ()
    optional = type(None) in choices
    kind = reduce(or_, [c for c in choices if c is not type(None)]) if optional else hint
    if field.required:
        return Field(field.name, kind, dataclasses.MISSING)
    return Field(field.name, kind, ABSENT if field.default is None else field.default, optional)


def _defaults(kind: Any) -> dict[str, Any]:
    """Return the fields that can be given, each with its default."""
    if issubclass(kind, msgspec.Struct):
        no_default: Any = msgspec.NODEFAULT
        declared: Iterable[Any] = msgspec.structs.fields(kind)
    else:
        no_default = dataclasses.MISSING
        declared = (field for field in dataclasses.fields(kind) if field.init)
    return {
        field.name: _default(field.default, field.default_factory, no_default) for field in declared
    }


def _default(default: Any, factory: Any, no_default: Any) -> Any:
    if factory is not no_default:
        return factory()
    return dataclasses.MISSING if default is no_default else default
