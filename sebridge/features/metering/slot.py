"""What is known of a meter in one slot of time: what it counted, its demand, what that cost. Pure.

Seconds say how much of the slot a number speaks of, so that numbers can be added, and who looks at
them knows whether they are whole.
"""

from typing import Any, Final

import msgspec
from msgspec.structs import astuple

from sebridge.model.row_codec import RowCodec

_DIGITS: Final = 12
"""Decimals of a sum: three more than a meter has, as thousands of slots are added."""
_ROWS: Final = RowCodec[Any](list[Any])


class Counted(msgspec.Struct, frozen=True, gc=False):
    """What a register grew by, in its unit.

    `measured` are the seconds of which that is known, `spread` those over which what was counted in
    an outage is laid evenly.
    """

    amount: float = 0.0
    measured: float = 0.0
    spread: float = 0.0

    def __add__(self, other: "Counted") -> "Counted":
        """Return both together."""
        return Counted(
            round(self.amount + other.amount, _DIGITS),
            round(self.measured + other.measured, 3),
            round(self.spread + other.spread, 3),
        )

    def __neg__(self) -> "Counted":
        """Return what takes it back."""
        return Counted(-self.amount, -self.measured, -self.spread)


class Level(msgspec.Struct, frozen=True, gc=False):
    """A number that holds for some time: the lowest, the highest, and its integral over seconds."""

    low: float
    high: float
    integral: float
    seconds: float

    def __add__(self, other: "Level") -> "Level":
        """Return both together."""
        return Level(
            min(self.low, other.low),
            max(self.high, other.high),
            round(self.integral + other.integral, _DIGITS),
            round(self.seconds + other.seconds, 3),
        )

    def __neg__(self) -> "Level":
        """Return what takes its time back."""
        return Level(self.low, self.high, -self.integral, -self.seconds)

    @property
    def mean(self) -> float:
        """The mean over the time in which it was known."""
        if self.seconds <= 0:
            return self.high
        return min(max(round(self.integral / self.seconds, _DIGITS), self.low), self.high)


class Money(msgspec.Struct, frozen=True, gc=False):
    """What was delivered cost in a currency, and the price of a unit, where there was one."""

    currency: str
    cost: float
    price: Level

    def __add__(self, other: "Money") -> "Money":
        """Return both together; of two currencies only the later one counts."""
        if self.currency != other.currency:
            return other
        cost = round(self.cost + other.cost, _DIGITS)
        return Money(self.currency, cost, self.price + other.price)

    def __neg__(self) -> "Money":
        """Return what takes it back."""
        return Money(self.currency, -self.cost, -self.price)


class Slot(msgspec.Struct, frozen=True, gc=False):
    """What is known of one slot; None is what nothing is known of."""

    delivered: Counted | None = None
    received: Counted | None = None
    demand: Level | None = None
    money: Money | None = None

    def __add__(self, other: "Slot") -> "Slot":
        """Return both together."""
        return Slot(
            _both(self.delivered, other.delivered),
            _both(self.received, other.received),
            _both(self.demand, other.demand),
            _both(self.money, other.money),
        )

    def __neg__(self) -> "Slot":
        """Return what takes it back."""
        parts = (None if part is None else -part for part in astuple(self))
        return Slot(*parts)


def _both(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def page_of(text: str) -> dict[int, Slot]:
    """Return the slots of a page by their begin, oldest first."""
    return {int(begin): _slot(*parts) for begin, *parts in _ROWS.read(text)}


def page_text(slots: dict[int, Slot]) -> str:
    """Return a page as it is kept: many are, of which few are looked at."""
    return _ROWS.write([[begin, *_plain(slots[begin])] for begin in sorted(slots)])


def _plain(slot: Slot) -> list[Any]:
    money = slot.money
    return [
        *(None if part is None else list(astuple(part)) for part in astuple(slot)[:-1]),
        None if money is None else [money.currency, money.cost, *astuple(money.price)],
    ]


def _slot(delivered: Any, received: Any, demand: Any, money: Any) -> Slot:
    return Slot(
        None if delivered is None else Counted(*delivered),
        None if received is None else Counted(*received),
        None if demand is None else Level(*demand),
        None if money is None else Money(money[0], money[1], Level(*money[2:])),
    )
