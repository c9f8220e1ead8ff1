"""Curves of prices as programs send them, and what is wrong with those that are none."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.clock import iso_time, unix_time
from sebridge.base.errors import DecodeError, ParameterError, SebridgeError
from sebridge.features.price.curve_shapes import MOST_PRICES, read_curve
from sebridge.schedule.slot import Slot

MIDNIGHT = 849_222_000  # 2026-11-28T23:00:00Z, 00:00 of the 29th in Berlin
HOUR = 3_600


def iso(moment: int) -> str:
    return iso_time(unix_time(moment))


def hours(count: int, **names: str) -> list[dict[str, Any]]:
    """Return hours from midnight at 0.1, 0.2, …, with these names of the fields."""
    start, end, value = (names.get(name, name) for name in ("start", "end", "value"))
    found: list[dict[str, Any]] = []
    for place in range(count):
        begin = MIDNIGHT + place * HOUR
        found.append({start: iso(begin), end: iso(begin + HOUR), value: (place + 1) / 10})
    return found


def slots(count: int) -> tuple[Slot, ...]:
    return tuple(
        Slot(MIDNIGHT + place * HOUR, MIDNIGHT + (place + 1) * HOUR, (place + 1) / 10)
        for place in range(count)
    )


def told(document: Any) -> tuple[Slot, ...]:
    return read_curve(json.dumps(document).encode()).slots


NORD_POOL = {
    "state": "0.1",
    "attributes": {
        "today": [0.1, 0.2],
        "raw_today": [
            {"start": "2026-11-29T00:00:00+01:00", "end": "2026-11-29T01:00:00+01:00", "value": 0.1}
        ],
        "raw_tomorrow": [
            {"start": "2026-11-29T01:00:00+01:00", "end": "2026-11-29T02:00:00+01:00", "value": 0.2}
        ],
        "tomorrow_valid": True,
    },
}
TIBBER = {
    "data": {
        "viewer": {
            "homes": [
                {
                    "currentSubscription": {
                        "priceInfo": {
                            "current": {"total": 0.1},
                            "today": [
                                {"total": 0.1, "startsAt": "2026-11-29T00:00:00.000+01:00"},
                                {"total": 0.2, "startsAt": "2026-11-29T01:00:00.000+01:00"},
                            ],
                            "tomorrow": [],
                        }
                    }
                }
            ]
        }
    }
}


@pytest.mark.parametrize(
    "document",
    [
        hours(2),
        list(reversed(hours(2))),
        hours(2, value="price"),
        {"SE4": hours(2, value="price")},
        {"prices": {"My home": hours(2, start="start_time", value="price", end="end_time")}},
        {"raw_today": hours(2), "raw_tomorrow": None},
        {"raw_today": hours(1), "raw_tomorrow": hours(2)[1:]},
        NORD_POOL,
        TIBBER,
    ],
)
def test_every_shape_says_the_same(document: Any) -> None:
    assert told(document) == slots(2)


def test_a_price_without_an_end_holds_until_the_next_may_begin() -> None:
    starts = [{"startsAt": iso(MIDNIGHT + at * HOUR), "total": 1} for at in (0, 1, 5)]

    assert [slot.end - slot.start for slot in told(starts)] == [HOUR] * 3


def test_a_price_that_is_null_is_none_though_it_is_spoken_of() -> None:
    document = hours(3)
    document[0]["value"] = document[2]["value"] = None

    found = read_curve(json.dumps(document).encode())

    assert (found.start, found.end) == (MIDNIGHT, MIDNIGHT + 3 * HOUR)
    assert found.slots == slots(2)[1:]


@pytest.mark.parametrize(
    ("document", "path", "problem"),
    [
        ([], "", "the list holds no price"),
        ({"raw_today": []}, "", "the list holds no price"),
        (7, "", "is neither a list of prices nor an object with one"),
        ({"a": {"b": "c"}}, "a.b", "is neither a list"),
        ({"a": 1, "b": 2}, "", "has no list of prices"),
        ({"raw_today": 5}, "raw_today", "is not a list"),
        ([*hours(1), 5], "[1]", "is not an object"),
        ([*hours(1), {}], "[1]", "has no start or startsAt"),
        ({"raw_today": [{"start": iso(0)}]}, "raw_today[0]", "has no value or price or total"),
        ({"raw_today": [{"start": "5"}]}, "raw_today[0].start", "is not a time such as"),
        ([*hours(1), {"start": None}], "[1].start", "is not a time such as"),
        ([*hours(1), {"start": "2026-11-29T00:00:00"}], "[1].start", "has no offset from UTC"),
        ([*hours(1), {"start": "2026-11-29T00:00:01Z"}], "[1].start", "is not a whole minute"),
        ([*hours(1), {"start": "1999-12-31T23:59:00Z"}], "[1].start", "is not in the years"),
        ([*hours(1), {"start": "2136-12-31T23:59:00Z"}], "[1].start", "is not in the years"),
        ([*hours(1), {"start": iso(5 * HOUR), "end": iso(HOUR)}], "[1]", "ends before it begins"),
        ([hours(1)[0] | {"value": "1"}, *hours(2)[1:]], "[0].value", "is not a number"),
        ([hours(1)[0] | {"value": True}, *hours(2)[1:]], "[0].value", "is not a number"),
        ([hours(1)[0] | {"value": 10**400}, *hours(2)[1:]], "[0].value", "is too large"),
        ([*hours(1), *hours(1)], "[1]", "begins before [0] ends"),
        ([{"start": iso(0), "value": 1}], "[0]", "has no end"),
        (hours(1) * (MOST_PRICES + 1), "", "1001 prices are more than the 1000 allowed"),
    ],
)
def test_what_is_no_curve_is_refused_with_the_place(document: Any, path: str, problem: str) -> None:
    with pytest.raises(ParameterError) as refused:
        told(document)

    assert refused.value.path == path
    assert problem in refused.value.problem


@pytest.mark.parametrize("payload", [b"", b"{", b"[" * 60, b"\xff", b"[1e999]"])
def test_what_is_no_json_is_refused(payload: bytes) -> None:
    with pytest.raises(SebridgeError):
        read_curve(payload)


def test_what_is_too_large_is_not_looked_at() -> None:
    with pytest.raises(DecodeError, match="octets are more than"):
        read_curve(b" " * 262_145)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["start", "end", "value", "raw_today", "a"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_comes_is_a_curve_or_is_refused_with_words(document: Any) -> None:
    payload = json.dumps(document).encode()

    try:
        found = read_curve(payload)
    except SebridgeError as error:
        problem = str(error)
    else:
        problem = "" if found.start < found.end else "of no time"
        problem = problem or "taken"
    assert problem != "of no time"
    assert problem
