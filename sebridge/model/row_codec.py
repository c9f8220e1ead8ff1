"""Typed values <-> JSON text of a row. What is read equals what was written.

Close to `base.values`, with three differences that storage needs: a Secret is written as it is,
a record's field which the peer left off stays left off, and a union is read as the member that
was written (text "true" does not come back as a truth value).
"""

from collections.abc import Callable, Hashable, Mapping, Sequence, Set as AbstractSet
import dataclasses
import enum
import json
import types
from typing import Any, Final, Generic, Literal, TypeVar, Union, cast, get_args, get_origin

import zigpy.types as t

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.model.values import ABSENT, Absent, annotations, plain, typed

T = TypeVar("T")
Reader = Callable[[Any], Any]

_SCALARS: Final = (bool, int, float, str, bytes, enum.Enum, Eui64, Secret)
_AS_IT_IS: Final = (Any, object, Hashable)
_COLLECTING: Final = {list: list, Sequence: list, tuple: tuple, set: set, frozenset: frozenset}


class RowCodec(Generic[T]):
    """The written form of one kind of value.

    A kind is a frozen dataclass (generic ones with their argument), a zigpy Struct, a scalar, or
    lists, tuples, sets, mappings and unions of these. TypeError at once for any other kind. Plain
    values (numbers, text, booleans, None) of the kinds Any and Hashable come back as they were.
    """

    def __init__(self, kind: Any) -> None:
        self._read = _reader(kind)

    def write(self, value: T) -> str:
        """Return the JSON text; TypeError when the value has none."""
        return _text(_written(value))

    def read(self, text: str) -> T:
        """Return the value; ParameterError with the path of what cannot be read."""
        try:
            return cast("T", self._read(json.loads(text)))
        except (ValueError, TypeError, RecursionError) as error:
            raise ParameterError("", f"not readable ({type(error).__name__})") from error


def _text(written: Any) -> str:
    return json.dumps(written, separators=(",", ":"))


# ------------------------------------------------------------------ value -> plain


def _written(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal().hex()
    if value is None or isinstance(value, _SCALARS):
        return plain(value)
    if isinstance(value, t.Struct):
        return {field.name: _written(getattr(value, field.name)) for field in value.fields}
    if dataclasses.is_dataclass(value):
        fields = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value) if f.init)
        return {name: _written(item) for name, item in fields if item is not ABSENT}
    if isinstance(value, Mapping):
        return {str(plain(key)): _written(item) for key, item in value.items()}
    if isinstance(value, (Sequence, AbstractSet)):
        return [_written(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be stored")


# ------------------------------------------------------------------ kind -> reader


def _reader(kind: Any) -> Reader:
    """Return the function that reads values of a kind, built once for all rows."""
    if kind in _AS_IT_IS:
        return lambda value: value
    if kind is type(None) or kind is None:
        return _none
    origin = get_origin(kind)
    if origin is Literal:
        return lambda value: typed(kind, value)
    if origin in {Union, types.UnionType}:
        return _union(tuple(choice for choice in get_args(kind) if choice != Absent))
    if origin is not None:
        return _of_generic(kind, origin)
    if isinstance(kind, type):
        return _of_class(kind)
    raise TypeError(f"{kind!r} cannot be stored")


def _of_class(kind: type) -> Reader:
    if issubclass(kind, _SCALARS):
        return lambda value: typed(kind, value)
    if issubclass(kind, t.Struct):
        return _struct(kind)
    if dataclasses.is_dataclass(kind):
        return _object(kind, annotations(kind))
    if issubclass(kind, list) and (item := getattr(kind, "_item_type", None)) is not None:
        return _items(kind, _reader(item))  # one of zigpy's lists, which know their items' type
    raise TypeError(f"{kind.__name__} cannot be stored")


def _of_generic(kind: Any, origin: Any) -> Reader:
    arguments = get_args(kind)
    if dataclasses.is_dataclass(origin) and isinstance(origin, type):
        meaning = dict(zip(cast("Any", origin).__parameters__, arguments, strict=True))
        hints = annotations(origin)
        return _object(origin, {name: _resolved(hint, meaning) for name, hint in hints.items()})
    if issubclass(origin, Mapping):
        return _mapping(_reader(arguments[0]), _reader(arguments[1]))
    if origin is tuple and arguments[-1:] != (Ellipsis,):
        return _fixed_tuple([_reader(argument) for argument in arguments])
    if origin in _COLLECTING:
        return _items(_COLLECTING[origin], _reader(arguments[0]))
    raise TypeError(f"{kind!r} cannot be stored")


def _resolved(hint: Any, meaning: Mapping[Any, Any]) -> Any:
    """Put the arguments of a generic dataclass in the place of its type variables."""
    if isinstance(hint, TypeVar):
        return meaning[hint]
    if parameters := getattr(hint, "__parameters__", ()):
        return hint[tuple(meaning[parameter] for parameter in parameters)]
    return hint


# ------------------------------------------------------------------ readers


def _at(name: str, read: Reader, value: Any) -> Any:
    """Read a part; an error names the part, and never the value, which may be a secret."""
    try:
        return read(value)
    except ParameterError as error:
        path = f"{name}.{error.path}" if error.path else name
        raise ParameterError(path, "cannot be read") from error
    except (ValueError, TypeError) as error:
        raise ParameterError(name, "cannot be read") from error


def _none(value: Any) -> None:
    if value is not None:
        raise ParameterError("", "must be empty")


def _union(choices: tuple[Any, ...]) -> Reader:
    readers = [_reader(choice) for choice in choices]

    def read(value: Any) -> Any:
        text = _text(value)
        for candidate in readers:
            try:
                found = candidate(value)
            except (ParameterError, ValueError, TypeError):
                continue
            if _text(_written(found)) == text:
                return found
        raise ParameterError("", "is of none of the types it may have")

    return read


def _struct(kind: type[t.Struct]) -> Reader:
    readers = {field.name: _reader(field.type) for field in kind.fields}

    def read(value: Any) -> Any:
        parts = _parts(value, readers)
        given = {n: None if v is None else _at(n, readers[n], v) for n, v in parts.items()}
        return kind(**given)

    return read


def _object(kind: Any, hints: Mapping[str, Any]) -> Reader:
    fields = [field.name for field in dataclasses.fields(kind) if field.init]
    readers = {name: _reader(hints[name]) for name in fields}

    def read(value: Any) -> Any:
        parts = _parts(value, readers)
        return kind(**{name: _at(name, readers[name], part) for name, part in parts.items()})

    return read


def _parts(value: Any, known: Mapping[str, Reader]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ParameterError("", "is not an object")
    for name in value:
        if name not in known:
            raise ParameterError(name, "is unknown to this version")
    return value


def _mapping(read_key: Reader, read_item: Reader) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ParameterError("", "is not an object")
        return {_at("key", read_key, key): _at(key, read_item, item) for key, item in value.items()}

    return read


def _items(kind: Callable[[Any], Any], read_item: Reader) -> Reader:
    return lambda value: kind([_at(f"[{i}]", read_item, item) for i, item in _listed(value)])


def _fixed_tuple(readers: Sequence[Reader]) -> Reader:
    def read(value: Any) -> Any:
        listed = _listed(value)
        if len(listed) != len(readers):
            raise ParameterError("", f"does not have {len(readers)} items")
        return tuple(_at(f"[{i}]", readers[i], item) for i, item in listed)

    return read


def _listed(value: Any) -> list[tuple[int, Any]]:
    if not isinstance(value, list):
        raise ParameterError("", "is not a list")
    return list(enumerate(value))
