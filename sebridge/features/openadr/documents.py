"""What a VTN answers, and what the events in it say. Pure.

Times are whole seconds since 2000 UTC. Source: OpenADR 3.1 Definition, Information Model, and User
Guide: "intervalPeriod.randomizeStart", "event.duration", "multi-value payloads".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
import math
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec.structs import replace

from sebridge.base.errors import InvalidFieldError
from sebridge.base.printable import printable
from sebridge.features.openadr.moments import LAST, is_now, moment, seconds
from sebridge.model.data_types import Uint32

PRICE: Final = "PRICE"
SIMPLE: Final = "SIMPLE"
LIMITS: Final = ("IMPORT_CAPACITY_LIMIT", "DISPATCH_SETPOINT", "LOAD_LIMIT")
"""Payloads that say how much may be drawn. The last is no word of the standard's."""
USED: Final = (PRICE, SIMPLE, *LIMITS)
"""The payloads of which something is made."""

MOST_INTERVALS: Final = 1_000
"""Intervals of one event, and values of one interval: ten days by the quarter of an hour."""
MOST_PROBLEMS: Final = 8
"""Problems of one event that are told."""

_MINUTE: Final = 60
_LARGEST: Final = 1e12
"""No price and no power is further from zero."""

D = TypeVar("D")

# ids and words are told to people: a terminal would obey what cannot be printed
_Id = Annotated[str, msgspec.Meta(pattern="^[!-~]{1,128}$")]
_Word = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f]{0,128}$")]
_Text = Annotated[str, msgspec.Meta(max_length=64)]


# ------------------------------------------------------------------ as they are written


class _Period(msgspec.Struct, rename="camel"):
    start: _Text | None = None
    duration: _Text | None = None
    randomize_start: _Text | None = None


class _Payload(msgspec.Struct, rename={"kind": "type"}):
    kind: _Word
    values: Annotated[list[Any], msgspec.Meta(max_length=MOST_INTERVALS)]


class _Interval(msgspec.Struct, rename="camel"):
    payloads: Annotated[list[_Payload], msgspec.Meta(max_length=64)]
    interval_period: _Period | None = None


class _Descriptor(msgspec.Struct, rename="camel"):
    payload_type: _Word
    units: _Word | None = None
    currency: _Word | None = None


_Descriptors = Annotated[list[_Descriptor], msgspec.Meta(max_length=64)]


class _Program(msgspec.Struct, rename="camel"):
    id: _Id
    program_name: _Word
    payload_descriptors: _Descriptors | None = None


class _Event(
    msgspec.Struct,
    rename={
        "program_id": "programID",
        "event_name": "eventName",
        "created": "createdDateTime",
        "modified": "modificationDateTime",
        "payload_descriptors": "payloadDescriptors",
        "interval_period": "intervalPeriod",
    },
):
    id: _Id
    program_id: _Id
    event_name: _Word | None = None
    priority: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)] | None = None
    created: _Text | None = None
    modified: _Text | None = None
    duration: _Text | None = None
    payload_descriptors: _Descriptors | None = None
    interval_period: _Period | None = None
    intervals: Annotated[list[_Interval], msgspec.Meta(max_length=MOST_INTERVALS)] | None = None


# ------------------------------------------------------------------ what they say


class Measure(msgspec.Struct, frozen=True):
    """What the values of a payload are in, as its descriptor says; None for what it leaves out."""

    units: str | None = None
    currency: str | None = None


class GridProgram(msgspec.Struct, frozen=True, kw_only=True):
    """A program, and what the payloads of its events are in, where they do not say so."""

    program_id: str
    name: str
    measures: Mapping[str, Measure]


class Span(msgspec.Struct, frozen=True):
    """From `start` until before `end` a payload has a value."""

    start: Uint32
    end: Uint32
    payload: str
    value: float
    measure: Measure


class GridEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event. Its spans come again `every` so many seconds, if that is not 0, and end `until`.

    `priority` is lower for what goes before; None goes last. `problems` says what of it cannot be
    understood.
    """

    event_id: str
    program_id: str
    name: str
    priority: int | None
    modified: Uint32
    spans: tuple[Span, ...]
    every: Uint32
    until: Uint32
    problems: tuple[str, ...] = ()

    def within(self, begin: int, end: int) -> Iterator[Span]:
        """Yield the spans that reach into a time, each as long as it is."""
        if not self.spans:
            return
        until = min(self.until, end)
        first = min(span.start for span in self.spans)
        shift = max(0, (begin - first) // self.every) * self.every if self.every else 0
        while first + shift < until:
            for span in self.spans:
                start, stop = span.start + shift, min(span.end + shift, self.until, LAST)
                if start < min(stop, end) and stop > begin:
                    yield replace(span, start=start, end=stop)
            if not self.every:
                return
            shift += self.every


def id_in(document: Any) -> str | None:
    """Return the id that an object has, also where it is wrong otherwise; None for none."""
    found = document.get("id") if isinstance(document, dict) else None
    return found if isinstance(found, str) else None


def read_program(document: Any) -> GridProgram:
    """Return what an object of /programs says; InvalidFieldError for what is none."""
    found = _converted(document, _Program)
    return GridProgram(
        program_id=found.id,
        name=found.program_name,
        measures=_measures(found.payload_descriptors),
    )


def read_event(
    document: Any, measures: Mapping[str, Measure], *, seen: int, chance: float
) -> GridEvent:
    """Return what an object of /events says; InvalidFieldError for what is none.

    `measures` are those of its program. `seen` is when it was seen first, at which it begins where
    it says `now`; `chance` (-1..1) is how much of its randomizeStart its start is moved by.
    """
    found = _converted(document, _Event)
    reader = _Reader(found, {**measures, **_measures(found.payload_descriptors)}, seen, chance)
    spans, problems = reader.read()
    begin = min((span.start for span in spans), default=0)
    end = max((span.end for span in spans), default=0)
    until = end
    if found.duration is not None and spans:
        lasts = seconds(found.duration)
        until = LAST if lasts is None else min(begin + lasts, LAST)
    changed = found.modified or found.created
    return GridEvent(
        event_id=found.id,
        program_id=found.program_id,
        name=found.event_name or "",
        priority=found.priority,
        modified=seen if changed is None else moment(changed),
        spans=spans,
        every=end - begin if until > end else 0,
        until=until,
        problems=told_once(problems),
    )


def told_once(problems: Iterable[str]) -> tuple[str, ...]:
    """Return problems, each once, and not more than are told."""
    return tuple(dict.fromkeys(printable(problem, "?") for problem in problems))[:MOST_PROBLEMS]


class _Reader:
    """Reads the intervals of one event, from the first to the last."""

    def __init__(
        self, event: _Event, measures: Mapping[str, Measure], seen: int, chance: float
    ) -> None:
        self._event = event
        self._measures = measures
        self._seen = seen
        self._chance = chance
        self._shift = 0
        self._end: int | None = None  # of the interval before

    def read(self) -> tuple[tuple[Span, ...], list[str]]:
        """Return the spans of the payloads that are used, and what is wrong with others."""
        spans: list[Span] = []
        problems: list[str] = []
        for place, interval in enumerate(self._event.intervals or ()):
            start, length = self._period(place, interval.interval_period)
            self._end = LAST if length is None else min(start + length, LAST)
            for payload in interval.payloads:
                try:
                    spans += self._spans(payload, start, length)
                except InvalidFieldError as error:
                    problems.append(f"{payload.kind}: {error}")
        if len(spans) > MOST_INTERVALS:
            raise InvalidFieldError(f"has more than {MOST_INTERVALS} values")
        return tuple(spans), problems

    def _period(self, place: int, own: _Period | None) -> tuple[int, int | None]:
        """Return the start of an interval, and its length; None for one without an end."""
        given, default = own or _Period(), self._event.interval_period or _Period()
        spread = given.randomize_start
        if spread is None and not place:
            spread = default.randomize_start
        if spread:
            most = seconds(spread.removeprefix("-")) or 0
            self._shift = round(self._chance * most / _MINUTE) * _MINUTE
        duration = given.duration or default.duration
        if duration is None:
            raise InvalidFieldError(f"interval {place} has no duration")
        return self._start(place, given.start, default.start), seconds(duration)

    def _start(self, place: int, own: str | None, default: str | None) -> int:
        if own is not None and not is_now(own):
            return self._moved(moment(own))
        if self._end is not None:
            return self._end
        told = default if own is None else own
        if told is None:
            raise InvalidFieldError(f"interval {place} has no start")
        return self._moved(self._seen if is_now(told) else moment(told))

    def _moved(self, start: int) -> int:
        return min(max(start + self._shift, 0), LAST)

    def _spans(self, payload: _Payload, start: int, length: int | None) -> Iterator[Span]:
        """Yield the values of a payload: several share its time in equal parts."""
        if payload.kind not in USED:
            raise InvalidFieldError("nothing is made of it")
        numbers = [_number(value) for value in payload.values]
        if not numbers:
            raise InvalidFieldError("has no value")
        measure = self._measures.get(payload.kind, Measure())
        if length is None:
            if len(numbers) > 1:
                raise InvalidFieldError("several values cannot share a time without an end")
            yield Span(start, LAST, payload.kind, numbers[0], measure)
            return
        part, rest = divmod(length, len(numbers) * _MINUTE)
        if rest or not part:
            raise InvalidFieldError("a value holds for whole minutes, and for one at least")
        for place, number in enumerate(numbers):
            begin = start + place * part * _MINUTE
            end = min(begin + part * _MINUTE, LAST)
            if begin < end:
                yield Span(begin, end, payload.kind, number, measure)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _is_small(value):
        raise InvalidFieldError("has a value that is no number")
    return float(value)


def _is_small(value: float) -> bool:
    return math.isfinite(value) and abs(value) <= _LARGEST


def _measures(descriptors: Sequence[_Descriptor] | None) -> Mapping[str, Measure]:
    return {one.payload_type: Measure(one.units, one.currency) for one in descriptors or ()}


def _converted(document: Any, kind: type[D]) -> D:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise InvalidFieldError(str(error)) from None
