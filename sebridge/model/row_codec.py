"""Typed values <-> JSON text of a row. What is read equals what was written.

Close to `model.plain`, with differences that storage needs: a Secret is written as it is, a
record's field which the peer left off stays left off, and a union is read as the member that was
written (text "true" does not come back as a truth value). A field that this version does not know
is no error: it is kept, and written back.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence, Set as AbstractSet
import json
from typing import Annotated, Any, Final, Generic, TypeVar, cast, get_origin

import msgspec
from typing_extensions import override

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.model.plain import SCALARS, Reader, Readers, Writers, below
from sebridge.model.record import Record, fields_by_name
from sebridge.model.shape import Fields, annotations, declares_fields, fields_of, notes_of
from sebridge.model.values import ABSENT

T = TypeVar("T")

Document = Any
"""What the JSON text of a row holds."""
Upgrade = Callable[[Document], Document]
"""Makes of a row's older form the next newer one, and leaves one that has it already."""

_LATER: Final = "later"
_ENCODE: Final = json.JSONEncoder(separators=(",", ":")).encode
_DECODE: Final = msgspec.json.Decoder().decode


class Unknown(msgspec.Struct, frozen=True):
    """A row with fields that this version does not know, and how this version would write it."""

    document: Document
    known: Document


Later = Annotated[T, _LATER]
"""The type of a field that came when there were rows without it already.

It stands in a row of its own, beside that of the value, and only where it is not the default: code
that refuses what it does not know goes on to read the row.
"""


class RowCodec(Generic[T]):
    """The written form of one kind of value.

    A kind is a class of named fields (generic ones with their argument), a Record, a scalar, or
    lists, tuples, sets, mappings and unions of these. TypeError at once for any other kind. Plain
    values (numbers, text, booleans, None) of the kinds Any and Hashable come back as they were.
    """

    def __init__(self, kind: Any) -> None:
        self._readers = _RowReaders()
        self._read = self._readers.of(kind)
        self._later = _later_fields(get_origin(kind) or kind)

    @property
    def has_later_fields(self) -> bool:
        """Whether a value may have a row of its own for fields that came later."""
        return bool(self._later)

    def write(self, value: T, unknown: Unknown | None = None) -> str:
        """Return the JSON text, with what was unknown when it was read; TypeError for no form."""
        written = _written(value)
        for name in self._later:
            del written[name]
        if unknown is not None:
            written = _with_unknown(written, unknown.known, unknown.document)
        return _ENCODE(written)

    def write_later(self, value: T) -> str | None:
        """Return the JSON text of the fields that came later; None where all have their default."""
        given = {name: getattr(value, name) for name in self._later}
        written = {n: _written(item) for n, item in given.items() if item != self._later[n]}
        return _ENCODE(written) if written else None

    def read(self, text: str) -> T:
        """Return the value; ParameterError with the path of what cannot be read."""
        return self.read_row(text)[0]

    def read_row(
        self, text: str, upgrades: Sequence[Upgrade] = (), later: str = "{}"
    ) -> tuple[T, Unknown | None]:
        """Return the value, and what this version does not know of it, if there is such.

        `later` is the text of the fields that came later; the upgrades are made first, in order.
        """
        try:
            document = _parsed(text)
            if self._later:
                document |= _parsed(later)
            for upgrade in upgrades:
                document = upgrade(document)
            self._readers.begin()
            value = cast("T", self._read(document))
        except ParameterError as error:
            # the value itself may be a secret and must not be part of the message
            raise ParameterError(error.path, "cannot be read") from None
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ParameterError("", f"not readable ({type(error).__name__})") from error
        if not self._readers.unknown:
            return value, None
        return value, Unknown(document, _written(value))


def _parsed(text: str) -> Document:
    try:
        return _DECODE(text)
    except msgspec.DecodeError:
        return json.loads(text)  # text may hold half of a surrogate pair, or a number be infinite


def _with_unknown(written: Document, known: Document, document: Document) -> Document:
    """Put into a written form what the row it comes from has beyond what was known of it."""
    if isinstance(written, dict) and isinstance(known, dict) and isinstance(document, dict):
        merged = {
            name: _with_unknown(item, known[name], document[name])
            if name in known and name in document
            else item
            for name, item in written.items()
        }
        return merged | {name: item for name, item in document.items() if name not in known}
    if isinstance(written, list) and isinstance(known, list) and isinstance(document, list):
        return [_item_with_unknown(item, known, document) for item in written]
    return written


def _item_with_unknown(item: Document, known: list[Any], document: list[Any]) -> Document:
    """Find the item in the row by what was known of it: its place may be another now."""
    place = known.index(item) if item in known else len(document)
    return _with_unknown(item, known[place], document[place]) if place < len(document) else item


def _later_fields(kind: Any) -> dict[str, Any]:
    if not (isinstance(kind, type) and declares_fields(kind)):
        return {}
    hints = annotations(kind)
    return {f.name: f.default for f in fields_of(kind) if _LATER in notes_of(hints[f.name])}


# ------------------------------------------------------------------ value -> plain


def _written(value: object) -> Document:
    return _WRITERS[type(value)](value)


def _compound(kind: type) -> Callable[[Any], Any]:
    if issubclass(kind, Record):
        return _record
    if declares_fields(kind):
        return _object([field.name for field in fields_of(kind)])
    if issubclass(kind, (Sequence, AbstractSet)):
        return lambda value: [_written(item) for item in value]
    raise TypeError(f"{kind.__name__} cannot be stored")


def _record(record: Record) -> dict[str, Any]:
    return {name: _WRITERS[type(value)](value) for name, value in fields_by_name(record).items()}


def _object(names: Sequence[str]) -> Callable[[Any], dict[str, Any]]:
    def write(value: object) -> dict[str, Any]:
        given = ((name, getattr(value, name)) for name in names)
        return {name: _written(item) for name, item in given if item is not ABSENT}

    return write


def _mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(_written(key)): _written(item) for key, item in value.items()}


_WRITERS: Final = Writers(
    ((Secret, lambda value: value.reveal().hex()), *SCALARS, (Mapping, _mapping)), _compound
)


# ------------------------------------------------------------------ plain -> value


class _RowReaders(Readers):
    """Compiles declared types into readers of what was written, by this version or another."""

    def __init__(self) -> None:
        super().__init__()
        self.unknown = 0
        """How many unknown fields were passed over since `begin`."""

    def begin(self) -> None:
        """Begin with another row."""
        self.unknown = 0

    @override
    def of(self, kind: Any) -> Reader:
        if isinstance(kind, TypeVar):
            raise TypeError(f"{kind!r} cannot be stored: it says nothing of the values")
        if kind is Hashable:
            return _hashable
        return super().of(kind)

    @override
    def choice(self, kinds: tuple[Any, ...]) -> Reader:
        readers = [self.of(kind) for kind in kinds if kind is not type(None)]
        allows_none = type(None) in kinds

        def read(value: Any) -> Any:
            if value is None and allows_none:
                return None
            if len(readers) == 1:
                return readers[0](value)
            found = [one for one in map(self._trial(value), readers) if one is not None]
            if not found:
                raise ParameterError("", "is of none of the types it may have")
            _, unknown, best = max(found, key=lambda one: one[0])
            self.unknown += unknown
            return best

        return read

    def _trial(self, value: Any) -> Callable[[Reader], tuple[int, int, Any] | None]:
        """Return what tells how well a reader fits, what it passed over, and what it read."""

        def attempt(reader: Reader) -> tuple[int, int, Any] | None:
            before = self.unknown
            try:
                found = reader(value)
                fit = _fit(_written(found), value)
                return None if fit < 0 else (fit, self.unknown - before, found)
            except (ParameterError, ValueError, TypeError):
                return None
            finally:
                self.unknown = before

        return attempt

    @override
    def fields(self, shape: Fields) -> Reader:
        kind: Any = shape.kind
        readers = {field.name: self.of(field.kind) for field in shape.fields}
        required = [field.name for field in shape.fields if field.required]
        may_be_left_off = {field.name for field in shape.fields if field.may_be_left_off}

        def read(value: Any) -> Any:
            if value.__class__ is not dict:
                raise ParameterError("", "is not an object")
            given = {}
            name = ""
            try:
                for name, item in value.items():
                    left_off = item is None and name in may_be_left_off
                    given[name] = None if left_off else readers[name](item)
            except ParameterError as error:
                raise below(name, error) from error.__cause__
            except KeyError:
                known = {name: item for name, item in value.items() if name in readers}
                self.unknown += len(value) - len(known)
                return read(known)
            for name in required:
                if name not in given:
                    raise ParameterError(name, "is missing")
            return kind(**given)

        return read


def _hashable(value: Any) -> Any:
    if not isinstance(value, Hashable):
        raise ParameterError("", "is a list or an object")
    return value


def _fit(written: Document, value: Document) -> int:
    """Return how well a written form fits a row: 0 and more for objects, -1 for another value."""
    if _ENCODE(written) == _ENCODE(value):
        return 1 << 30
    if not isinstance(written, dict) or not isinstance(value, dict):
        return -1
    return len(written.keys() & value.keys()) * 2 - len(value.keys() - written.keys())
