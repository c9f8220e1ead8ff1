"""Why an EZSP stick did not deliver a frame, by its sl_status_t: whose the fault is. Pure.

Source: Silicon Labs, sl_status.h; what older versions say is translated to that by the library.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from sebridge.radio.radio import TxStatus


class Failure(NamedTuple):
    """Why a frame was not delivered. One that `may_try_again` was not even on the air."""

    status: TxStatus
    words: str
    may_try_again: bool = False


_BUSY: Final = Failure(TxStatus.NO_ROOM, "the stick has no room for it", may_try_again=True)
_OFF: Final = Failure(TxStatus.NOT_JOINED, "the stick is not on its network")
_NO_KEY: Final = Failure(TxStatus.SECURITY_FAIL, "the stick has no link key with the device")
_OCCUPIED: Final = Failure(TxStatus.CHANNEL_BUSY, "the channel is busy", may_try_again=True)
_NO_ROUTE: Final = Failure(TxStatus.NO_ROUTE, "no route to the device was found")
_SILENT: Final = Failure(TxStatus.NO_ACK, "the device did not acknowledge it")
_FAILURES: Final[Mapping[int, Failure]] = {
    0x0002: _OFF,
    **dict.fromkeys((0x0004, 0x0019, 0x001A, 0x001C, 0x0034, 0x0053, 0x0C03), _BUSY),
    **dict.fromkeys((0x0016, 0x0017), _OFF),
    0x0021: Failure(TxStatus.ILLEGAL_REQUEST, "the stick does not take it"),
    0x0038: Failure(TxStatus.TOO_LONG, "it is too long for the stick"),
    **dict.fromkeys((0x004C, 0x0054, 0x0058), _OCCUPIED),
    **dict.fromkeys((0x0C0A, 0x0C0B, 0x0C0E), _NO_KEY),
    **dict.fromkeys((0x0C13, 0x0C14, 0x0C1F, 0x0C26), _NO_ROUTE),
    0x0041: Failure(TxStatus.NO_ACK, "the sleeping device did not ask for it"),
    **dict.fromkeys((0x0040, 0x0C02, 0x0C20), _SILENT),
}


def failure_of(status: int) -> Failure:
    """Return why a frame was not delivered, by another status than OK."""
    return _FAILURES.get(status) or Failure(TxStatus.NO_ACK, f"status 0x{status:04X}")
