"""Records <-> hex digits: a record's fields one after the other, big-endian. Compiled once a class.

Source: command reference of the RESTwise project, data types.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
import re
import struct
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError

R = TypeVar("R", bound=msgspec.Struct)

_REAL: Final = struct.Struct(">f")
_HEX: Final = re.compile("[0-9A-F]*")


class Form(msgspec.Struct, frozen=True):
    """How a field stands in a payload: its hex digits, and what they say.

    `write` raises ValueError for what the field cannot hold, `read` for digits that say nothing.
    """

    digits: int
    read: Callable[[str], Any]
    write: Callable[[Any], str]


def _write_whole(digits: int, value: int) -> str:
    if not 0 <= value < 16**digits:
        raise ValueError(f"{value} is not in 0..{16**digits - 1}")
    return f"{value:0{digits}X}"


def _write_signed(digits: int, value: int) -> str:
    half = 16**digits // 2
    if not -half <= value < half:
        raise ValueError(f"{value} is not in {-half}..{half - 1}")
    return f"{value % 16**digits:0{digits}X}"


def _read_signed(digits: int, text: str) -> int:
    value, half = int(text, 16), 16**digits // 2
    return value - 2 * half if value >= half else value


def _write_decimal(value: int) -> str:
    if not 0 <= value <= 99:  # noqa: PLR2004  # two decimal digits
        raise ValueError(f"{value} is not in 0..99")
    return f"{value:02d}"


def _write_real(value: float) -> str:
    try:
        return _REAL.pack(value).hex().upper()
    except OverflowError as error:
        raise ValueError(f"{value} is too large for a single") from error


def _write_text(digits: int, value: str) -> str:
    if len(value) != digits or not _HEX.fullmatch(value):
        raise ValueError(f"{value!r} is not {digits} hex digits in upper case")
    return value


def _whole(digits: int) -> Form:
    return Form(digits, partial(int, base=16), partial(_write_whole, digits))


def _signed(digits: int) -> Form:
    return Form(digits, partial(_read_signed, digits), partial(_write_signed, digits))


U8 = Annotated[int, _whole(2)]
U16 = Annotated[int, _whole(4)]
U32 = Annotated[int, _whole(8)]
U64 = Annotated[int, _whole(16)]
S16 = Annotated[int, _signed(4)]
S32 = Annotated[int, _signed(8)]
F32 = Annotated[float, Form(8, lambda text: _REAL.unpack(bytes.fromhex(text))[0], _write_real)]
"""IEEE 754, single; as the nearest double."""
Bcd = Annotated[int, Form(2, int, _write_decimal)]
"""0 to 99, as two decimal digits."""
Mac = Annotated[
    Eui64, Form(16, lambda text: Eui64(int(text, 16)), lambda value: _write_whole(16, value))
]
Hardware = Annotated[str, Form(12, str, partial(_write_text, 12))]
"""A hardware version, as its 12 digits."""


def _form_of(kind: Any) -> Form:
    if get_origin(kind) is Annotated:
        form = get_args(kind)[1]
        assert isinstance(form, Form)
        return form
    if get_origin(kind) is tuple:
        return _several(get_args(kind))
    return Form(digits_of(kind), partial(read_record, kind), write_record)


def _several(kinds: tuple[Any, ...]) -> Form:
    """Return the form of items that follow each other."""
    forms = [_form_of(kind) for kind in kinds]

    def read(text: str) -> tuple[Any, ...]:
        items, start = [], 0
        for form in forms:
            items.append(form.read(text[start : start + form.digits]))
            start += form.digits
        return tuple(items)

    def write(items: tuple[Any, ...]) -> str:
        return "".join(form.write(item) for form, item in zip(forms, items, strict=True))

    return Form(sum(form.digits for form in forms), read, write)


@cache
def _forms(kind: type[msgspec.Struct]) -> Mapping[str, Form]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: _form_of(hints[name]) for name in kind.__struct_fields__}


@cache
def digits_of(kind: type[msgspec.Struct]) -> int:
    """Return how many hex digits a record of a class takes."""
    return sum(form.digits for form in _forms(kind).values())


def read_record(kind: type[R], text: str) -> R:
    """Read upper-case hex digits; DecodeError where they are too few or many, or say nothing.

    The offset of the error counts digits.
    """
    if len(text) != digits_of(kind):
        problem = f"{kind.__name__} has {digits_of(kind)} digits, not {len(text)}"
        raise DecodeError(problem, min(len(text), digits_of(kind)))
    values, start = {}, 0
    for name, form in _forms(kind).items():
        digits = text[start : start + form.digits]
        try:
            values[name] = form.read(digits)
        except (ValueError, DecodeError) as error:
            raise DecodeError(f"{name} of {kind.__name__} cannot be {digits}", start) from error
        start += form.digits
    return kind(**values)


def write_record(record: msgspec.Struct) -> str:
    """Return upper-case hex digits; ValueError for a value that its field cannot hold."""
    written = []
    for name, form in _forms(type(record)).items():
        try:
            written.append(form.write(getattr(record, name)))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    return "".join(written)
