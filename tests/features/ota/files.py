"""Files of firmware, as a maker would write them."""

import struct

CONTENTS = struct.pack("<HI", 0, 4) + b"code"


def file_of(
    *,
    contents: bytes = CONTENTS,
    control: int = 0,
    optional: bytes = b"",
    magic: int = 0x0BEEF11E,
    version: int = 0x0100,
    maker: int = 0x1234,
    kind: int = 0x0007,
    file_version: int = 0x02,
    stack: int = 2,
    length: int | None = None,
    size: int | None = None,
) -> bytes:
    """Return a file with this header and these contents."""
    header = 56 + len(optional) if length is None else length
    whole = 56 + len(optional) + len(contents) if size is None else size
    text = b"meter\x07 firmware".ljust(32, b"\0")
    fixed = struct.pack(
        "<IHHHHHIH32sI",
        *(magic, version, header, control, maker, kind, file_version, stack, text, whole),
    )
    return fixed + optional + contents


def element(octets: int) -> bytes:
    """Return contents of one element with so many octets, which differ from place to place."""
    return struct.pack("<HI", 0, octets) + bytes(place * 7 & 0xFF for place in range(octets))
