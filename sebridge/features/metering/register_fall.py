"""A register that shows less than before: did it roll over, or is it another meter? (MET-6). Pure.

A smaller value is never negative use; whoever sums up takes it as a new beginning.
"""

from enum import Enum
from typing import Final

_BITS: Final = 48
_HEX_DIGITS: Final = 12
_NEAR: Final = 0.05
"""How near to both ends of its range a register that rolls over is, as a share of the range."""


class Fall(Enum):
    """Why a register shows less than before."""

    ROLLED_OVER = "rolled over"
    UNEXPLAINED = "fell without rolling over"


def fall_of(before: int, after: int, formatting: int | None, *, bcd: bool = False) -> Fall | None:
    """Say why a raw value fell; None when it did not.

    `formatting` is the attribute SummationFormatting, whose digits left and right of the point are
    the width of the register; None where the meter does not tell. Every register may also roll
    over at the end of its 48 bits, or of its twelve digits in BCD.
    """
    if after >= before:
        return None
    if bcd:
        before, after = _digits(before), _digits(after)
    ends = [10**_HEX_DIGITS if bcd else 1 << _BITS]
    width = _width(formatting)
    if width:
        ends.append(10**width)
    wrapped = any(
        before < end and before >= end * (1 - _NEAR) and after <= end * _NEAR for end in ends
    )
    return Fall.ROLLED_OVER if wrapped else Fall.UNEXPLAINED


def _width(formatting: int | None) -> int:
    """Return the digits of a register (MET-3)."""
    return 0 if formatting is None else (formatting & 0x07) + (formatting >> 3 & 0x0F)


def _digits(raw: int) -> int:
    text = f"{raw:x}"
    return int(text) if text.isdecimal() else 0
