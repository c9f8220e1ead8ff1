"""Who may follow whom, and what registers go on from."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import RequestError
from sebridge.features.metering.scale import SUMMATION_DELIVERED, SUMMATION_RECEIVED
from sebridge.features.metering.succession import (
    GivenReadings,
    MeterFacts,
    MeterSwap,
    Succession,
    paired,
    serial_text,
    succession,
)
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.row_codec import RowCodec

A, B = Eui64(0xA), Eui64(0xB)
IN, OUT = Uint16(SUMMATION_DELIVERED), Uint16(SUMMATION_RECEIVED)


def meter(endpoint: int, commodity: str = "electricity", unit: str = "kWh") -> MeterFacts:
    return MeterFacts(
        endpoint=Uint8(endpoint),
        commodity=commodity,
        unit=unit,
        serial_number="412d31",
        shown={IN: 100.0 * endpoint},
    )


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ([meter(1)], [meter(10)], {10: 1}),
        ([meter(1)], [meter(10), meter(1)], {1: 1}),
        ([meter(2), meter(1)], [meter(11), meter(10)], {10: 1, 11: 2}),
        ([meter(1), meter(2, "gas", "m³")], [meter(1, "gas", "m³"), meter(2)], {2: 1, 1: 2}),
    ],
)
def test_each_meter_is_followed_by_one_of_its_kind(
    old: list[MeterFacts], new: list[MeterFacts], pairs: dict[int, int]
) -> None:
    assert paired(old, new) == pairs


@pytest.mark.parametrize(
    ("new", "there"),
    [([], "none"), ([meter(1, "gas", "m³")], "gas in m³"), ([meter(1, unit="MJ")], "in MJ")],
)
def test_another_commodity_or_unit_cannot_follow(new: list[MeterFacts], there: str) -> None:
    with pytest.raises(RequestError, match=f"its meters: .*{there}"):
        paired([meter(1)], new)


def test_each_register_goes_on_from_its_first_value() -> None:
    begun = succession(meter(1), meter(2), GivenReadings())

    once = begun.begun({IN: 3.1, OUT: 5.0})
    again = once.begun({IN: 9.9})

    assert begun.offsets == {}
    assert once.offsets == {IN: 96.9}
    assert again is once


def test_what_a_person_has_read_counts_for_more() -> None:
    given = GivenReadings(old_energy_in=101.5, old_energy_out=7.0, new_energy_in=0.5)

    begun = succession(meter(1), meter(2), given)

    assert begun.left == {IN: 101.5, OUT: 7.0}
    assert begun.offsets == {IN: 101.0}


@pytest.mark.parametrize(
    ("octets", "text"), [(None, None), ("412d31", "A-1"), ("00ff", "00ff"), ("412d3100", "A-1")]
)
def test_a_serial_number_is_text_where_it_is_readable(octets: str | None, text: str | None) -> None:
    assert serial_text(octets) == text


def test_what_is_kept_is_read_as_it_was_written() -> None:
    begun = Succession(
        unit="kWh", left={IN: 1.5}, offsets={IN: 1.0}, old_serial_number=None, new_serial_number=""
    )
    swap = MeterSwap(
        old=A,
        new=B,
        name="House",
        asked=1.5,
        given=GivenReadings(old_energy_in=3.0),
        old_meters=(meter(1),),
        new_meters=(meter(2),),
        done=2.5,
        endpoints={Uint8(2): Uint8(1)},
        before={Uint8(2): begun},
    )
    codec = RowCodec[MeterSwap](MeterSwap)

    assert codec.read(codec.write(swap)) == swap
