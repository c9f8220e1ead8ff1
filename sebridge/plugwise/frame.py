"""Frames of a Plugwise stick as octets: around a payload of hex digits, found on the line. Pure.

Source: command reference of the RESTwise project; its frames tell the CRC, which is CRC-16/XMODEM
over the digits as characters.
"""

import binascii
from collections.abc import Iterator
import re
from typing import Final

_HEADER: Final = b"\x05\x05\x03\x03"
_END: Final = b"\r\n"
_STRAY: Final = b"\x83"
"""What turns up on the line now and then, and means nothing."""
_CRC_DIGITS: Final = 4
LONGEST_PAYLOAD: Final = 128
"""Hex digits in a payload: more than any answer has (0049, 96 digits)."""
_LONGEST_CONTENT: Final = LONGEST_PAYLOAD + _CRC_DIGITS
_LONGEST_FRAME: Final = len(_HEADER) + _LONGEST_CONTENT + len(_END)
_CONTENT: Final = re.compile(rb"[0-9A-F]{8,%d}" % _LONGEST_CONTENT)


def _crc(payload: bytes) -> bytes:
    return b"%04X" % binascii.crc_hqx(payload, 0)


def framed(payload: str) -> bytes:
    """Return what is said on the line for a payload of upper-case hex digits."""
    digits = payload.encode("ascii")
    return _HEADER + digits + _crc(digits) + _END


class FrameReader:
    """Takes what comes on the line, in pieces of any size, and finds the payloads in it.

    A frame begins anew at every header, whatever the one before has lost. `skipped` counts the ends
    of lines with noise or a damaged frame before them.
    """

    def __init__(self) -> None:
        self.skipped = 0
        self._begun = b""

    def feed(self, octets: bytes) -> Iterator[str]:
        """Yield the payload of each whole frame, once its last octet is there."""
        *lines, begun = (self._begun + octets.replace(_STRAY, b"")).split(_END)
        self._begun = begun[-_LONGEST_FRAME:]
        for line in lines:
            noise, header, content = line.rpartition(_HEADER)
            payload = _payload_of(content) if header else None
            if noise or (line and payload is None):
                self.skipped += 1
            if payload is not None:
                yield payload


def _payload_of(content: bytes) -> str | None:
    """Return the payload of what stands between header and end; None where it is damaged."""
    if not _CONTENT.fullmatch(content):
        return None
    payload, crc = content[:-_CRC_DIGITS], content[-_CRC_DIGITS:]
    return payload.decode("ascii") if crc == _crc(payload) else None
