"""Who is there, by the first octets of a connection: no browser is let at a serial port. Pure.

A page of anybody can have a browser on this machine send a request to any of its ports, with a body
of the page's choice: see decision 32. So who begins as a browser does is refused.
"""

from collections.abc import Sequence
import enum
from typing import Final

_Beginning = Sequence[int | None]
"""Octets, of which any may stand for None."""

_METHODS: Final = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS")
_REQUESTS: Final = tuple(method + target for method in _METHODS for target in (b" /", b" *"))
"""Of HTTP, and of a WebSocket: its method, and a path or the whole server."""
_HELLO: Final = (0x16, 0x03, None, None, None, 0x01)
"""Of TLS: a record of a handshake, of version 3, with the client's first message."""
_COOKIE: Final = (0x21, 0x12, 0xA4, 0x42)
_ALLOCATE: Final = (0x00, 0x03, None, None, *_COOKIE)
_BINDING: Final = (0x00, 0x01, None, None, *_COOKIE)
"""Of WebRTC, by way of STUN and TURN: what is asked for, how long that is, and the magic cookie."""
_BEGINNINGS: Final[tuple[_Beginning, ...]] = (*_REQUESTS, _HELLO, _ALLOCATE, _BINDING)


class Visitor(enum.Enum):
    """Who is there."""

    BROWSER = enum.auto()
    """It may be no browser: it speaks HTTP, TLS or STUN, as browsers do."""
    UNKNOWN = enum.auto()
    """It may still be one; a browser sends what shows it at once."""
    OTHER = enum.auto()


def visitor(octets: bytes) -> Visitor:
    """Say who is there whose first octets are these."""
    begun = [beginning for beginning in _BEGINNINGS if _fits(beginning, octets)]
    if any(len(octets) >= len(beginning) for beginning in begun):
        return Visitor.BROWSER
    return Visitor.UNKNOWN if begun else Visitor.OTHER


def _fits(beginning: _Beginning, octets: bytes) -> bool:
    """Say whether octets are that beginning, as far as either goes."""
    pairs = zip(beginning, octets, strict=False)
    return all(wanted in {None, octet} for wanted, octet in pairs)
