"""What is made of the events of a VTN: a curve of prices, and load control. Pure.

Times are whole seconds since 2000 UTC. Where events overlap, the one with the lower `priority` goes
before; of two alike, the one that was changed last. That holds for prices and for load control
apart. Load control is in events of a day at most, as those of ZigBee are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
import heapq
from itertools import islice, pairwise
from typing import Final, Generic, TypeVar

import msgspec
from msgspec.structs import replace

from sebridge.base.errors import InvalidFieldError
from sebridge.features.openadr.documents import LIMITS, PRICE, SIMPLE, GridEvent, Span, told_once
from sebridge.features.openadr.moments import LAST
from sebridge.model.data_types import Uint8, Uint16, Uint32
from sebridge.schedule.slot import Slot

AHEAD: Final = 8 * 86_400
"""Seconds: what is later is planned when it is nearer."""
BEHIND: Final = 2 * 86_400
"""Seconds: prices are ranked among those of the whole day."""
_LOADS_AHEAD: Final = 86_400
"""Seconds: devices keep few load-control events, so they get those of a day."""
MOST_SPANS: Final = 5_000
"""Values of all events that are planned at once."""

_MINUTE: Final = 60
_LONGEST_LOAD: Final = 1_440 * _MINUTE
_WHOLE: Final = 100  # per cent
_NORMAL: Final = 0  # level of SIMPLE
_ELECTRICITY: Final = "kWh"
_WATTS: Final[Mapping[str, int]] = {"KW": 1_000, "W": 1}

M = TypeVar("M")


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """By what events become ours, as the configuration says.

    `currency` and `unit` are those of `price_source`, None where prices do not come from here;
    `nominal` are the watts of which a limit is a share, None where they are not known.
    `duty_cycle` (per cent) and `criticality` are those of the levels of SIMPLE from 1 on.
    """

    currency: str | None
    unit: str | None
    nominal: int | None
    device_class: int
    duty_cycle: Sequence[int]
    criticality: Sequence[int]
    limit_criticality: int


class Load(msgspec.Struct, frozen=True):
    """A load-control event that there should be, and the event of the VTN that wants it."""

    source: str
    start: Uint32
    minutes: Uint16
    duty_cycle: Uint8
    criticality: Uint8
    device_class: Uint16

    @property
    def end(self) -> int:
        """When it is over."""
        return self.start + self.minutes * _MINUTE


class Verdict(msgspec.Struct, frozen=True):
    """What becomes of an event: so many prices of the curve, and why not more."""

    prices: int = 0
    problems: tuple[str, ...] = ()


class Decision(msgspec.Struct, frozen=True):
    """The whole curve, all load control, and what became of each event by its id."""

    prices: tuple[Slot, ...]
    loads: tuple[Load, ...]
    verdicts: Mapping[str, Verdict]


class Changes(msgspec.Struct, frozen=True):
    """What is to be done: these events are new, those identifiers withdrawn, others over."""

    new: tuple[Load, ...]
    withdrawn: tuple[int, ...]
    over: tuple[int, ...]


class _Piece(msgspec.Struct, Generic[M], frozen=True):
    """What an event says of a time, once it is understood."""

    start: int
    end: int
    source: str
    meaning: M


class _Draw(msgspec.Struct, frozen=True):
    """How much may be drawn; a duty cycle of 100 leaves everything as it is."""

    duty_cycle: int
    criticality: int


def decide(events: Iterable[GridEvent], rules: Rules, now: int) -> Decision:
    """Return what is made of events, from two days ago until some days ahead."""
    ordered = sorted(events, key=_rank)
    problems: dict[str, list[str]] = {event.event_id: list(event.problems) for event in ordered}
    prices: list[_Piece[float]] = []
    draws: list[_Piece[_Draw]] = []
    said = ((event.event_id, span) for event in ordered for span in _near(event, now))
    for count, (source, span) in enumerate(islice(said, MOST_SPANS + 1)):
        if count == MOST_SPANS:
            problems[source].append(f"the VTN says more than {MOST_SPANS} values at once")
            break
        try:
            if span.payload == PRICE:
                prices.append(_piece(source, span, _price(span, rules)))
            else:
                draws.append(_piece(source, span, _draw(span, rules)))
        except InvalidFieldError as error:
            problems[source].append(f"{span.payload}: {error}")
    curve = [piece for piece in _layered(prices) if piece.end - piece.start >= _MINUTE]
    told = [piece.source for piece in curve]
    return Decision(
        prices=tuple(Slot(piece.start, _whole(piece), piece.meaning) for piece in curve),
        loads=tuple(load for piece in _layered(draws) for load in _loads(piece, rules, now)),
        verdicts={
            source: Verdict(told.count(source), told_once(found))
            for source, found in problems.items()
        },
    )


def changes(issued: Mapping[int, Load], wanted: Sequence[Load], now: int) -> Changes:
    """Return what makes the events that were issued, by their identifiers, the wanted ones.

    What was issued once is not issued again, also where somebody has taken it back since.
    """
    there = {load: event_id for event_id, load in issued.items()}
    kept = set(wanted) & there.keys()
    gone = [(event_id, load) for load, event_id in there.items() if load not in kept]
    return Changes(
        new=tuple(load for load in wanted if load not in kept),
        withdrawn=tuple(event_id for event_id, load in gone if load.end > now),
        over=tuple(event_id for event_id, load in gone if load.end <= now),
    )


def _rank(event: GridEvent) -> tuple[bool, int, int, str]:
    return event.priority is None, event.priority or 0, -event.modified, event.event_id


def _near(event: GridEvent, now: int) -> Iterator[Span]:
    return event.within(max(now - BEHIND, 0), min(now + AHEAD, LAST))


def _piece(source: str, span: Span, meaning: M) -> _Piece[M]:
    return _Piece(span.start, span.end, source, meaning)


def _whole(piece: _Piece[M]) -> int:
    """Return the end of a piece that has whole minutes."""
    return piece.end - (piece.end - piece.start) % _MINUTE


# ------------------------------------------------------------------ what values mean


def _price(span: Span, rules: Rules) -> float:
    if rules.unit is None or rules.currency is None:
        raise InvalidFieldError("price_source of the configuration does not say openadr: true")
    if rules.unit != _ELECTRICITY:
        raise InvalidFieldError(f"price_source has prices of 1 {rules.unit}, and not of 1 kWh")
    units, currency = span.measure.units or "KWH", span.measure.currency or rules.currency
    if units != "KWH":
        raise InvalidFieldError(f"is of 1 {units}, and devices get prices of 1 kWh")
    if currency != rules.currency:
        raise InvalidFieldError(f"is in {currency}, and price_source in {rules.currency}")
    return span.value


def _draw(span: Span, rules: Rules) -> _Draw:
    return _level(span, rules) if span.payload == SIMPLE else _limit(span, rules)


def _level(span: Span, rules: Rules) -> _Draw:
    if span.value == _NORMAL:
        return _Draw(_WHOLE, 1)
    if span.value not in range(1, len(rules.duty_cycle) + 1):
        raise InvalidFieldError(f"{span.value:g} is no level of 0 to {len(rules.duty_cycle)}")
    place = int(span.value) - 1
    return _Draw(rules.duty_cycle[place], rules.criticality[place])


def _limit(span: Span, rules: Rules) -> _Draw:
    assert span.payload in LIMITS
    units = span.measure.units
    if units is None or units not in _WATTS:
        told = "without units" if units is None else f"in {units}"
        raise InvalidFieldError(f"is {told}, and not in KW or W")
    if span.value < 0:
        raise InvalidFieldError("is below zero: devices know no limit of what is fed in")
    if rules.nominal is None:
        raise InvalidFieldError(
            "consumption_limit of the configuration does not say of what a limit is a share"
        )
    share = int(span.value * _WATTS[units] * _WHOLE / rules.nominal)
    return _Draw(min(share, _WHOLE), rules.limit_criticality)


def _loads(piece: _Piece[_Draw], rules: Rules, now: int) -> Iterator[Load]:
    """Yield the load-control events for a time that begin soon, without those that are over."""
    if piece.meaning.duty_cycle == _WHOLE:
        return
    start = piece.start + max(0, (now - piece.start) // _LONGEST_LOAD) * _LONGEST_LOAD
    while start < min(piece.end, now + _LOADS_AHEAD):
        load = Load(
            piece.source,
            start,
            min(piece.end - start, _LONGEST_LOAD) // _MINUTE,
            piece.meaning.duty_cycle,
            piece.meaning.criticality,
            rules.device_class,
        )
        if load.end > now and load.minutes:
            yield load
        start += _LONGEST_LOAD


# ------------------------------------------------------------------ which of several holds


def _layered(pieces: Sequence[_Piece[M]]) -> list[_Piece[M]]:
    """Return pieces in order of time, none over another: the first of the sequence goes before."""
    marks = sorted({mark for piece in pieces for mark in (piece.start, piece.end)})
    coming = sorted(range(len(pieces)), key=lambda rank: pieces[rank].start, reverse=True)
    there: list[int] = []
    found: list[_Piece[M]] = []
    last: _Piece[M] | None = None
    for begin, end in pairwise(marks):
        while coming and pieces[coming[-1]].start <= begin:
            heapq.heappush(there, coming.pop())
        while there and pieces[there[0]].end <= begin:
            heapq.heappop(there)
        holds = pieces[there[0]] if there else None
        if holds is not None and holds is last:
            found[-1] = replace(found[-1], end=end)
        elif holds is not None:
            found.append(replace(holds, start=begin, end=end))
        last = holds
    return found
