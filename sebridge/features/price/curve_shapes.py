"""What a curve of prices may look like in JSON, and what it says. Pure.

Taken are lists of objects with a start, an end and a value, as they are, and inside of what Home
Assistant's states and the answers of its actions, Nord Pool and Tibber have around them:

- `[{"start": …, "end": …, "value": …}]`, as evcc has it
- `raw_today` and `raw_tomorrow`, as attributes of sensors
- `today` and `tomorrow` with `startsAt` and `total`, as Tibber answers
- `start`, `end` and `price`, or `start_time` and `price`, as actions of Home Assistant answer
"""

from collections.abc import Iterator, Mapping
import datetime as dt
from itertools import pairwise
import math
from typing import Any, Final

import msgspec

from sebridge.base.clock import ZIGBEE_EPOCH
from sebridge.base.errors import ParameterError
from sebridge.features.price.curve import Told
from sebridge.rpc.json_codec import parse
from sebridge.schedule.slot import Slot

MOST_PRICES: Final = 1_000
"""Prices of one message: those of ten days by the quarter of an hour."""

_STARTS: Final = ("start", "startsAt", "start_time")
_ENDS: Final = ("end", "end_time")
_VALUES: Final = ("value", "price", "total")
_DAYS: Final = (("raw_today", "raw_tomorrow"), ("today", "tomorrow"))
_AROUND: Final = "attributes"  # of a state of Home Assistant
_LAST_MOMENT: Final = 0xFFFFFFFE  # seconds since 2000
_MINUTE: Final = 60
_LONGEST_NAME: Final = 40  # characters of a place that are shown

_Placed = tuple[str, Any]  # where it stands in the document, and what stands there


class _Entry(msgspec.Struct, frozen=True):
    """An object of the list: `end` None where it says none, `value` None for no price."""

    place: str
    start: int
    end: int | None
    value: float | None


def read_curve(payload: bytes) -> Told:
    """Return what a message says.

    Raises DecodeError for what is no JSON, too large or too deep, and ParameterError, whose path is
    the place in the document, for what is no curve. Times need an offset from UTC and whole
    minutes. Where no end is told, each price holds for the shortest time between two starts.
    """
    placed = list(_entries(_list_in("", parse(payload))))
    if not placed:
        raise ParameterError("", "the list holds no price")
    if len(placed) > MOST_PRICES:
        raise ParameterError("", f"{len(placed)} prices are more than the {MOST_PRICES} allowed")
    entries = sorted(map(_entry, placed), key=lambda entry: entry.start)
    ends = _ends(entries)
    for entry, end, successor in zip(entries, ends, entries[1:], strict=False):
        if successor.start < end:
            raise ParameterError(successor.place, f"begins before {entry.place} ends")
    slots = (
        Slot(entry.start, end, entry.value)
        for entry, end in zip(entries, ends, strict=True)
        if entry.value is not None
    )
    return Told(entries[0].start, ends[-1], tuple(slots))


def _list_in(place: str, value: Any) -> list[_Placed]:
    """Return the lists of prices in a document, each with its place."""
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], dict) and not _has(value[0], _STARTS):
            return _list_in(f"{place}[0]", value[0])
        return [(place, value)]
    if not isinstance(value, dict):
        raise ParameterError(place, "is neither a list of prices nor an object with one")
    if isinstance(value.get(_AROUND), dict):
        return _list_in(_below(place, _AROUND), value[_AROUND])
    for names in _DAYS:
        days = [(_below(place, name), value[name]) for name in names if value.get(name) is not None]
        if days:
            return days
    if len(value) == 1:
        (name, inner), *_ = value.items()
        return _list_in(_below(place, name), inner)
    raise ParameterError(place, "has no list of prices, such as raw_today or today")


def _entries(lists: list[_Placed]) -> Iterator[_Placed]:
    for place, value in lists:
        if not isinstance(value, list):
            raise ParameterError(place, "is not a list")
        for number, item in enumerate(value):
            yield f"{place}[{number}]", item


def _entry(placed: _Placed) -> _Entry:
    place, item = placed
    if not isinstance(item, dict):
        raise ParameterError(place, "is not an object with a start and a value")
    start = _moment(*_field(place, item, _STARTS))
    end = _moment(*_field(place, item, _ENDS)) if _has(item, _ENDS) else None
    if end is not None and end <= start:
        raise ParameterError(place, "ends before it begins")
    return _Entry(place, start, end, _value(*_field(place, item, _VALUES)))


def _ends(entries: list[_Entry]) -> list[int]:
    starts = [entry.start for entry in entries]
    steps = [after - before for before, after in pairwise(starts)]
    step = min(filter(None, steps), default=None)
    ends = []
    for entry in entries:
        if entry.end is None and step is None:
            raise ParameterError(entry.place, "has no end, and no other price tells how long it is")
        ends.append(entry.start + (step or 0) if entry.end is None else entry.end)
    return ends


def _moment(place: str, text: Any) -> int:
    """Return seconds since 2000 for ISO 8601."""
    try:
        moment = dt.datetime.fromisoformat(text)
        since_1970 = moment.timestamp()
    except (TypeError, ValueError, OverflowError):
        problem = "is not a time such as 2026-11-29T14:00:00+01:00"
        raise ParameterError(place, problem) from None
    if moment.tzinfo is None:
        raise ParameterError(place, "has no offset from UTC, such as +01:00 or Z")
    found = since_1970 - ZIGBEE_EPOCH
    if found % _MINUTE:
        raise ParameterError(place, "is not a whole minute")
    if not 0 <= found <= _LAST_MOMENT:
        raise ParameterError(place, "is not in the years 2000 to 2136")
    return int(found)


def _value(place: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ParameterError(place, "is not a number")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ParameterError(place, "is too large")
    return found


def _has(item: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return any(name in item for name in names)


def _field(place: str, item: Mapping[str, Any], names: tuple[str, ...]) -> _Placed:
    for name in names:
        if name in item:
            return _below(place, name), item[name]
    raise ParameterError(place, f"has no {' or '.join(names)}")


def _below(place: str, name: str) -> str:
    """Return the place of a value; names that are none of a program's are shown in quotes."""
    if not (name.isascii() and name.isidentifier() and len(name) <= _LONGEST_NAME):
        name = ascii(name[:_LONGEST_NAME])
    return f"{place}.{name}" if place else name
