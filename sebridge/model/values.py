"""Typed values <-> plain dicts, lists, strings and numbers.

`plain` is what JSON, storage and MQTT show; `typed` reads it back into the types that a record, a
dataclass or a method declares. The declaration is the only description there is.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
import dataclasses
import enum
from functools import lru_cache, partial
import inspect
import re
import types
from types import ModuleType
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from typing_extensions import override
import zigpy.types as t

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.errors import DecodeError, ParameterError
from sebridge.base.secret import Secret

_NOT_HEX: Final = re.compile(r"[^0-9a-fA-F]")
_INTEGER: Final = re.compile(r"[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)")
_LONGEST_INTEGER: Final = 40


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


# ------------------------------------------------------------------ typed -> plain


def plain(value: object) -> Any:
    """Return the value as dicts, lists, strings, numbers, booleans and None."""
    return _WRITERS[type(value)](value)


class _Writers(dict[type, Callable[[Any], Any]]):
    """What makes the values of a type plain.

    It is found once for each type, as every value of every message needs it.
    """

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        write = self[kind] = _writer_of(kind)
        return write


def _writer_of(kind: type) -> Callable[[Any], Any]:
    for family, write in _FAMILIES:
        if issubclass(kind, family):
            found: Callable[[Any], Any] = write
            return found
    if dataclasses.is_dataclass(kind):
        return partial(_plain_fields, tuple(field.name for field in dataclasses.fields(kind)))
    if issubclass(kind, _LISTS):
        return _plain_list
    raise TypeError(f"{kind.__name__} has no plain form")


def _plain_fields(names: Sequence[str], value: object) -> dict[str, Any]:
    # a plain loop, as every report comes this way
    shown: dict[str, Any] = {}
    for name in names:
        item = getattr(value, name)
        if item is not ABSENT:
            shown[name] = _WRITERS[type(item)](item)
    return shown


def _plain_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {_key(key): plain(item) for key, item in value.items()}


def _plain_list(value: Iterable[Any]) -> list[Any]:
    return [plain(item) for item in value]


def _as_it_is(value: Any) -> Any:
    return value


def plain_record(record: t.Struct) -> dict[str, Any]:
    """Return a record's fields by name, those without a value left out."""
    fields = ((field.name, getattr(record, field.name)) for field in record.fields)
    return {name: plain(item) for name, item in fields if item is not None}


def record_name(kind: type) -> str | None:
    """Return the name under which the RPC reference knows this class as a record; None if not.

    A class with a RECORD_NAME goes by that name: it refines a record which callers know.
    """
    if issubclass(kind, t.Struct) or kind.__name__.endswith(("Record", "_rsp")):
        return getattr(kind, "RECORD_NAME", "") or kind.__name__
    return None


def records_of(module: ModuleType) -> tuple[type[Any], ...]:
    """Return the classes of a module that go by their own names as records, as they are written."""
    return tuple(
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and kind.__module__ == module.__name__
        and record_name(kind) == kind.__name__
    )


def _key(key: object) -> str:
    return str(plain(key))


_FAMILIES: Final[tuple[tuple[Any, Any], ...]] = (
    ((type(None), bool, float), _as_it_is),
    ((Eui64, NetworkAddress, Secret), str),
    (int, int),
    (enum.Enum, lambda value: plain(value.value)),
    (t.Struct, plain_record),
    ((bytes, bytearray), lambda value: bytes(value).hex()),
    (str, str),
    (Mapping, _plain_mapping),
)
_LISTS: Final = (Sequence, set, frozenset)

_WRITERS: Final = _Writers()


# ------------------------------------------------------------------ plain -> typed


def typed(kind: Any, value: Any, path: str = "") -> Any:
    """Return `value` as the declared type; raise ParameterError with the path of what is wrong."""
    if kind in _ANYTHING:
        return value
    origin = get_origin(kind)
    if origin is Union or origin is types.UnionType:
        return _typed_union(kind, value, path)
    if origin is Literal:
        return _typed_literal(kind, value, path)
    if origin is not None:
        return _typed_container(kind, origin, value, path)
    if kind is type(None):
        if value is None:
            return None
        raise ParameterError(path, "must be empty")
    return _typed_scalar(kind, value, path)


_ANYTHING: Final = (Any, object, Hashable)


def _typed_scalar(kind: type, value: Any, path: str) -> Any:
    for family, read in _READERS:
        if issubclass(kind, family):
            return read(kind, value, path)
    if dataclasses.is_dataclass(kind):
        return _typed_dataclass(kind, value, path)
    raise TypeError(f"{kind!r} cannot be read from plain values")


def integer(value: Any, path: str = "") -> int:
    """Return an int from a number, or from decimal or 0x text; raise ParameterError otherwise."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        if len(text) <= _LONGEST_INTEGER and _INTEGER.fullmatch(text):
            return int(text, 16 if "x" in text.lower() else 10)
    raise ParameterError(path, f"{_shown(value)} is not a whole number")


def _read_bool(_kind: type, value: Any, path: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
        return value.strip().lower() == "true"
    raise ParameterError(path, f"{_shown(value)} is neither true nor false")


def _read_integer(kind: Any, value: Any, path: str) -> Any:
    number = integer(value, path)
    if not issubclass(kind, t.FixedIntType):
        return kind(number)
    bits = kind._bits  # noqa: SLF001  # zigpy has no public name for the width
    low, high = kind.min_value, kind.max_value
    if kind._signed and high < number < 1 << bits:  # noqa: SLF001
        number -= 1 << bits  # 0x8000 and -0x8000 are the same bits on the air
    if not low <= number <= high:
        raise ParameterError(path, f"{_shown(number)} is not in {low}..{high}")
    return kind(number)


def _read_float(_kind: type, value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ParameterError(path, f"{_shown(value)} is not a number")
    return float(value)


def _read_text(kind: type, value: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise ParameterError(path, f"{_shown(value)} is not text")
    return _parsed(kind, value, path)


def _read_octets(kind: type, value: Any, path: str) -> Any:
    if isinstance(value, bytes):
        return value if isinstance(value, kind) else kind(value)
    return kind(hex_octets(value, path))


def hex_octets(value: Any, path: str = "") -> bytes:
    """Return the octets of hex text, delimiters dropped; raise ParameterError otherwise."""
    if not isinstance(value, str):
        raise ParameterError(path, "must be hex digits")
    digits = _NOT_HEX.sub("", value.removeprefix("0x"))
    if len(digits) % 2:
        raise ParameterError(path, "has an odd number of hex digits")
    return bytes.fromhex(digits)


def _read_address(_kind: type, value: Any, path: str) -> Eui64:
    if isinstance(value, Eui64):
        return value
    if not isinstance(value, str):
        raise ParameterError(path, f"{_shown(value)} is not a 64-bit address")
    return _parsed(Eui64.parse, value, path)


def _read_network_address(_kind: type, value: Any, path: str) -> NetworkAddress:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 0xFFFF:  # noqa: PLR2004
        return NetworkAddress(value)
    if not isinstance(value, str):
        raise ParameterError(path, f"{_shown(value)} is not a 16-bit address")
    return _parsed(NetworkAddress.parse, value, path)


def _parsed(parse: Callable[[str], T], text: str, path: str) -> T:
    """Read text of a kind that has a form of its own, as addresses have, and XML."""
    try:
        return parse(text)
    except DecodeError as error:
        raise ParameterError(path, str(error)) from error


def _read_secret(_kind: type, value: Any, path: str) -> Secret:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Secret(value.to_bytes(max((value.bit_length() + 7) // 8, 1), "big"))
    if isinstance(value, bytes):
        return Secret(value)
    try:
        return Secret(hex_octets(value, path))
    except ParameterError as error:
        # the value itself must not be part of the message
        raise ParameterError(path, error.problem) from None


def _read_enum(kind: type, value: Any, path: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        words = ", ".join(str(item.value) for item in cast("type[enum.Enum]", kind))
        raise ParameterError(path, f"{_shown(value)} is none of {words}") from None


def _read_record(kind: Any, value: Any, path: str) -> Any:
    if isinstance(value, kind):
        return value
    if not isinstance(value, Mapping):
        raise ParameterError(path, f"{_shown(value)} is not an object with the record's fields")
    _check_record_name(kind, value, path)
    other_names: Mapping[str, str] = getattr(kind, "OTHER_NAMES", {})
    given: dict[str, Any] = {
        other_names.get(name, name): item for name, item in value.items() if name != "type"
    }
    fields: dict[str, Any] = {field.name: field for field in kind.fields}
    for name in given:
        if name not in fields:
            raise ParameterError(_below(path, name), f"{kind.__name__} has no such field")
    for name, field in fields.items():
        if name not in given and field.default is None and not field.optional:
            raise ParameterError(_below(path, name), "is missing")
    return kind(**{n: typed(fields[n].type, v, _below(path, n)) for n, v in given.items()})


def _check_record_name(kind: type, value: Mapping[str, Any], path: str) -> None:
    given, name = value.get("type"), record_name(kind)
    if isinstance(given, str) and given != name:
        raise ParameterError(path, f"is a {given[:40]}, must be a {name}")


_READERS: Final[tuple[tuple[type, Any], ...]] = (
    (bool, _read_bool),
    (Eui64, _read_address),
    (NetworkAddress, _read_network_address),
    (Secret, _read_secret),
    (t.Struct, _read_record),
    (int, _read_integer),
    (float, _read_float),
    (enum.Enum, _read_enum),
    (str, _read_text),
    (bytes, _read_octets),
)


def _typed_union(kind: Any, value: Any, path: str) -> Any:
    choices = get_args(kind)
    if value is None and type(None) in choices:
        return None
    problems = []
    for choice in _chosen_by_name(choices, value, path):
        if choice is type(None) or choice == Absent:
            continue
        try:
            return typed(choice, value, path)
        except ParameterError as error:
            problems.append(error)
    if not problems:
        raise ParameterError(path, f"{_shown(value)} is not allowed")
    raise problems[0]


def _chosen_by_name(choices: tuple[Any, ...], value: Any, path: str) -> tuple[Any, ...]:
    """Return the one record among the choices which the value names, all if it names none."""
    given = value.get("type") if isinstance(value, Mapping) else None
    kinds = [choice for choice in choices if isinstance(choice, type)]
    records = {name: kind for kind in kinds if (name := record_name(kind)) is not None}
    if not isinstance(given, str) or not records:
        return choices
    if given not in records:
        raise ParameterError(path, f"is a {given[:40]}, must be a {' or a '.join(records)}")
    return (records[given],)


def _typed_literal(kind: Any, value: Any, path: str) -> Any:
    if value in get_args(kind):
        return value
    words = ", ".join(str(word) for word in get_args(kind))
    raise ParameterError(path, f"{_shown(value)} is none of {words}")


def _typed_container(kind: Any, origin: Any, value: Any, path: str) -> Any:
    arguments = get_args(kind)
    if dataclasses.is_dataclass(origin):
        return _typed_dataclass(origin, value, path, arguments)
    if issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise ParameterError(path, f"{_shown(value)} is not an object")
        return {
            typed(arguments[0], name, path): typed(arguments[1], item, _below(path, str(name)))
            for name, item in value.items()
        }
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise ParameterError(path, f"{_shown(value)} is not a list")
    items = [typed(arguments[0], item, f"{path}[{i}]") for i, item in enumerate(value)]
    return tuple(items) if origin is tuple else items


@lru_cache(maxsize=256)
def annotations(kind: type) -> dict[str, Any]:
    """Return the resolved type of each field of a dataclass."""
    return get_type_hints(kind)


def _typed_dataclass(kind: Any, value: Any, path: str, arguments: tuple[Any, ...] = ()) -> Any:
    """Read a dataclass; `arguments` stand for its type variables, as in ScheduledEvent[Price]."""
    if isinstance(value, kind):
        return value
    if not isinstance(value, Mapping):
        raise ParameterError(path, f"{_shown(value)} is not an object")
    if record_name(kind) is not None:
        _check_record_name(kind, value, path)
        value = {name: item for name, item in value.items() if name != "type"}
    variables = dict(zip(getattr(kind, "__parameters__", ()), arguments, strict=False))
    hints = {name: variables.get(hint, hint) for name, hint in annotations(kind).items()}
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for name in value:
        if name not in fields:
            raise ParameterError(_below(path, str(name)), "is unknown")
    for name, field in fields.items():
        without_default = (
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        if name not in value and without_default:
            raise ParameterError(_below(path, name), "is missing")
    return kind(**{name: typed(hints[name], v, _below(path, name)) for name, v in value.items()})


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else str(name)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."  # noqa: PLR2004
