"""Why an XBee did not deliver a frame: its transmit status, and whose the fault is. Pure.

Source: Digi, XBee/XBee-PRO S2C Zigbee RF Module User Guide, Extended Transmit Status - 0x8B.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from sebridge.radio.radio import TxStatus

_DELIVERED: Final = frozenset({0x00, 0x23, 0x2D})
"""Also what went to the module itself, and a broadcast, which is sent without encryption."""


class Failure(NamedTuple):
    """Why a frame was not delivered. One that `may_try_again` was not even on the air."""

    status: TxStatus
    words: str
    may_try_again: bool = False


_BUSY: Final = Failure(TxStatus.NO_ROOM, "the module has no room for it", may_try_again=True)
_FAILURES: Final[Mapping[int, Failure]] = {
    0x01: Failure(TxStatus.NO_ACK, "the next device on the way did not acknowledge it"),
    0x02: Failure(TxStatus.CHANNEL_BUSY, "the channel is busy", may_try_again=True),
    0x03: Failure(TxStatus.NO_ACK, "the sleeping device did not ask for it"),
    0x15: Failure(TxStatus.ILLEGAL_REQUEST, "the module does not take its endpoint"),
    0x18: _BUSY,
    0x21: Failure(TxStatus.NO_ACK, "the device did not acknowledge it"),
    0x22: Failure(TxStatus.NOT_JOINED, "the module is not on a network"),
    0x24: Failure(TxStatus.NO_SHORT_ADDRESS, "the device was not found"),
    0x25: Failure(TxStatus.NO_ROUTE, "no route to the device was found"),
    0x26: Failure(TxStatus.NO_ACK, "no device passed the broadcast on"),
    0x2B: Failure(TxStatus.ILLEGAL_REQUEST, "the module does not take its binding"),
    0x2C: _BUSY,
    0x2E: Failure(TxStatus.SECURITY_FAIL, "encryption is off in the module"),
    0x31: _BUSY,
    0x32: _BUSY,
    0x35: Failure(TxStatus.SECURITY_FAIL, "the module could not encrypt it"),
    0x74: Failure(TxStatus.TOO_LONG, "it is too long for the module"),
    0x75: Failure(TxStatus.NO_ACK, "the sleeping device did not ask for it"),
}


def failure_of(status: int) -> Failure | None:
    """Return why a frame was not delivered; None where it was."""
    if status in _DELIVERED:
        return None
    return _FAILURES.get(status) or Failure(TxStatus.NO_ACK, f"transmit status 0x{status:02X}")
