"""Moments and durations of OpenADR."""

import pytest

from sebridge.base.errors import InvalidFieldError
from sebridge.features.openadr.moments import is_now, moment, seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2000-01-01T00:00:00Z", 0),
        ("2026-11-30T12:00:00.000Z", 849_355_200),
        ("2026-11-30T13:00:00+01:00", 849_355_200),
    ],
)
def test_moments_have_an_offset(text: str, expected: int) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-30",
        "2026-11-30T12:00:00",
        "1999-12-31T23:59:59Z",
        "2137-01-01T00:00Z",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InvalidFieldError):
        moment(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT1H", 3_600),
        ("PT15M", 900),
        ("P1DT1H1M1S", 90_061),
        ("P1W", 604_800),
        ("PT0S", 0),
        ("P9999Y", None),
    ],
)
def test_durations_are_seconds(text: str, expected: int | None) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "1H", "-PT1H", "P1Y", "P1M", "PT1H1H"])
def test_what_is_no_duration_or_not_always_as_long_is_refused(text: str) -> None:
    with pytest.raises(InvalidFieldError):
        seconds(text)


def test_now_is_the_first_day_of_all() -> None:
    assert is_now("0001-01-01")
    assert is_now("0001-01-01T00:00:00Z")
    assert is_now("0000-00-00") is False
    assert not is_now("2026-01-01T00:00:00Z")
