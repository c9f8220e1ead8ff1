"""Escaped octets, as Silicon Labs' ASH and the API mode 2 of XBee modules write them. Pure.

Source: Silicon Labs UG101, byte stuffing; Digi XBee/XBee-PRO SE manual, API operation with
escaped characters.
"""

from typing import Final

_ESCAPE: Final = b"\x7d"
_FLIPPED: Final = 0x20
_RESERVED: Final = b"\x7e\x7d\x11\x13\x18\x1a"
_MEANINGS: Final = {octet ^ _FLIPPED: bytes((octet,)) for octet in _RESERVED}


def unescaped(octets: bytes) -> bytes | None:
    """Return what is meant; None where something is escaped that nobody has to escape."""
    plain, *escaped = octets.split(_ESCAPE)
    try:
        return plain + b"".join([_MEANINGS[part[0]] + part[1:] for part in escaped])
    except LookupError:  # also where nothing follows
        return None


def escaped(octets: bytes) -> bytes:
    """Return octets as they are written."""
    return b"".join(
        [
            _ESCAPE + bytes((octet ^ _FLIPPED,)) if octet in _RESERVED else bytes((octet,))
            for octet in octets
        ]
    )
