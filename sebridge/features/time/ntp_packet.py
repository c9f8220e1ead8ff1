"""One exchange with an NTP server as octets: the question and its answer. Pure.

Source: RFC 4330 (SNTP version 4) and RFC 5905, the packet header of 48 octets. Times in a packet
are seconds since 1900 in 32 bits and a fraction in 32 more; they begin anew in 2036.
"""

import struct
from typing import Final

import msgspec

from sebridge.base.errors import DecodeError

PORT: Final = 123
NONCE_OCTETS: Final = 8
_PACKET: Final = struct.Struct(">BBbb11I")
_VERSION: Final = 4
_CLIENT, _SERVER = 3, 4
_UNSYNCHRONISED: Final = 3
_HIGHEST_STRATUM: Final = 15
_EPOCH: Final = 2_208_988_800  # 1970-01-01 in seconds since 1900
_ERA: Final = 1 << 32


class NtpAnswer(msgspec.Struct, frozen=True):
    """When the server got the question and when it answered, in seconds since 1970 UTC."""

    received: float
    sent: float
    stratum: int

    def offset(self, asked: float, heard: float) -> float:
        """Return by how many seconds our clock is behind the server's.

        `asked` and `heard` are when the question left and the answer came, by our clock.
        """
        return ((self.received - asked) + (self.sent - heard)) / 2


def question(nonce: bytes) -> bytes:
    """Return a question. The nonce stands where our time would, and must come back.

    It tells the server nothing of our clock, and keeps others from answering for it.
    """
    return bytes((_VERSION << 3 | _CLIENT,)).ljust(_PACKET.size - NONCE_OCTETS, b"\0") + nonce


def read_answer(octets: bytes, nonce: bytes, about: float) -> NtpAnswer:
    """Read the answer to a question; `about` is our UTC, to within some decades.

    DecodeError for what is no answer to this question, and for a server that does not know the
    time itself or asks to be left alone (stratum 0).
    """
    if len(octets) < _PACKET.size:
        raise DecodeError("the NTP packet is cut off", len(octets))
    head, stratum, _, _, _, _, reference, _, _, *times = _PACKET.unpack_from(octets)
    if head & 0x07 != _SERVER or head >> 3 & 0x07 not in range(1, _VERSION + 1):
        raise DecodeError("the packet is no answer of an NTP server", 0)
    if struct.pack(">2I", *times[0:2]) != nonce:
        raise DecodeError("the NTP packet answers another question", 24)
    if stratum == 0:
        raise DecodeError(f"the server refuses: {_kiss(reference)}", 1)
    if stratum > _HIGHEST_STRATUM or head >> 6 == _UNSYNCHRONISED:
        raise DecodeError("the server does not know the time itself", 1)
    if not any(times[4:6]):
        raise DecodeError("the server left its time out", 40)
    received, sent = (_utc(times[i], times[i + 1], about) for i in (2, 4))
    return NtpAnswer(received, sent, stratum)


def _kiss(reference: int) -> str:
    code = reference.to_bytes(4, "big").decode("ascii", "replace").rstrip("\0")
    return code if code.isalnum() else "no reason given"


def _utc(seconds: int, fraction: int, about: float) -> float:
    """Return a time of a packet in the era that is nearest to what our clock shows."""
    since_1970 = seconds - _EPOCH
    era = round((about - since_1970) / _ERA)
    return since_1970 + era * _ERA + fraction / _ERA
