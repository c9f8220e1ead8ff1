"""Records <-> octets: a record's fields one after the other, little-endian. Compiled once a class.

Fields of a fixed size are read and written together. When something is wrong they are looked at one
by one, to tell which it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
import contextlib
from functools import cache, reduce
import itertools
from operator import attrgetter
import struct
from typing import Any, Final, TypeVar

import msgspec

from sebridge.base.errors import DecodeError
from sebridge.model.data_types import (
    LONGEST,
    CharacterString,
    CountedBy,
    FixedOctets,
    Form,
    Integer,
    PrefixedOctets,
    PresentIf,
    RemainingOctets,
)
from sebridge.model.shape import Field, Listing, fields_of, form_of, shape_of, without_form
from sebridge.model.values import ABSENT

R = TypeVar("R", bound=msgspec.Struct)

_NO_VALUE: Final = 0xFF
_CODES: Final = {8: "B", 16: "H", 32: "I", 64: "Q"}


def read_record(kind: type[R], octets: bytes) -> tuple[R, bytes]:
    """Return the record, and the octets behind its last known field; raise DecodeError.

    The offset of the error is that of the field which cannot be read.
    """
    record, end = _codec(kind).read(octets, 0)
    return record, octets[end:]


def write_record(record: msgspec.Struct) -> bytes:
    """Return the octets; raise ValueError for a value that its field cannot hold.

    No field is left off before one that is given: it is then what the record says of it, or zero.
    """
    return _codec(type(record)).write(record)


# ------------------------------------------------------------------ one field


_Read = Callable[[bytes, int], tuple[Any, int]]  # octets, offset -> value, offset behind it
_Write = Callable[[Any], bytes]


class _Part(msgspec.Struct, frozen=True):
    """How a field is read and written; `code` where the module struct has one for it."""

    read: _Read
    write: _Write
    code: str = ""


def _cut_off(offset: int) -> DecodeError:
    return DecodeError("the payload is cut off", offset)


def _integer(form: Integer) -> _Part:
    size, signed, low, high = form.size, form.signed, form.low, form.high

    def read(octets: bytes, start: int) -> tuple[int, int]:
        end = start + size
        if end > len(octets):
            raise _cut_off(start)
        return int.from_bytes(octets[start:end], "little", signed=signed), end

    def write(value: Any) -> bytes:
        if not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"{value!r} is not in {low}..{high}")
        return value.to_bytes(size, "little", signed=signed)

    code = _CODES.get(form.bits, "")
    return _Part(read, write, code.lower() if signed else code)


def _after_length(octets: bytes, start: int) -> tuple[bytes, int]:
    """Return what stands behind a length octet; nothing for the length "no value"."""
    if start >= len(octets):
        raise _cut_off(start)
    length = octets[start]
    if length == _NO_VALUE:
        return b"", start + 1
    end = start + 1 + length
    if end > len(octets):
        raise _cut_off(start)
    return octets[start + 1 : end], end


def _with_length(octets: bytes, what: str) -> bytes:
    if len(octets) > LONGEST:
        raise ValueError(f"the {what} is longer than {LONGEST} octets")
    return bytes((len(octets),)) + octets


def _text(_form: Form) -> _Part:
    def read(octets: bytes, start: int) -> tuple[str, int]:
        content, end = _after_length(octets, start)
        return content.split(b"\0", 1)[0].decode("utf-8", "replace"), end

    return _Part(read, lambda value: _with_length(value.encode("utf-8"), "text"))


def _prefixed(_form: Form) -> _Part:
    return _Part(_after_length, lambda value: _with_length(bytes(value), "octet string"))


def _fixed(form: FixedOctets) -> _Part:
    size = form.size

    def read(octets: bytes, start: int) -> tuple[bytes, int]:
        end = start + size
        if end > len(octets):
            raise _cut_off(start)
        return octets[start:end], end

    def write(value: bytes) -> bytes:
        if len(value) != size:
            raise ValueError(f"{len(value)} octets instead of {size}")
        return bytes(value)

    return _Part(read, write)


def _remaining(form: RemainingOctets) -> _Part:
    least, most = form.least, form.most

    def read(octets: bytes, start: int) -> tuple[bytes, int]:
        length = len(octets) - start
        if length < least:
            raise _cut_off(start)
        if length > most:
            raise DecodeError(f"{length} octets are more than {most}", start)
        return octets[start:], len(octets)

    return _Part(read, bytes)


_PARTS: Final[dict[type, Callable[[Any], _Part]]] = {
    Integer: _integer,
    CharacterString: _text,
    PrefixedOctets: _prefixed,
    FixedOctets: _fixed,
    RemainingOctets: _remaining,
}


@cache
def _part_of(kind: Any) -> _Part:
    """Return how a field of a type is read and written; TypeError for a type of no such form."""
    if (form := form_of(kind)) is not None:
        return _PARTS[type(form)](form)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        codec = _codec(kind)
        return _Part(codec.read, codec.write)
    shape = shape_of(kind)
    if not isinstance(shape, Listing):
        raise TypeError(f"{kind!r} has no form on the air")
    item = _part_of(shape.items)

    def read(octets: bytes, start: int) -> tuple[tuple[Any, ...], int]:
        found = []
        while start < len(octets):
            value, end = _item(item.read, octets, start)
            if end == start:
                raise DecodeError("an item without octets", start)
            found.append(value)
            start = end
        return tuple(found), start

    return _Part(read, lambda values: b"".join([item.write(value) for value in values]))


def _item(read: _Read, octets: bytes, start: int) -> tuple[Any, int]:
    """Read an item of a list; one that is cut off is wrong from its beginning on."""
    try:
        return read(octets, start)
    except DecodeError as error:
        raise DecodeError(str(error), start) from error


# ------------------------------------------------------------------ one record


_Values = dict[str, Any]
_ReadSome = Callable[[bytes, int, _Values], int]  # octets, offset, found so far -> offset behind


class _Codec:
    """Reads and writes the records of one class."""

    def __init__(self, kind: type[msgspec.Struct]) -> None:
        self._kind = kind
        self._fields = fields_of(kind)
        self._parts = {field.name: _part_of(_bare(field.kind)) for field in self._fields}
        self._counts = {field.name: count for field in self._fields if (count := _count(field))}
        fixed = list(itertools.takewhile(lambda f: not f.may_be_left_off, self._fields))
        self._whole = [self._reader(run) for run in self._runs(fixed)]
        self._rest = list(self._fields[len(fixed) :])
        self._conditions: Mapping[str, PresentIf] = getattr(kind, "PRESENT_IF", {})
        self._tail_names = [field.name for field in self._rest]
        self._tail_of = _getter(self._tail_names)
        all_fixed = all(self._parts[name].code for name in self._tail_names)
        self._tail = self._layout(self._rest) if all_fixed and not self._conditions else None
        self._writers = [self._writer(run) for run in self._runs(fixed)]

    def _runs(self, fields: Sequence[Field]) -> list[list[Field]]:
        """Return the fields in groups that the module struct can take at once, others alone."""
        runs: list[list[Field]] = []
        goes_on = False
        for field in fields:
            is_fixed = bool(self._parts[field.name].code)
            if goes_on and is_fixed:
                runs[-1].append(field)
            else:
                runs.append([field])
            goes_on = is_fixed
        return runs

    def _layout(self, run: Sequence[Field]) -> struct.Struct | None:
        codes = "".join(self._parts[field.name].code for field in run)
        return struct.Struct("<" + codes) if codes else None

    # -------------------------------------------------------------- octets -> record

    def read(self, octets: bytes, start: int) -> tuple[Any, int]:
        """Return the record at `start`, and the offset behind it."""
        values: _Values = {}
        end = start
        for read in self._whole:
            end = read(octets, end, values)
        if self._tail is not None and len(octets) - end >= self._tail.size:
            values.update(zip(self._tail_names, self._tail.unpack_from(octets, end), strict=True))
            return self._kind(**values), end + self._tail.size
        for field in self._rest:
            if self._is_there(field, values, is_left_off=end >= len(octets)):
                end = self._read_one(field, octets, end, values)
            else:
                values[field.name] = None
        return self._kind(**values), end

    def _is_there(self, field: Field, values: _Values, *, is_left_off: bool) -> bool:
        condition = self._conditions.get(field.name)
        if condition is not None:
            return condition.is_met(values[condition.name])
        return not (is_left_off and field.may_be_left_off)

    def _reader(self, run: list[Field]) -> _ReadSome:
        layout = self._layout(run)
        if layout is None:
            return lambda octets, start, values: self._read_one(run[0], octets, start, values)
        names = [field.name for field in run]
        unpack, size = layout.unpack_from, layout.size

        def read(octets: bytes, start: int, values: _Values) -> int:
            end = start + size
            if end > len(octets):  # one of them says that it is cut off
                return reduce(
                    lambda at, field: self._read_one(field, octets, at, values), run, start
                )
            values.update(zip(names, unpack(octets, start), strict=True))
            return end

        return read

    def _read_one(self, field: Field, octets: bytes, start: int, values: _Values) -> int:
        part = self._parts[field.name]
        try:
            if count := self._counts.get(field.name):
                values[field.name], end = self._read_counted(field, count, octets, start, values)
            else:
                values[field.name], end = part.read(octets, start)
        except DecodeError as error:
            name = f"{self._kind.__name__}: {field.name}"
            raise DecodeError(f"{name}: {error}", error.offset) from error
        return end

    def _read_counted(
        self, field: Field, count: CountedBy, octets: bytes, start: int, values: _Values
    ) -> tuple[tuple[Any, ...], int]:
        read = _part_of(_items(field)).read
        found = []
        for _ in range(values[count.name] & count.mask):
            value, start = _item(read, octets, start)
            found.append(value)
        return tuple(found), start

    # -------------------------------------------------------------- record -> octets

    def write(self, record: msgspec.Struct) -> bytes:
        """Return the octets of a record."""
        written = [write(record) for write in self._writers]
        if not self._rest:
            return b"".join(written)
        if self._tail is not None and None not in (tail := self._tail_of(record)):
            with contextlib.suppress(struct.error):
                written.append(self._tail.pack(*tail))
                return b"".join(written)
        if self._conditions:
            return b"".join([*written, *self._write_conditional(record)])
        given = [getattr(record, field.name) is not None for field in self._rest]
        while given and not given[-1]:
            given.pop()
        for field, is_given in zip(self._rest, given, strict=False):
            value = getattr(record, field.name) if is_given else self._gap(field)
            written.append(self._write_one(field, record, value))
        return b"".join(written)

    def _write_conditional(self, record: msgspec.Struct) -> Iterator[bytes]:
        """Yield the fields that are there because others say so."""
        for field in self._rest:
            condition, value = self._conditions[field.name], getattr(record, field.name)
            is_there = condition.is_met(getattr(record, condition.name))
            if is_there != (value is not None):
                problem = "is needed" if is_there else "cannot be"
                raise ValueError(f"{field.name} {problem}, as {condition.name} says")
            if is_there:
                yield self._write_one(field, record, value)

    def _gap(self, field: Field) -> Any:
        """Return what stands for a field that was left off, before one that was not."""
        unused: Mapping[str, int] = getattr(self._kind, "UNUSED", {})
        return unused.get(field.name, 0) if field.default is ABSENT else field.default

    def _writer(self, run: list[Field]) -> Callable[[msgspec.Struct], bytes]:
        layout = self._layout(run)

        def write_each(record: msgspec.Struct) -> bytes:
            return b"".join(
                [self._write_one(field, record, getattr(record, field.name)) for field in run]
            )

        if layout is None:
            return write_each
        pack, values_of = layout.pack, _getter([field.name for field in run])

        def write(record: msgspec.Struct) -> bytes:
            try:
                return pack(*values_of(record))
            except struct.error:
                return write_each(record)

        return write

    def _write_one(self, field: Field, record: msgspec.Struct, value: Any) -> bytes:
        if count := self._counts.get(field.name):
            expected = getattr(record, count.name) & count.mask
            if len(value) != expected:
                problem = f"{len(value)} items, where {count.name} says length {expected}"
                raise ValueError(f"{field.name}: {problem}")
        try:
            return self._parts[field.name].write(value)
        except (TypeError, AttributeError) as error:
            raise ValueError(f"{field.name}: {value!r} is not of its type") from error
        except ValueError as error:
            raise ValueError(f"{field.name}: {error}") from error


def _getter(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gets the values of fields, as a tuple also where there is one or none."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple([getattr(record, name) for name in names])


def _count(field: Field) -> CountedBy | None:
    _, note = without_form(field.kind)
    return note if isinstance(note, CountedBy) else None


def _bare(kind: Any) -> Any:
    bare, note = without_form(kind)
    return bare if isinstance(note, CountedBy) else kind


def _items(field: Field) -> Any:
    shape = shape_of(field.kind)
    assert isinstance(shape, Listing), "only a list is counted"
    return shape.items


@cache
def _codec(kind: type[msgspec.Struct]) -> _Codec:
    return _Codec(kind)
