"""Who is there, by the first octets of a connection: no browser is let at a serial port. Pure.

A page of anybody can have a browser on this machine send a request to any of its ports, with a body
of the page's choice: see decision 32. So who begins as a browser does is refused.
"""

import enum
from typing import Final

_METHODS: Final = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS")
_BEGINNINGS: Final = tuple(method + target for method in _METHODS for target in (b" /", b" *"))
"""What the request of a browser begins with: its method, and a path or the whole server."""
_HANDSHAKE: Final = b"\x16\x03"
"""What TLS begins with: a record of a handshake, of version 3."""
_HANDSHAKE_LENGTH: Final = 6
_CLIENT_HELLO: Final = 0x01


class Visitor(enum.Enum):
    """Who is there."""

    BROWSER = enum.auto()
    """It may be no browser: it speaks HTTP or TLS, as browsers do."""
    UNKNOWN = enum.auto()
    """It may still be one; a browser sends what shows it at once."""
    OTHER = enum.auto()


def visitor(octets: bytes) -> Visitor:
    """Say who is there whose first octets are these."""
    if any(octets.startswith(beginning) for beginning in _BEGINNINGS) or _is_hello(octets):
        return Visitor.BROWSER
    may_be = (*_BEGINNINGS, _HANDSHAKE)
    is_open = any(beginning.startswith(octets) for beginning in may_be) or (
        octets.startswith(_HANDSHAKE) and len(octets) < _HANDSHAKE_LENGTH
    )
    return Visitor.UNKNOWN if is_open else Visitor.OTHER


def _is_hello(octets: bytes) -> bool:
    is_whole = len(octets) >= _HANDSHAKE_LENGTH
    return is_whole and octets.startswith(_HANDSHAKE) and octets[5] == _CLIENT_HELLO
