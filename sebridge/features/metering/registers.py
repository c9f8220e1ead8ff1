"""Registers of a meter that only grow, and what is to be thought of one that shows less. Pure.

A meter that starts again shows 0 for a moment; shown to people, that moment books the whole
register twice. So what falls is held back, unless it came round the end of its range, until a
second and larger value shows that it counts on from there: then it is another meter (MET-6).
"""

from enum import Enum
from typing import Final

import msgspec

from sebridge.features.metering.scale import Number, digits_shown
from sebridge.model.data_types import Moment, Uint16
from sebridge.zcl.data_types import DATA_TYPES

_HEX_DIGITS_PER_OCTET: Final = 2
_NEAR: Final = 0.05
"""How near to both ends of its range a register that rolls over is, as a share of the range."""


class RegisterDecrease(Enum):
    """Why a register shows less than before (MET-6)."""

    ROLLED_OVER = "rolled over"
    HELD_BACK = "fell, and is held back until it counts on"
    COUNTS_ON = "fell, and counts on from there: another meter"


class RegisterState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is kept of a register over a restart, in raw units.

    `floor` is what it showed at least; `low` is a smaller value that came at `low_time` (UTC since
    1970) and is held back, None where there is none.
    """

    attribute_id: Uint16
    floor: Number
    low: Number | None = None
    low_time: Moment = 0.0


class Register:
    """One register: the newest value of it, and the newest that is believed.

    `attribute_type` is its type on the wire; `is_value` is False where `raw` means "no value",
    which is None of a float.
    """

    __slots__ = (
        "attribute_id",
        "attribute_type",
        "believed",
        "floor",
        "is_heard",
        "is_value",
        "low",
        "raw",
        "time",
    )

    def __init__(self, attribute_id: int, kept: RegisterState | None = None) -> None:
        self.attribute_id = attribute_id
        self.attribute_type = 0
        self.is_heard = False  # in this run
        self.raw: Number | None = None
        self.is_value = False
        self.time = 0.0
        self.believed: Number | None = None  # what was kept may be older than what was shown
        self.floor: Number | None = None if kept is None else kept.floor
        self.low: tuple[Number, float] | None = None
        if kept is not None and kept.low is not None:
            self.low = kept.low, kept.low_time

    @property
    def shown(self) -> Number | None:
        """What is to be shown, in raw units; the last that is believed while one is held back."""
        if not self.is_value:
            return None
        return self.raw if self.low is None else self.believed

    @property
    def state(self) -> RegisterState | None:
        """What is to be kept of it; None where nothing is known."""
        if self.floor is None:
            return None
        low, at = self.low or (None, 0.0)
        return RegisterState(attribute_id=self.attribute_id, floor=self.floor, low=low, low_time=at)

    def hear(self, raw: Number | None, time: float, attribute_type: int, *, is_value: bool) -> None:
        """Know what the register shows, at a time (UTC since 1970), without judging it."""
        self.raw, self.time = raw, time
        self.attribute_type, self.is_value = attribute_type, is_value
        self.is_heard = True

    def judge(self, formatting: int | None, *, bcd: bool) -> RegisterDecrease | None:
        """Say why what was heard is less than what was believed; None where it is not less.

        `formatting` is the attribute SummationFormatting, whose digits left and right of the point
        are the width of the register; None where the meter does not tell. Every register may also
        roll over at the end of its type on the wire.
        """
        raw, floor = self.raw, self.floor
        if raw is None or not self.is_value:
            return None
        if floor is None or raw >= floor:
            self._believe(raw)
            return None
        if rolled_over(floor, raw, self.attribute_type, formatting, bcd=bcd):
            self._believe(raw)
            return RegisterDecrease.ROLLED_OVER
        if self.low is not None and raw > self.low[0] and self.time > self.low[1]:
            self._believe(raw)
            return RegisterDecrease.COUNTS_ON
        if self.low is None or raw < self.low[0]:
            self.low = raw, self.time
        return RegisterDecrease.HELD_BACK

    def _believe(self, raw: Number) -> None:
        self.floor = self.believed = raw
        self.low = None

    def forget_floor(self) -> None:
        """Believe the next value whatever it is: it is scaled in another way."""
        self.floor = self.low = None


def rolled_over(
    before: Number, after: Number, attribute_type: int, formatting: int | None, *, bcd: bool
) -> bool:
    """Say whether a smaller raw value is that of a register that came round the end of its range.

    A float has only the width that its formatting tells.
    """
    known = DATA_TYPES.get(attribute_type)
    octets = 0 if known is None or not isinstance(before, int) else known.size
    width = sum(digits_shown(formatting))  # 0 where it is not told
    ends = [10**width] if width else []
    if octets and bcd:
        before, after = _digits(before), _digits(after)
        ends.append(10 ** (_HEX_DIGITS_PER_OCTET * octets))
    elif octets:
        ends.append(1 << 8 * octets)
    return any(
        before < end and before >= end * (1 - _NEAR) and after <= end * _NEAR for end in ends
    )


def _digits(raw: Number) -> int:
    text = f"{int(raw):x}"
    return int(text) if text.isdecimal() else 0
