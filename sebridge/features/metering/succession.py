"""One meter in the place of another: what its registers go on from, and who may follow whom. Pure.

A sum that people have seen grow for years goes on when the meter is swapped: to each register of
the new one is added what the old one showed at last, less what the new one showed at first.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError, RequestError
from sebridge.features.metering.scale import SUMMATION_DELIVERED, SUMMATION_RECEIVED
from sebridge.model.data_types import Moment, Uint8, Uint16
from sebridge.zcl.attributes import readable

_HIGHEST: Final = 2.0**48
"""More than a register of 48 bits holds: no meter of a home shows that, in any unit."""
_DIGITS: Final = 9
"""Decimals of a sum: rounding removes binary noise, and no digit that a meter has."""


class Succession(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter goes on from, by attribute of its registers, in `unit`.

    `left` is what its predecessor showed at last. `offsets` are added to what this one shows; each
    is known from the first value of its register on. Serial numbers are octets as hex.
    """

    unit: str
    left: Mapping[Uint16, float]
    offsets: Mapping[Uint16, float] = msgspec.field(default_factory=dict)
    old_serial_number: str | None
    new_serial_number: str | None

    @property
    def serial_numbers(self) -> Mapping[str, str | None]:
        """Both serial numbers as people read them; None for one that is not known."""
        return {
            "old_serial_number": serial_text(self.old_serial_number),
            "new_serial_number": serial_text(self.new_serial_number),
        }

    def begun(self, shown: Mapping[int, float]) -> "Succession":
        """Return it with the offsets of the registers that show something for the first time."""
        first = {a: v for a, v in shown.items() if a in self.left and a not in self.offsets}
        if not first:
            return self
        found = {a: round(self.left[a] - value, _DIGITS) for a, value in first.items()}
        return replace(self, offsets={**self.offsets, **found})


def serial_text(octets: str | None) -> str | None:
    """Return a serial number, given as hex, as people read it: nearly all are text."""
    text = None if octets is None else readable(bytes.fromhex(octets))
    return octets if text is None else text


def with_offset(value: float, offset: float) -> float:
    """Return what a register shows that goes on from another one."""
    return round(value + offset, _DIGITS)


class MeterFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A meter as it counts when it is to be followed, or to follow another.

    `shown` is what its registers show to people, by attribute, in `unit`. `serial_number` is octets
    as hex, None where the meter has told none.
    """

    endpoint: Uint8
    commodity: str
    unit: str
    serial_number: str | None
    shown: Mapping[Uint16, float]


class GivenReadings(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has read on the meters, in their unit: None where nobody has."""

    old_energy_in: float | None = None
    old_energy_out: float | None = None
    new_energy_in: float | None = None
    new_energy_out: float | None = None

    def check(self) -> None:
        """Raise ParameterError for what no meter shows."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value is not None and not 0 <= value < _HIGHEST:  # nor what is infinite
                raise ParameterError(name, "is not what a meter shows")

    @property
    def of_old(self) -> dict[int, float]:
        """The last readings of the old meter, by attribute."""
        return _by_attribute(self.old_energy_in, self.old_energy_out)

    @property
    def of_new(self) -> dict[int, float]:
        """What the new meter showed when it was installed, by attribute."""
        return _by_attribute(self.new_energy_in, self.new_energy_out)


def _by_attribute(delivered: float | None, received: float | None) -> dict[int, float]:
    both = {SUMMATION_DELIVERED: delivered, SUMMATION_RECEIVED: received}
    return {attribute: value for attribute, value in both.items() if value is not None}


def paired(old: Sequence[MeterFacts], new: Sequence[MeterFacts]) -> dict[int, int]:
    """Return for endpoints of the new device those of the old one whose meters they follow.

    RequestError where the new device has no meter of the same commodity and unit for each of the
    old one's. Of several the one of the same number follows, else the first that is free.
    """
    found: dict[int, int] = {}
    for meter in sorted(old, key=lambda one: one.endpoint):
        free = [
            one
            for one in new
            if (one.commodity, one.unit) == (meter.commodity, meter.unit)
            and one.endpoint not in found
        ]
        if not free:
            there = ", ".join(f"{one.commodity} in {one.unit}" for one in new) or "none"
            raise RequestError(
                f"the new device has no meter of {meter.commodity} in {meter.unit} for that at"
                f" endpoint {meter.endpoint} of the old one; its meters: {there}"
            )
        chosen = min(free, key=lambda one: (one.endpoint != meter.endpoint, one.endpoint))
        found[chosen.endpoint] = meter.endpoint
    return found


def succession(old: MeterFacts, new: MeterFacts, given: GivenReadings) -> Succession:
    """Return what the new meter goes on from; readings that were given precede what was heard.

    What the old one was read to show is believed as it is, less than what it told by radio only
    where the caller says so: the sum of the home then falls by that.
    """
    left = {**old.shown, **given.of_old}
    begun = Succession(
        unit=old.unit,
        left=left,
        old_serial_number=old.serial_number,
        new_serial_number=new.serial_number,
    )
    return begun.begun(given.of_new)


class MeterSwap(msgspec.Struct, frozen=True, kw_only=True):
    """That a device takes the place of another, kept until it is undone.

    `asked` and `done` are UTC since 1970; `done` is None until the new one has shown what it
    counts. Then `endpoints` has for its endpoints those of the old one, and `before` what its
    meters went on from until then, by endpoint.
    """

    old: Eui64
    new: Eui64
    name: str  # of the old one
    asked: Moment
    given: GivenReadings
    old_meters: tuple[MeterFacts, ...]
    new_meters: tuple[MeterFacts, ...] = ()
    done: Moment | None = None
    endpoints: Mapping[Uint8, Uint8] = msgspec.field(default_factory=dict)
    before: Mapping[Uint8, Succession] = msgspec.field(default_factory=dict)

    def concerns(self, device: Eui64) -> bool:
        """Say whether a device is one of the two."""
        return device in {self.old, self.new}
