"""A slot of time with a price: what curves of prices are made of. Pure."""

import msgspec


class Slot(msgspec.Struct, frozen=True):
    """From `start` until before `end` a unit costs `value`, in the main unit of the currency.

    Times are whole seconds since 2000 UTC.
    """

    start: int
    end: int
    value: float
    label: str = ""
