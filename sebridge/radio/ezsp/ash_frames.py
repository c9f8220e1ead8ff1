"""Frames of ASH, the serial protocol below EZSP, as octets: DATA is read, all are written. Pure.

Source: Silicon Labs UG101, UART gateway protocol reference: frame formats, data randomization,
byte stuffing.
"""

import binascii
from typing import Final

import msgspec

from sebridge.radio.escaping import escaped, unescaped

_FLAG: Final = 0x7E
_AWKWARD: Final = b"\x11\x13\x18\x1a"  # flow control, substitute, cancel: they change what is read
_CRC_START: Final = 0xFFFF
_LONGEST: Final = 256  # octets of randomized data
_SHORTEST: Final = 3  # octets: control, checksum
_NOT_DATA: Final = 0x80
_NUMBER: Final = 0x07
_ACK: Final = 0x80


class DataContent(msgspec.Struct, frozen=True, gc=False):
    """A DATA frame at the beginning of a line."""

    number: int  # 0..7
    retransmitted: int  # 1 where it was sent before
    acknowledged: int  # the number of the frame that is expected of us, 0..7
    content: bytes  # an EZSP frame
    size: int  # octets of the line, with the flag


def _pseudo_random(count: int) -> bytes:
    """Return what the data of each frame are combined with."""
    octets, register = bytearray(), 0x42
    for _ in range(count):
        octets.append(register)
        register = register >> 1 ^ (0xB8 if register & 1 else 0)
    return bytes(octets)


_MASK: Final = int.from_bytes(_pseudo_random(_LONGEST), "little")


def data_frame(octets: bytearray) -> DataContent | None:
    """Return the DATA frame at the beginning; None where something else is there, or a part of one.

    So it is with frames that are damaged, and with those that the firmware interrupted.
    """
    end = octets.find(_FLAG)
    if end < _SHORTEST:
        return None
    written = bytes(octets[:end])
    if written.translate(None, _AWKWARD) != written:
        return None
    plain = unescaped(written)
    if plain is None or not _SHORTEST <= len(plain) <= _LONGEST + _SHORTEST:
        return None
    control = plain[0]
    if control & _NOT_DATA or binascii.crc_hqx(plain, _CRC_START):
        return None
    content = randomized(plain[1:-2])
    return DataContent(control >> 4, control >> 3 & 1, control & _NUMBER, content, end + 1)


def randomized(content: bytes) -> bytes:
    """Return up to 256 octets of data combined with the pseudo-random sequence, or freed of it."""
    size = len(content)
    mask = _MASK & (1 << 8 * size) - 1
    return (int.from_bytes(content, "little") ^ mask).to_bytes(size, "little")


def line(control: int, field: bytes = b"") -> bytes:
    """Return a frame as it is written: control octet, data field, checksum, flag."""
    plain = bytes((control,)) + field
    checksum = binascii.crc_hqx(plain, _CRC_START).to_bytes(2, "big")
    return escaped(plain + checksum) + bytes((_FLAG,))


ACKNOWLEDGEMENTS: Final = tuple(line(_ACK | number) for number in range(8))
"""What is written when all frames before this number have come."""
