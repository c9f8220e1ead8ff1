"""Moments and durations as OpenADR writes them. Pure.

Source: OpenADR 3.1 Definition, Information Model, intervalPeriod; RFC 3339; ISO 8601.
"""

import datetime as dt
import re
from typing import Final

from sebridge.base.clock import ZIGBEE_EPOCH
from sebridge.base.errors import InvalidFieldError

LAST: Final = 0xFFFFFFFE
"""Seconds since 2000: when something ends that has no end."""

_NOW: Final = re.compile(r"0001-01-01(T00:00(:00(\.0+)?)?(Z|[+-]00:00)?)?")
"""How `now` is written."""

_DURATION: Final = re.compile(
    r"P(?=\d|T\d)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d{1,9})?S)?)?"
)
_ENDLESS: Final = 1_000  # years: P9999Y stands for ever


def is_now(text: str) -> bool:
    """Say whether a start means `now`, or of a later interval `when the one before ends`."""
    return _NOW.fullmatch(text) is not None


def moment(text: str) -> int:
    """Return a moment in seconds since 2000; InvalidFieldError for what is none, or before it."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidFieldError(f"{_shown(text)} is no moment with an offset from UTC")
    since = int(found.timestamp()) - ZIGBEE_EPOCH
    if not 0 <= since <= LAST:
        raise InvalidFieldError(f"{_shown(text)} is not in the years 2000 to 2136")
    return since


def seconds(text: str) -> int | None:
    """Return a duration in seconds; None for one without an end, such as P9999Y.

    InvalidFieldError for what is none, or has months or a few years, whose length nobody knows.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise InvalidFieldError(f"{_shown(text)} is no duration such as PT1H")
    years, months, weeks, days, hours, minutes, rest = (int(part or 0) for part in found.groups())
    if years >= _ENDLESS:
        return None
    if years or months:
        raise InvalidFieldError(f"{_shown(text)} has years or months, which are not always as long")
    return ((weeks * 7 + days) * 24 + hours) * 3_600 + minutes * 60 + rest


def _shown(text: str) -> str:
    return repr(text[:40])
