"""Typed values <-> plain dicts, lists, strings and numbers.

`to_plain` is what JSON, storage and MQTT show; `from_plain` reads it back into the types that a
record, a dataclass or a method declares, and takes other spellings as well. Both are compiled from
the declaration, once for each type.
"""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
import enum
from operator import attrgetter
import re
from typing import Any, Final, TypeVar, get_origin

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.clock import ZIGBEE_EPOCH, iso_time
from sebridge.base.errors import DecodeError, ParameterError
from sebridge.base.redaction import shown
from sebridge.base.secret import Secret
from sebridge.model.record import Record, fields_by_name, record_name
from sebridge.model.shape import (
    Choice,
    Fields,
    Limited,
    Listing,
    Plain,
    Row,
    Shape,
    Table,
    Whole,
    Words,
    declares_fields,
    names_of,
    shape_of,
    without_form,
)
from sebridge.model.values import ABSENT, Base64

T = TypeVar("T")

Reader = Callable[[Any], Any]
"""Returns a plain value as what is declared; raises ParameterError, its path from here on."""

_NOT_HEX: Final = re.compile(r"[^0-9a-fA-F]")
_INTEGER: Final = re.compile(r"[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)")
_LONGEST_INTEGER: Final = 40
_BASE64: Final = "base64"
"""The one field of an object that stands for octets."""
_UNIX_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_A_TIME: Final = iso_time(ZIGBEE_EPOCH)
_HIGHEST_NWK: Final = 0xFFFF
_SHOWN: Final = 40  # characters of a wrong value in an error


# ------------------------------------------------------------------ typed -> plain


class Writers(dict[type, Callable[..., Any]]):
    """What writes the values of a type, found once for each type.

    It is that of the first of `families` to which the type belongs, or what `compound` makes.
    """

    def __init__(
        self,
        families: Sequence[tuple[Any, Callable[..., Any]]],
        compound: Callable[[type], Callable[..., Any]],
    ) -> None:
        super().__init__()
        self._families = families
        self._compound = compound

    def __missing__(self, kind: type) -> Callable[..., Any]:
        for family, write in self._families:
            if issubclass(kind, family):
                self[kind] = write
                return write
        self[kind] = made = self._compound(kind)
        return made


def to_plain(value: object) -> Any:
    """Return the value as dicts, lists, strings, numbers, booleans and None.

    Fields of a record that are None are left out, and those of other classes that are ABSENT.
    """
    return _WRITERS[type(value)](value)


def _writer_of(kind: type) -> Callable[[Any], Any]:
    if issubclass(kind, Record):
        return _plain_record
    if declares_fields(kind):
        return _fields_writer(names_of(kind))
    if issubclass(kind, _LISTS):
        return _plain_list
    raise TypeError(f"{kind.__name__} has no plain form")


def _plain_record(record: Record) -> dict[str, Any]:
    return {
        name: value if value.__class__ in _PLAIN_ALREADY else _WRITERS[type(value)](value)
        for name, value in fields_by_name(record).items()
        if value is not None
    }


def _fields_writer(names: Sequence[str]) -> Callable[[Any], dict[str, Any]]:
    values_of = attrgetter(*names, "__class__") if names else lambda _value: ()

    def write(value: object) -> dict[str, Any]:
        return {
            name: item if item.__class__ in _PLAIN_ALREADY else _WRITERS[type(item)](item)
            for name, item in zip(names, values_of(value), strict=False)
            if item is not ABSENT
        }

    return write


def _plain_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(to_plain(key)): to_plain(item) for key, item in value.items()}


def _plain_list(value: Iterable[Any]) -> list[Any]:
    return [to_plain(item) for item in value]


def _plain_base64(value: Base64) -> dict[str, str]:
    return {_BASE64: base64.b64encode(value).decode()}


def as_it_is(value: Any) -> Any:
    """Return the value."""
    return value


SCALARS: Final[tuple[tuple[Any, Callable[[Any], Any]], ...]] = (
    ((type(None), bool, float), as_it_is),
    ((Eui64, NetworkAddress), str),
    (int, int),
    (enum.Enum, lambda value: to_plain(value.value)),
    ((bytes, bytearray), lambda value: bytes(value).hex()),
    (str, str),
)
"""Families of types whose plain form is the same for callers and in storage."""

_PLAIN_ALREADY: Final = frozenset({int, str, bool, float, type(None)})
_LISTS: Final = (Sequence, set, frozenset)

_WRITERS: Final = Writers(
    ((Secret, repr), (Base64, _plain_base64), *SCALARS, (Mapping, _plain_mapping)),
    _writer_of,
)


# ------------------------------------------------------------------ plain -> typed


def from_plain(kind: Any, value: Any, path: str = "") -> Any:
    """Return `value` as the declared type; raise ParameterError with the path of what is wrong."""
    try:
        return reader_of(kind)(value)
    except ParameterError as error:
        raise below(path, error) from error.__cause__


def reader_of(kind: Any) -> Reader:
    """Return what reads values of a type; TypeError for a type that cannot be read.

    Those of classes are kept, others are made anew: hold on to them.
    """
    return _READERS.of(kind)


def below(name: str, error: ParameterError) -> ParameterError:
    """Return an error of a part as one of the whole, in which the part has this name."""
    if not name:
        return error
    joined = f"{name}{'' if error.path.startswith('[') else '.'}{error.path}"
    return ParameterError(joined if error.path else name, error.problem)


class Readers:
    """Compiles declared types into readers: the forms that callers may give."""

    def __init__(self) -> None:
        self._known: dict[type, Reader] = {}

    def of(self, kind: Any) -> Reader:
        """Return the reader of a type."""
        bare, _ = without_form(kind)
        if isinstance(kind, type) and get_origin(kind) is None:
            known = self._known.get(kind)
            return known if known is not None else self._of_class(kind)
        return self._of_shape(bare, shape_of(kind))

    def _of_class(self, kind: type) -> Reader:
        def read_again(value: Any) -> Any:
            return self._known[kind](value)

        self._known[kind] = read_again  # for a class that holds others of its own kind
        try:
            read = self._of_shape(kind, shape_of(kind))
        except TypeError:
            del self._known[kind]
            raise
        self._known[kind] = read
        return read

    def _of_shape(self, kind: Any, shape: Shape) -> Reader:
        makers: Mapping[type, Callable[[Any, Any], Reader]] = {
            Plain: lambda kind, shape: _SCALAR_READERS[shape](kind),
            Whole: _whole_reader,
            Limited: _limited_reader,
            Words: _words_reader,
            Choice: lambda _kind, shape: self.choice(shape.kinds),
            Listing: lambda _kind, shape: self._listing(shape),
            Row: lambda _kind, shape: self._row(shape.items),
            Table: lambda _kind, shape: self._table(shape),
            Fields: lambda _kind, shape: self.fields(shape),
        }
        return makers[type(shape)](kind, shape)

    # -------------------------------------------------------------- what has parts

    def choice(self, kinds: tuple[Any, ...]) -> Reader:
        """Return the reader of a union: the first member that takes the value, or is named."""
        candidates = [self.of(kind) for kind in kinds if kind is not type(None)]
        allows_none = type(None) in kinds
        named = {
            name: candidate
            for kind, candidate in zip(
                [kind for kind in kinds if kind is not type(None)], candidates, strict=True
            )
            if isinstance(kind, type) and (name := record_name(kind)) is not None
        }

        def read(value: Any) -> Any:
            if value is None and allows_none:
                return None
            problem: ParameterError | None = None
            for candidate in _chosen(candidates, named, value):
                try:
                    return candidate(value)
                except ParameterError as error:
                    problem = problem or error
            raise problem or ParameterError("", f"{shown(value)} is not allowed")

        return read

    def _listing(self, shape: Listing) -> Reader:
        read_item, collected = self.of(shape.items), shape.collected

        def read(value: Any) -> Any:
            found = []
            for place, item in enumerate(_listed(value)):
                try:
                    found.append(read_item(item))
                except ParameterError as error:
                    raise below(f"[{place}]", error) from error.__cause__
            return found if collected is list else collected(found)

        return read

    def _row(self, items: tuple[Any, ...]) -> Reader:
        readers = [self.of(item) for item in items]

        def read(value: Any) -> Any:
            given = _listed(value)
            if len(given) != len(readers):
                raise ParameterError("", f"does not have {len(readers)} items")
            found = []
            for place, (read_item, item) in enumerate(zip(readers, given, strict=True)):
                try:
                    found.append(read_item(item))
                except ParameterError as error:
                    raise below(f"[{place}]", error) from error.__cause__
            return tuple(found)

        return read

    def _table(self, shape: Table) -> Reader:
        read_name, read_value = self.of(shape.names), self.of(shape.values)

        def read(value: Any) -> Any:
            _check_object(value)
            found = {}
            for name, item in value.items():
                key = read_name(name)
                try:
                    found[key] = read_value(item)
                except ParameterError as error:
                    raise below(str(name), error) from error.__cause__
            return found

        return read

    def fields(self, shape: Fields) -> Reader:
        """Return the reader of a record or dataclass."""
        kind: Any = shape.kind
        other_names: Mapping[str, str] = getattr(kind, "OTHER_NAMES", {})
        readers = {field.name: self.of(field.kind) for field in shape.fields}
        named = {other: readers[own] for other, own in other_names.items()} | readers
        name_of_kind = record_name(kind)

        def read(value: Any) -> Any:
            if value.__class__ is not dict:
                if isinstance(value, kind):
                    return value
                _check_object(value)
            given = {}
            name = ""
            try:
                for name, item in value.items():
                    given[name] = named[name](item)
            except ParameterError as error:
                raise below(name, error) from error.__cause__
            except KeyError:
                return kind(**_checked(value, shape, name_of_kind, named))
            try:
                return kind(**given)
            except TypeError:  # something is missing, or has another of its names
                return kind(**_checked(value, shape, name_of_kind, named))

        return read


def _checked(
    value: Mapping[Any, Any],
    shape: Fields,
    name: str | None,
    readers: Mapping[str, Reader],
) -> dict[str, Any]:
    """Read what is no plain case: the record's own name, other spellings, something wrong."""
    if name is not None:
        _check_record_name(name, value)
        value = {part: item for part, item in value.items() if part != "type"}
    other_names: Mapping[str, str] = getattr(shape.kind, "OTHER_NAMES", {})
    given: dict[str, Any] = {}
    for part, item in value.items():
        if part not in readers:
            raise ParameterError(str(part), "is unknown")
        try:
            given[other_names.get(part, part)] = readers[part](item)
        except ParameterError as error:
            raise below(part, error) from error.__cause__
    for field in shape.fields:
        if field.required and field.name not in given:
            raise ParameterError(field.name, "is missing")
    return given


def _check_record_name(name: str, value: Mapping[str, Any]) -> None:
    given = value.get("type")
    if isinstance(given, str) and given != name:
        raise ParameterError("", f"is a {given[:_SHOWN]}, must be a {name}")


def _chosen(
    candidates: Sequence[Reader], named: Mapping[str, Reader], value: Any
) -> Sequence[Reader]:
    """Return the one record among the candidates which the value names, all if it names none."""
    given = value.get("type") if isinstance(value, Mapping) else None
    if not isinstance(given, str) or not named:
        return candidates
    if given not in named:
        raise ParameterError("", f"is a {given[:_SHOWN]}, must be a {' or a '.join(named)}")
    return (named[given],)


def _check_object(value: Any) -> None:
    if not isinstance(value, Mapping):
        raise ParameterError("", f"{shown(value)} is not an object")


def _listed(value: Any) -> Sequence[Any]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise ParameterError("", f"{shown(value)} is not a list")
    return value


# ------------------------------------------------------------------ readers of scalars


def _whole_reader(kind: Any, shape: Whole) -> Reader:
    low, high = shape.low, shape.high
    if low is None or high is None:
        return integer if kind is int else lambda value: kind(integer(value))
    span = high - low + 1
    number_of = integer if shape.epoch is None else _moment_reader(shape.epoch)
    since = "" if shape.epoch is None else f" seconds since {iso_time(shape.epoch)}"

    def read(value: Any) -> Any:
        if value.__class__ is int and low <= value <= high:
            return value
        number = number_of(value)
        if low < 0 and high < number < span:
            number -= span  # 0x8000 and -0x8000 are the same bits on the air
        if not low <= number <= high:
            given = shown(value if since and isinstance(value, str) else number)
            raise ParameterError("", f"{given} is not in {low}..{high}{since}")
        return number

    return read if kind is int else lambda value: kind(read(value))


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
    raise ParameterError(path, f"{shown(value)} is not a whole number")


def _moment_reader(epoch: int) -> Callable[[Any], int]:
    """Return what reads a time in seconds since an epoch (seconds since 1970), or as ISO 8601.

    A time without an offset is in UTC; parts of a second are dropped.
    """

    def read(value: Any) -> int:
        if not isinstance(value, str) or _INTEGER.fullmatch(value.strip()):
            return integer(value)
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            problem = f"{shown(value)} is neither a whole number nor a time such as {_A_TIME}"
            raise ParameterError("", problem) from None
        known = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return (known - _UNIX_EPOCH) // timedelta(seconds=1) - epoch

    return read


def _words_reader(kind: Any, shape: Words) -> Reader:
    words = shape.words
    allowed = ", ".join(str(word) for word in words)
    is_enum = isinstance(kind, type)
    is_number = is_enum and issubclass(kind, int)

    def read(value: Any) -> Any:
        try:
            if is_enum:
                return kind(integer(value) if is_number else value)
            if value in words:
                return value
        except ValueError:
            pass
        raise ParameterError("", f"{shown(value)} is none of {allowed}")

    return read


def _nothing_reader(_kind: Any) -> Reader:
    def read(value: Any) -> None:
        if value is not None:
            raise ParameterError("", "must be empty")

    return read


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
        return value.strip().lower() == "true"
    raise ParameterError("", f"{shown(value)} is neither true nor false")


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ParameterError("", f"{shown(value)} is not a number")
    try:
        return float(value)
    except OverflowError:
        raise ParameterError("", "is too large a number") from None


def _limited_reader(_kind: Any, shape: Limited) -> Reader:
    low, high = shape.low, shape.high

    def read(value: Any) -> float:
        number = _number(value)
        if not low <= number <= high:
            raise ParameterError("", f"{shown(value)} is not in {low}..{high}")
        return number

    return read


def _is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8 at all."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text_reader(kind: Any) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise ParameterError("", f"{shown(value)} is not text")
        if not (value.isascii() or _is_unicode(value)):
            raise ParameterError("", "holds half of a surrogate pair")
        if value.__class__ is kind:
            return value
        return _parsed(kind, value)

    return read


def _octets_reader(kind: Any) -> Reader:
    def read(value: Any) -> Any:
        octets = octets_of(value)
        return octets if isinstance(octets, kind) else kind(octets)

    return read


def octets_of(value: Any, path: str = "") -> bytes:
    """Return octets from octets, from hex text, or from an object that names its base.

    Such an object is {"base64": text} or {"base16": text}. Errors never show the value.
    """
    if isinstance(value, (bytes, bytearray)):
        return value if isinstance(value, bytes) else bytes(value)
    if isinstance(value, Mapping) and len(value) == 1:
        ((base, text),) = value.items()
        if base in _BASES and isinstance(text, str):
            return _BASES[base](text, path)
    return hex_octets(value, path)


def base64_octets(text: str, path: str = "") -> Base64:
    """Return the octets of base64 text, white space dropped; raise ParameterError otherwise."""
    try:
        return Base64(base64.b64decode("".join(text.split()), validate=True))
    except ValueError:
        raise ParameterError(path, "is not base64") from None


def hex_octets(value: Any, path: str = "") -> bytes:
    """Return the octets of hex text, delimiters dropped; raise ParameterError otherwise."""
    if not isinstance(value, str):
        raise ParameterError(path, "must be hex digits")
    digits = _NOT_HEX.sub("", value.removeprefix("0x"))
    if len(digits) % 2:
        raise ParameterError(path, "has an odd number of hex digits")
    return bytes.fromhex(digits)


_BASES: Final[Mapping[str, Callable[[str, str], bytes]]] = {
    "base16": hex_octets,
    _BASE64: base64_octets,
}


def _address(value: Any) -> Eui64:
    if isinstance(value, Eui64):
        return value
    if not isinstance(value, str):
        raise ParameterError("", f"{shown(value)} is not a 64-bit address")
    return _parsed(Eui64.parse, value)


def _network_address(value: Any) -> NetworkAddress:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _HIGHEST_NWK:
        return NetworkAddress(value)
    if not isinstance(value, str):
        raise ParameterError("", f"{shown(value)} is not a 16-bit address")
    return _parsed(NetworkAddress.parse, value)


def _parsed(parse: Callable[[str], T], text: str) -> T:
    """Read text of a kind that has a form of its own, as addresses have, and XML."""
    try:
        return parse(text)
    except DecodeError as error:
        raise ParameterError("", str(error)) from error


def _secret(value: Any) -> Secret:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Secret(value.to_bytes(max((value.bit_length() + 7) // 8, 1), "big"))
    if isinstance(value, (bytes, Secret)):
        return Secret(value) if isinstance(value, bytes) else value
    return Secret(hex_octets(value))  # whose errors never show the value


_SCALAR_READERS: Final[Mapping[Plain, Callable[[Any], Reader]]] = {
    Plain.ANYTHING: lambda _kind: as_it_is,
    Plain.NOTHING: _nothing_reader,
    Plain.TRUTH: lambda _kind: _truth,
    Plain.NUMBER: lambda _kind: _number,
    Plain.TEXT: _text_reader,
    Plain.OCTETS: _octets_reader,
    Plain.ADDRESS: lambda _kind: _address,
    Plain.NETWORK_ADDRESS: lambda _kind: _network_address,
    Plain.SECRET: lambda _kind: _secret,
}

_READERS: Final = Readers()
