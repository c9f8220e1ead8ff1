"""Slots of time: hours of UTC, days and months of a zone."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from sebridge.features.metering.calendar import Calendar, Resolution

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "Asia/Kolkata", "America/Havana", "Australia/Lord_Howe", "UTC"]


def at(text: str, zone: ZoneInfo = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-30", 24)]
)
def test_a_day_has_the_hours_that_its_clocks_show(day: str, hours: int) -> None:
    calendar = Calendar(BERLIN)

    begin = calendar.begin(Resolution.DAY, at(f"{day}T15:30"))

    assert begin == at(f"{day}T00:00")
    assert calendar.end(Resolution.DAY, begin) - begin == hours * 3600


def test_a_month_ends_with_its_last_day() -> None:
    calendar = Calendar(BERLIN)

    begin = calendar.begin(Resolution.MONTH, at("2028-02-29T23:59"))

    assert begin == at("2028-02-01")
    assert calendar.end(Resolution.MONTH, begin) == at("2028-03-01")
    assert calendar.end(Resolution.MONTH, at("2026-12-01")) == at("2027-01-01")


def test_a_day_begins_when_its_midnight_is_left_out() -> None:
    havana = ZoneInfo("America/Havana")  # 2026-03-08: after 23:59 comes 01:00
    calendar = Calendar(havana)

    begin = calendar.begin(Resolution.DAY, at("2026-03-08T12:00", havana))

    assert begin == calendar.end(Resolution.DAY, at("2026-03-07T00:00", havana))
    assert begin == int(datetime(2026, 3, 8, 5, tzinfo=UTC).timestamp())


@given(
    zone=st.sampled_from(ZONES),
    resolution=st.sampled_from(Resolution),
    begin=st.floats(0, 4e9),
    slots=st.floats(0.0001, 5.0),
)
def test_pieces_are_the_whole_span_and_each_is_in_its_slot(
    zone: str, resolution: Resolution, begin: float, slots: float
) -> None:
    calendar = Calendar(ZoneInfo(zone))
    seconds = slots * (calendar.end(resolution, int(begin)) - int(begin))

    pieces = list(calendar.pieces(resolution, begin, begin + seconds))

    assert (pieces[0].begin, pieces[-1].end) == (begin, begin + seconds)
    assert all(one.end == other.begin == other.slot for one, other in pairwise(pieces))
    for piece in pieces:
        assert piece.slot <= piece.begin
        assert piece.end <= calendar.end(resolution, piece.slot)
        assert calendar.page(resolution, piece.slot) <= piece.slot


def test_pages_hold_what_belongs_together() -> None:
    calendar = Calendar(BERLIN)
    moment = at("2026-11-30T13:45")

    pages = [calendar.page(one, calendar.begin(one, moment)) for one in Resolution]

    assert pages == [
        at("2026-11-30T13:00"),
        at("2026-11-30T01:00"),
        at("2026-11-01T00:00"),
        at("2026-01-01T00:00"),
    ]
