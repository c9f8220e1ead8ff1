"""Attribute values by ZCL data type: octets <-> plain values, and what a reportable change is.

Source: ZigBee Cluster Library, the table of data types. Whatever can be read can be written back.
"""

from collections.abc import Sequence
import math
import struct
from typing import Any, Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError, ParameterError
from sebridge.model.data_types import UtcTime
from sebridge.model.plain import from_plain, hex_octets, integer
from sebridge.zcl.data_types import BOOLEAN, DATA_TYPES, NO_DATA, NO_VALUE, UTC
from sebridge.zcl.status import Status

_FLOATS: Final = {0x38: "<e", 0x39: "<f", 0x3A: "<d"}
_OCTETS: Final = {0x41: 1, 0x43: 2}  # octets that hold the length
_TEXTS: Final = {0x42: 1, 0x44: 2}
_ARRAYS: Final = frozenset({0x48, 0x50, 0x51})
_STRUCTURE: Final = 0x4C
_ADDRESS: Final = 0xF0
_KEY: Final = 0xF1

_NUMBERS: Final = {
    number: (item.size, item.is_signed)
    for number, item in DATA_TYPES.items()
    if item.size and number not in {*_FLOATS, _ADDRESS, _KEY}
}
"""Size and sign of the types whose values are whole numbers."""
_LENGTHS: Final = _OCTETS | _TEXTS

_NO_VALUES: Final = frozenset(NO_VALUE.items())

_DEEPEST: Final = 15  # collections in collections


class AttributeValue(msgspec.Struct, frozen=True):
    """An attribute's value as it travels: `value` is plain, `raw` the octets without the type.

    `value` is None where the octets are those by which the type says that there is none.
    """

    attribute_id: int
    attribute_type: int
    value: Any
    raw: bytes

    @property
    def octets(self) -> str | None:
        """The content of an octet string as hex; None of any other type, and of "no value"."""
        return self.value if self.attribute_type in _OCTETS else None

    @property
    def shown(self) -> Any:
        """The value as people read it: an octet string that holds readable text as that text."""
        if self.attribute_type not in _OCTETS or self.value is None:
            return self.value
        text = readable(bytes.fromhex(self.value))
        return self.value if text is None else text


def first_refused(values: Sequence[AttributeValue], statuses: Sequence[int]) -> tuple[int, int]:
    """Return the number of the first attribute that was not taken, and its ZCL status.

    Where all of them were taken it is the last, with SUCCESS.
    """
    pairs = [(one.attribute_id, status) for one, status in zip(values, statuses, strict=True)]
    return next((pair for pair in pairs if pair[1] != Status.SUCCESS), pairs[-1])


def readable(octets: bytes) -> str | None:
    """Return the text that octets hold: printable UTF-8, perhaps with zeros behind it; else None.

    Labels and serial numbers are octet strings in Smart Energy, and mostly text.
    """
    try:
        text = octets.rstrip(b"\0").decode("utf-8", "strict")
    except UnicodeDecodeError:
        return None
    return text if text and text.isprintable() else None


def attribute_value(
    attribute_id: int, attribute_type: int, value: Any, raw: bytes
) -> AttributeValue:
    """Return a value as an attribute has it: "no value" of its type on the wire is None.

    That is the one place which decides it, whatever type and width the attribute is declared with.
    """
    if (attribute_type, raw) in _NO_VALUES:
        value = None
    return AttributeValue(attribute_id, attribute_type, value, raw)


# ------------------------------------------------------------------ octets -> plain


def read_value(
    attribute_type: int, octets: bytes, offset: int = 0, depth: int = 0
) -> tuple[Any, int]:
    """Return the plain value at `offset`, and the offset behind it; raise DecodeError.

    `depth` is the number of collections that it is in. Octets, keys and addresses are hex text, a
    float that is no finite number is None, an array is its `attribute_type` and `value`, a
    structure a list of these. The octets of numbers that mean "no value" are numbers here:
    `attribute_value` tells them apart.
    """
    if (number := _NUMBERS.get(attribute_type)) is not None:
        size, is_signed = number
        end = offset + size
        if end > len(octets):
            raise _cut_off(attribute_type, offset)
        value = int.from_bytes(octets[offset:end], "little", signed=is_signed)
        return (bool(value) if attribute_type == BOOLEAN else value), end
    if attribute_type in _LENGTHS:
        return _read_string(attribute_type, octets, offset)
    if attribute_type in _ARRAYS or attribute_type == _STRUCTURE:
        return _read_collection(attribute_type, octets, offset, depth + 1)
    return _read_rare(attribute_type, octets, offset)


def _cut_off(attribute_type: int, offset: int) -> DecodeError:
    return DecodeError(f"a value of type 0x{attribute_type:02X} is cut off", offset)


def _end(attribute_type: int, octets: bytes, offset: int, size: int) -> int:
    if offset + size > len(octets):
        raise _cut_off(attribute_type, offset)
    return offset + size


def _read_string(attribute_type: int, octets: bytes, offset: int) -> tuple[str, int]:
    start = _end(attribute_type, octets, offset, _LENGTHS[attribute_type])
    length = int.from_bytes(octets[offset:start], "little")
    if length == (1 << 8 * _LENGTHS[attribute_type]) - 1:
        return "", start  # the invalid value
    end = _end(attribute_type, octets, start, length)
    content = octets[start:end]
    if attribute_type in _OCTETS:
        return content.hex(), end
    return content.split(b"\0")[0].decode("utf-8", "replace"), end


def _read_collection(
    attribute_type: int, octets: bytes, offset: int, depth: int
) -> tuple[Any, int]:
    if depth > _DEEPEST:
        raise DecodeError(f"more than {_DEEPEST} collections in one another", offset)
    is_array = attribute_type in _ARRAYS
    start = _end(attribute_type, octets, offset, 1 + 2 if is_array else 2)
    kind = octets[offset] if is_array else NO_DATA
    count = int.from_bytes(octets[start - 2 : start], "little")
    items: list[Any] = []
    place = start
    for _ in range(0 if count == 0xFFFF else count):  # noqa: PLR2004  # the invalid value
        if not is_array:
            place = _end(attribute_type, octets, place, 1)
            kind = octets[place - 1]
        if kind == NO_DATA:  # else a few octets could make a list of any length
            raise DecodeError("an element without data", place)
        value, place = read_value(kind, octets, place, depth)
        items.append(value if is_array else {"attribute_type": kind, "value": value})
    return ({"attribute_type": kind, "value": items} if is_array else items), place


def _read_rare(attribute_type: int, octets: bytes, offset: int) -> tuple[Any, int]:
    if attribute_type == NO_DATA:
        return None, offset
    if attribute_type in _FLOATS:
        form = _FLOATS[attribute_type]
        end = _end(attribute_type, octets, offset, struct.calcsize(form))
        number = struct.unpack(form, octets[offset:end])[0]
        return (number if math.isfinite(number) else None), end
    if attribute_type == _ADDRESS:
        end = _end(attribute_type, octets, offset, 8)
        return str(Eui64.from_octets(octets[offset:end])), end
    if attribute_type == _KEY:
        end = _end(attribute_type, octets, offset, DATA_TYPES[_KEY].size)
        return octets[offset:end].hex(), end
    raise DecodeError(f"data type 0x{attribute_type:02X} is unknown", offset)


# ------------------------------------------------------------------ plain -> octets


def write_value(attribute_type: int, value: Any, path: str = "value") -> bytes:
    """Return the octets of a plain value; raise ParameterError when it does not fit the type."""
    return _write(attribute_type, value, path, 0)


def _write(attribute_type: int, value: Any, path: str, depth: int) -> bytes:
    if attribute_type in _NUMBERS:
        return _write_number(attribute_type, value, path)
    if attribute_type in _LENGTHS:
        return _write_string(attribute_type, value, path)
    if attribute_type in _ARRAYS or attribute_type == _STRUCTURE:
        return _write_collection(attribute_type, value, path, depth + 1)
    return _write_rare(attribute_type, value, path)


def _write_number(attribute_type: int, value: Any, path: str) -> bytes:
    if attribute_type == BOOLEAN:
        return bytes((from_plain(bool, bool(value) if value in (0, 1) else value, path),))
    if attribute_type == UTC:
        value = from_plain(UtcTime, value, path)
    number, (size, is_signed) = integer(value, path), _NUMBERS[attribute_type]
    low = -(1 << 8 * size - 1) if is_signed else 0
    # 0x8000 and -0x8000 are the same bits on the air
    if not low <= number < 1 << 8 * size:
        raise _misfit(attribute_type, path)
    return (number & (1 << 8 * size) - 1).to_bytes(size, "little")


def _write_string(attribute_type: int, value: Any, path: str) -> bytes:
    if attribute_type in _OCTETS:
        content = hex_octets(value, path)
    else:
        content = from_plain(str, value, path).encode("utf-8", "replace")
    size = _LENGTHS[attribute_type]
    if len(content) >= (1 << 8 * size) - 1:
        raise _misfit(attribute_type, path)
    return len(content).to_bytes(size, "little") + content


def _write_collection(attribute_type: int, value: Any, path: str, depth: int) -> bytes:
    if depth > _DEEPEST:
        raise ParameterError(path, f"more than {_DEEPEST} collections in one another")
    if attribute_type in _ARRAYS:
        kind, items = _element(value, path)
        elements = [(kind, item) for item in from_plain(list[Any], items, f"{path}.value")]
        head = bytes((kind,))
    else:
        elements = [_element(item, path) for item in from_plain(list[Any], value, path)]
        head = b""
    if len(elements) >= 0xFFFF:  # noqa: PLR2004  # the invalid value
        raise _misfit(attribute_type, path)
    octets = bytearray(head + len(elements).to_bytes(2, "little"))
    for place, (kind, item) in enumerate(elements):
        if kind == NO_DATA:
            raise ParameterError(f"{path}[{place}]", "an element without data")
        own = b"" if head else bytes((kind,))
        octets += own + _write(kind, item, f"{path}[{place}]", depth)
    return bytes(octets)


def _element(value: Any, path: str) -> tuple[int, Any]:
    if not isinstance(value, dict) or value.keys() != {"attribute_type", "value"}:
        raise ParameterError(path, "is not an object with attribute_type and value")
    kind = integer(value["attribute_type"], f"{path}.attribute_type")
    if not 0 <= kind <= 0xFF:  # noqa: PLR2004
        raise ParameterError(f"{path}.attribute_type", f"{kind} is not in 0..255")
    return kind, value["value"]


def _write_rare(attribute_type: int, value: Any, path: str) -> bytes:
    if attribute_type == NO_DATA and value is None:
        return b""
    if attribute_type in _FLOATS:
        number = math.nan if value is None else from_plain(float, value, path)
        try:
            return struct.pack(_FLOATS[attribute_type], number)
        except OverflowError as error:
            raise _misfit(attribute_type, path) from error
    if attribute_type == _ADDRESS:
        address: Eui64 = from_plain(Eui64, value, path)
        return bytes(address)
    if attribute_type == _KEY and len(octets := hex_octets(value, path)) == DATA_TYPES[_KEY].size:
        return octets
    raise _misfit(attribute_type, path)


def _misfit(attribute_type: int, path: str) -> ParameterError:
    return ParameterError(path, f"does not fit data type 0x{attribute_type:02X}")
