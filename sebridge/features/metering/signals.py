"""News of meters."""

from collections.abc import Mapping

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.features.metering.history_gaps import Direction, Grown


class Reading(msgspec.Struct, frozen=True):
    """What a meter shows, in engineering units; None is what it does not know or marks invalid."""

    unit: str | None  # of the energy registers: kWh, m³ ...; None where it is unknown
    power_unit: str | None  # of the demand: kW, m³/h ...
    commodity: str  # electricity, gas, water, heat ...
    energy_in: float | None  # delivered to the home
    energy_out: float | None  # received from the home
    power: float | None  # negative while generating
    tiers_in: dict[int, float | None]
    tiers_out: dict[int, float | None]
    status: int | None  # the bits of attribute 0x0200
    time: float  # UTC since 1970 of the newest value in it
    alarms: tuple[str, ...] = ()  # the bits of `status` that are set, as words (MET-13)
    # why each number is what it is: raw * multiplier / divisor, how it is to be shown (MET-3), as
    # `problem` why it is none, or not the newest, and as `offset` what is added to go on from the
    # meter before
    why: Mapping[str, Mapping[str, float | str | None]] = msgspec.field(default_factory=dict)
    decimals: int | None = None  # digits behind the point of the registers, where the meter tells
    power_decimals: int | None = None
    power_factor: float | None = None  # from -1 to 1
    # of a meter that stands in the place of another: old_serial_number and new_serial_number
    swap: Mapping[str, str | None] | None = None


class MeterRead(msgspec.Struct, frozen=True):
    """A meter's reading changed: at most one signal per frame."""

    device: Eui64
    endpoint: int
    reading: Reading


class MeterStatusChanged(msgspec.Struct, frozen=True):
    """Alarms of a meter came, or went (MET-13)."""

    device: Eui64
    endpoint: int
    raised: tuple[str, ...]
    cleared: tuple[str, ...]


class SwapSettled(msgspec.Struct, frozen=True, kw_only=True):
    """A meter stands in the place of another that somebody has named; or, undone, not any more.

    Where it cannot be, `refused` says why, and nothing has changed.
    """

    old: Eui64
    new: Eui64
    endpoints: Mapping[int, int]  # of the new one: those of the old one
    undone: bool = False
    refused: str | None = None


class MeterSwapped(msgspec.Struct, frozen=True, kw_only=True):
    """Another meter answers in the place of the one before.

    Its serial number (attribute 0x0308) is another one, or a register has fallen and counts on from
    there; `before` and `after` are what it said and says, raw. The endpoint is 0 where it is the
    whole device, which has told another model; then there is no attribute.
    """

    device: Eui64
    endpoint: int
    attribute_id: int | None
    before: float | str | None
    after: float | str | None


class MeterGap(msgspec.Struct, frozen=True, kw_only=True):
    """A meter counted, and was not heard for a while; `history` is the number of its history."""

    history: int
    device: Eui64
    endpoint: int
    direction: Direction
    grown: Grown
