"""No time that is kept is one of which no date can be made: rows with such a time are put aside.

What is tried is every kind of value that a whole bridge keeps.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from sebridge.app.bridge import Bridge
from sebridge.base.clock import VirtualClock, iso_time
from sebridge.base.errors import ParameterError
from sebridge.base.signals import SignalBus
from sebridge.model.data_types import Moment
from sebridge.model.row_codec import RowCodec
from sebridge.model.shape import (
    Choice,
    Fields,
    Limited,
    Listing,
    Plain,
    Row,
    Table,
    Whole,
    shape_of,
)
from sebridge.radio.ether import Ether
from sebridge.settings.options import Options
from sebridge.settings.plugwise_options import PlugwiseOptions
from sebridge.settings.simulator_options import SimulatorOptions
from tests.bridge_ports import make_ports
from tests.scenarios.conftest import EVERYTHING

Place = tuple[str, type | None, str]
"""A collection, a class of which something is in it, and a field of that; None for a number."""

LAST = 253_402_300_799
"""Seconds since 1970: of what is later no date can be made."""


def kept_kinds() -> dict[str, Any]:
    """Return what a bridge keeps, with a simulated house, by the names of its collections."""
    kinds: dict[str, Any] = {}

    def note(name: str, _key: Any, value: Any) -> dict[Any, Any]:
        kinds[name] = value
        return {}

    clock, simulator = VirtualClock(), SimulatorOptions()
    plugwise = PlugwiseOptions(path="/dev/plugwise")
    options = Options(simulator=simulator, rpc=EVERYTHING, plugwise=plugwise)
    ether = Ether(clock, simulator.air)
    Bridge(options, make_ports(options, clock, ether, note, bus=SignalBus()))
    return kinds


KEPT = kept_kinds()


def numbers(kind: Any, place: tuple[Any, str] = (None, "")) -> Iterator[tuple[Any, str, Any]]:
    """Give class, field and kind of all times in a kind, and of what may be no whole number."""
    shape = shape_of(kind)
    match shape:
        case Limited() | Whole(high=253_402_300_799) | Plain.NUMBER:
            yield (*place, kind)
        case Fields(within, fields):
            for one in fields:
                yield from numbers(one.kind, (within, one.name))
        case Choice(kinds) | Row(kinds):
            for one in kinds:
                yield from numbers(one, place)
        case Listing(items):
            yield from numbers(items, place)
        case Table(values):
            yield from numbers(values, place)


NUMBERS = {
    (name, within, field): kind
    for name, kept in KEPT.items()
    for within, field, kind in numbers(kept)
}
TIMES = {place: kind for place, kind in NUMBERS.items() if shape_of(kind) is not Plain.NUMBER}
NO_TIMES = {
    *("amount", "consumed", "cost", "floor", "high", "highest_cooling", "highest_heating"),
    *("integral", "left", "low", "lowest_cooling", "lowest_heating", "maximum", "measured"),
    *("minimum", "new_energy_in", "new_energy_out", "offsets", "old_energy_in", "old_energy_out"),
    *("produced", "seconds", "shown", "spread", "step", "throttle", "value"),
}
"""Energy, money, power, temperatures, and durations."""


def test_every_number_that_is_kept_has_the_limits_of_a_time_or_is_none() -> None:
    assert {field for _, _, field in NUMBERS.keys() - TIMES.keys()} == NO_TIMES
    assert {name for name, _, _ in TIMES} >= {"event_deliveries_0700", "meter_swaps"}


@pytest.mark.parametrize("wrong", ["-1e12", "1e12", "1e300", "Infinity", "NaN"])
@pytest.mark.parametrize("place", TIMES, ids=lambda place: f"{place[0]}-{place[2]}")
def test_a_time_that_is_none_cannot_be_read(place: Place, wrong: str) -> None:
    _, within, field = place
    text = wrong if within is None else f'{{"{field}":{wrong}}}'

    with pytest.raises(ParameterError) as refused:
        RowCodec(within or TIMES[place]).read(text)

    assert (refused.value.path, str(refused.value).endswith("cannot be read")) == (field, True)


def test_the_last_time_has_a_date() -> None:
    assert shape_of(Moment) == Limited(0, LAST)
    assert iso_time(LAST) == "9999-12-31T23:59:59Z"
    with pytest.raises(ValueError, match="year 10000"):
        iso_time(LAST + 1)
