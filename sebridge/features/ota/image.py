"""An image of firmware as a file: what its header says, and whether it is whole. Pure.

Its contents are signed by the maker for its own devices, and go through unread. The header is so
small that it is read here: with a library's reader, only the package of the radio could judge an
image. Source: ZigBee Cluster Library, OTA Upgrade cluster, OTA file format.
"""

from collections.abc import Sequence
import hashlib
import re
import struct
from typing import Final, Self

import msgspec

from sebridge.base.errors import DecodeError
from sebridge.base.printable import printable

ANY_MANUFACTURER: Final = 0xFFFF
ANY_TYPE: Final = 0xFFFF
LARGEST: Final = 16 * 1024 * 1024
"""Octets of the largest file that is read; the memories of such devices hold far less."""
MOST_ELEMENTS: Final = 256
"""Elements of one file."""

_MAGIC: Final = 0x0BEEF11E
_HEADER_VERSION: Final = 0x0100
_LAST_STACK: Final = 0x0002  # ZigBee PRO; what comes behind it is for ZigBee IP
_ALGORITHMS: Final = {"sha512": hashlib.sha512, "sha3-256": hashlib.sha3_256}
_FIXED: Final = struct.Struct("<IHHHHHIH32sI")
_ELEMENT: Final = struct.Struct("<HI")
_HAS_CREDENTIAL: Final = 0x0001
_HAS_DESTINATION: Final = 0x0002
_HAS_HARDWARE: Final = 0x0004


class Checksum(msgspec.Struct, frozen=True):
    """What an index tells of a file: its hash, `digest` in hex, by sha512 or sha3-256."""

    algorithm: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `<algorithm>:<hex digits>`; DecodeError."""
        algorithm, _, digest = text.partition(":")
        found = cls(algorithm, digest.strip().lower())
        octets = 0 if algorithm not in _ALGORITHMS else _ALGORITHMS[algorithm]().digest_size
        if re.fullmatch(r"[0-9a-f]+", found.digest) is None or len(found.digest) != 2 * octets:
            raise DecodeError("a hash is sha512: or sha3-256:, and its hex digits")
        return found

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Return that of a file of ours."""
        return cls("sha512", hashlib.sha512(data).hexdigest())

    def fits(self, data: bytes) -> bool:
        """Say whether a file has this hash."""
        return _ALGORITHMS[self.algorithm](data).hexdigest() == self.digest


class Element(msgspec.Struct, frozen=True):
    """A part of an image: its tag, and how many octets of the file it has, from where on."""

    tag: int
    offset: int
    size: int


class ImageHeader(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an image is for. `size` is octets of the whole file, header included.

    `destination` is the one device that a file is for, in the octets of its address, and
    `hardware` the lowest and the highest hardware version; None where the file is for all.
    """

    manufacturer_code: int
    image_type: int
    file_version: int
    stack_version: int
    text: str
    size: int
    destination: bytes | None = None
    hardware: tuple[int, int] | None = None
    elements: Sequence[Element] = ()


def read_image(data: bytes, checksum: Checksum | None = None) -> ImageHeader:
    """Return the header of a whole file; DecodeError says what is wrong with it, and where.

    `checksum` is what an index tells of it, and is compared first.
    """
    if len(data) > LARGEST:
        raise DecodeError(f"the file has {len(data)} octets, and {LARGEST} are the most")
    if checksum is not None and not checksum.fits(data):
        raise DecodeError(f"the file has not the {checksum.algorithm} that the index tells")
    if len(data) < _FIXED.size:
        raise DecodeError("the file ends within its header", len(data))
    magic, version, length, control, maker, kind, file_version, stack, text, size = (
        _FIXED.unpack_from(data)
    )
    _check_format(magic, version, stack)
    if size != len(data):
        raise DecodeError(f"the header says {size} octets, the file has {len(data)}", 52)
    if maker == ANY_MANUFACTURER or kind == ANY_TYPE:
        raise DecodeError("the image is of no manufacturer or type", 10)
    destination, hardware = _optional_fields(data, control, length)
    return ImageHeader(
        manufacturer_code=maker,
        image_type=kind,
        file_version=file_version,
        stack_version=stack,
        text=_words(text),
        size=size,
        destination=destination,
        hardware=hardware,
        elements=_elements(data, length),
    )


def _check_format(magic: int, version: int, stack: int) -> None:
    if magic != _MAGIC:
        raise DecodeError(f"the file begins with 0x{magic:08X}, no image does", 0)
    if version != _HEADER_VERSION:
        raise DecodeError(f"the version of the header is 0x{version:04X}, not 0x0100", 4)
    if stack > _LAST_STACK:
        raise DecodeError(f"the image is for stack version 0x{stack:04X}, not for ZigBee PRO", 18)


def _optional_fields(
    data: bytes, control: int, length: int
) -> tuple[bytes | None, tuple[int, int] | None]:
    """Return the destination and the range of hardware; the header must hold what it announces."""
    credential = 1 if control & _HAS_CREDENTIAL else 0
    destination = 8 if control & _HAS_DESTINATION else 0
    hardware = 4 if control & _HAS_HARDWARE else 0
    place = _FIXED.size + credential
    if not place + destination + hardware <= length <= len(data):
        raise DecodeError(f"the header cannot have {length} octets", 6)
    address = data[place : place + destination] if destination else None
    if not hardware:
        return address, None
    lowest, highest = struct.unpack_from("<HH", data, place + destination)
    if lowest > highest:
        problem = f"the lowest hardware version, {lowest}, is above the highest, {highest}"
        raise DecodeError(problem, place + destination)
    return address, (lowest, highest)


def _elements(data: bytes, place: int) -> tuple[Element, ...]:
    """Return the elements behind the header; they must fill the file to its last octet."""
    found: list[Element] = []
    while place < len(data):
        if len(found) == MOST_ELEMENTS:
            raise DecodeError(f"the image has more than {MOST_ELEMENTS} elements", place)
        if place + _ELEMENT.size > len(data):
            raise DecodeError("the file ends within the head of an element", place)
        tag, size = _ELEMENT.unpack_from(data, place)
        begin = place + _ELEMENT.size
        if begin + size > len(data):
            raise DecodeError(f"element 0x{tag:04X} is longer than the file", place)
        found.append(Element(tag, begin, size))
        place = begin + size
    if not found:
        raise DecodeError("the image has no element", place)
    return tuple(found)


def _words(text: bytes) -> str:
    """Return the text of a header, of which only what can be printed."""
    readable = text.partition(b"\0")[0].decode("utf-8", errors="replace")
    return printable(readable)
