"""What each meter counted, and its demand, by 5 minutes, hours, days and months. Pure.

It goes by the differences of registers: what was not heard for a while is in the next difference,
and nothing is there twice. Readings come often, so what one brings is only noted; every five
minutes it is counted and kept. All times are seconds since 1970 UTC, as readings have them.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
import math
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.features.metering.calendar import KEPT, Calendar, Piece, Resolution
from sebridge.features.metering.history_gaps import Direction, Grown, laid
from sebridge.features.metering.history_pages import HistoryPages
from sebridge.features.metering.price_log import Priced, PriceLog
from sebridge.features.metering.signals import MeterGap, MeterRead, Reading
from sebridge.features.metering.slot import Counted, Level, Money, Slot
from sebridge.gateway.events.signals import PriceInForce
from sebridge.model.data_types import Moment, WholeMoment

MOST_METERS: Final = 64
"""Meters with a history. A further one takes the place of one that was silent for `_SILENT`."""
LONGEST_STEP: Final = 900.0
"""Seconds between two readings up to which what was used is taken to have been used evenly."""
_SILENT: Final = 30 * 86_400.0
_DIGITS: Final = 12
"""Decimals of what is laid into a slot."""
_LOOK_AGAIN: Final = 3600.0
"""Seconds after which is looked again whether there is room for one more meter."""


class Mark(msgspec.Struct, frozen=True, gc=False):
    """What a register showed when it was last counted."""

    time: Moment
    value: float


class OpenSlot(msgspec.Struct, frozen=True, gc=False):
    """The newest slot of a resolution, which goes onto its page when the next one begins."""

    begin: WholeMoment
    slot: Slot


class MeterHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a meter's history beside the pages of its `number`.

    `scale` is by what its registers were scaled: what was counted by another is not compared.
    """

    number: int
    commodity: str
    unit: str
    power_unit: str | None
    scale: str | None
    delivered: Mark | None = None
    received: Mark | None = None
    open: Mapping[str, OpenSlot] = msgspec.field(default_factory=dict)


class HistorySlot(msgspec.Struct, frozen=True):
    """A slot with its begin and its end; it may not be over."""

    begin: int
    end: int
    slot: Slot


class _Watch(msgspec.Struct):
    """What was heard of a meter since it was counted. `until` is the end of these five minutes."""

    device: Eui64
    endpoint: int
    until: float = -math.inf
    newest: Reading | None = None
    time: float = -math.inf
    power: float | None = None
    low: float = math.inf
    high: float = -math.inf
    integral: float = 0.0
    seconds: float = 0.0

    @property
    def place(self) -> str:
        """Under which its history is kept."""
        return _place(self.device, self.endpoint)

    def begin(self, reading: Reading, until: int) -> None:
        """Begin with the first reading of five minutes, of which nothing was noted before."""
        self.until = until
        self.time, self.power, self.newest = reading.time, reading.power, reading
        if reading.power is not None:
            self.low = self.high = reading.power

    def taken(self) -> Slot:
        """Return the demand that was noted, and note it from here on."""
        level = None
        if self.low <= self.high:
            level = Level(self.low, self.high, self.integral, self.seconds)
        self.low, self.high, self.integral, self.seconds = math.inf, -math.inf, 0.0, 0.0
        return Slot(demand=level)


class History:
    """The history of up to 64 meters.

    `kept` has the newest of each meter by its place, as `device/endpoint`, and `pages` the rest.
    What was counted in an outage is laid evenly over it, and `tell` is told of the gap.
    """

    def __init__(
        self,
        *,
        kept: MutableMapping[str, MeterHistory],
        pages: MutableMapping[str, str],
        calendar: Calendar,
        tell: Callable[[MeterGap], object],
    ) -> None:
        self._tell = tell
        self._kept = kept
        self._calendar = calendar
        self._pages = HistoryPages(pages, calendar)
        self._prices = PriceLog()
        self._watches: dict[tuple[Eui64, int], _Watch] = {}
        self._full_until = -math.inf

    @property
    def prices(self) -> PriceLog:
        """The prices by which money is counted."""
        return self._prices

    def take(self, news: MeterRead) -> None:
        """Take what a meter shows. Each report comes here: for most of them, nothing is called."""
        place, reading = (news.device, news.endpoint), news.reading
        watch = self._watches[place] if place in self._watches else None  # noqa: SIM401  # no call
        if watch is None or reading.time >= watch.until:
            self._count(news.device, news.endpoint, reading)
            return
        time, power = reading.time, reading.power
        if watch.power is not None and 0.0 < time - watch.time <= LONGEST_STEP:
            watch.integral += watch.power * (time - watch.time)
            watch.seconds += time - watch.time
        if power is not None and power < watch.low:
            watch.low = power
        if power is not None and power > watch.high:
            watch.high = power
        watch.time, watch.power, watch.newest = time, power, reading

    def fill(self, gap: MeterGap, profile: Sequence[Grown]) -> None:
        """Lay what was counted in an outage where a load profile says that it was."""
        place = _place(gap.device, gap.endpoint)
        kept, parts = self._kept.get(place), laid(gap.grown, profile)
        if kept is None or kept.number != gap.history or parts is None:
            return
        newest = gap.grown.end
        kept = self._laid(kept, gap.direction, gap.grown, newest, taken_back=True)
        for part in parts:
            kept = self._laid(kept, gap.direction, part, newest)
        self._kept[place] = kept

    # -------------------------------------------------------------- what is asked

    def endpoints(self, device: Eui64) -> list[int]:
        """Return the endpoints of a device whose meters have a history."""
        found = (place.split("/") for place in self._kept)
        return sorted(int(endpoint) for name, endpoint in found if name == str(device))

    def about(self, device: Eui64, endpoint: int) -> MeterHistory | None:
        """Return what is kept of a meter; None where it has no history."""
        return self._kept.get(_place(device, endpoint))

    def slots(
        self, device: Eui64, endpoint: int, resolution: Resolution, begin: float, end: float
    ) -> Iterator[HistorySlot]:
        """Yield the slots that begin in a span of time and of which something is known."""
        watch = self._watches.get((device, endpoint))
        if watch is not None:
            self._settle(watch)
        kept = self._kept.get(_place(device, endpoint))
        if kept is None:
            return
        found = dict(self._pages.between(kept.number, resolution, begin, end))
        newest = kept.open.get(resolution.value)
        if newest is not None and begin <= newest.begin < end:
            slot = found.get(newest.begin)
            found[newest.begin] = newest.slot if slot is None else slot + newest.slot
        for start, slot in sorted(found.items()):
            yield HistorySlot(start, self._calendar.end(resolution, start), slot)

    # -------------------------------------------------------------- other meters

    def doubt(self, device: Eui64, endpoint: int) -> None:
        """Compare nothing with what a meter has shown so far: another one answers there.

        Endpoint 0 stands for all of the device.
        """
        for place in [_place(device, endpoint)] if endpoint else self._places(device):
            self._forget_watch(place)
            if place in self._kept:
                self._kept[place] = replace(self._kept[place], delivered=None, received=None)

    def exchange(self, one: tuple[Eui64, int], other: tuple[Eui64, int]) -> None:
        """Have two meters go on in each other's history, as they do in each other's registers."""
        places = _place(*one), _place(*other)
        for place in places:
            self._forget_watch(place)
        histories = [self._kept.pop(place, None) for place in places]
        for place, kept in zip(reversed(places), histories, strict=True):
            if kept is not None:  # the same sum, which another meter scales in its own way
                self._kept[place] = replace(kept, scale=None)

    def _places(self, device: Eui64) -> list[str]:
        return [place for place in self._kept if place.startswith(f"{device}/")]

    def _forget_watch(self, place: str) -> None:
        for key in [key for key, watch in self._watches.items() if watch.place == place]:
            self._settle(self._watches.pop(key))

    # -------------------------------------------------------------- counting

    def _count(self, device: Eui64, endpoint: int, reading: Reading) -> None:
        """Count what was noted, and this reading, which is in other five minutes."""
        place = _place(device, endpoint)
        is_too_many = place not in self._kept and reading.time < self._full_until
        if reading.unit is None or is_too_many or not self._has_room(place, reading.time):
            return
        watch = self._watches.get((device, endpoint))
        if watch is None:
            watch = self._watches[device, endpoint] = _Watch(device, endpoint)
        kept = self._settle(watch) or self._begun(reading)
        kept = self._grown(_fitting(kept, reading), watch, reading)
        if watch.power is not None and 0 < (held := reading.time - watch.time) <= LONGEST_STEP:
            kept = self._held(kept, watch.power, reading.time - held, reading.time)
        self._kept[place] = kept
        begin = self._calendar.begin(Resolution.FIVE_MINUTES, reading.time)
        watch.begin(reading, self._calendar.end(Resolution.FIVE_MINUTES, begin))

    def _has_room(self, place: str, now: float) -> bool:
        if place in self._kept or len(self._kept) < MOST_METERS:
            return True
        oldest = min(self._kept, key=lambda one: _heard(self._kept[one]))
        if now - _heard(self._kept[oldest]) < _SILENT:
            self._full_until = now + _LOOK_AGAIN
            return False
        self._forget_watch(oldest)
        self._pages.forget(self._kept.pop(oldest).number)
        return True

    def _begun(self, reading: Reading) -> MeterHistory:
        number = 1 + max((kept.number for kept in self._kept.values()), default=0)
        return MeterHistory(
            number=number,
            commodity=reading.commodity,
            unit=str(reading.unit),
            power_unit=reading.power_unit,
            scale=_scale_of(reading),
        )

    def _settle(self, watch: _Watch) -> MeterHistory | None:
        """Count what was noted; it is kept when the next five minutes begin, or by who asks."""
        kept = self._kept.get(watch.place)
        if kept is None or watch.newest is None:
            return kept
        begin = watch.until - 1
        demand = watch.taken()
        if demand.demand is not None:
            for resolution in Resolution:
                slot = self._calendar.begin(resolution, begin)
                kept = self._add(kept, resolution, {slot: demand})
        kept = self._grown(_fitting(kept, watch.newest), watch, watch.newest)
        watch.newest = None
        self._kept[watch.place] = kept
        return kept

    def _grown(self, kept: MeterHistory, watch: _Watch, reading: Reading) -> MeterHistory:
        """Count by what the registers grew; one that shows no sure value is counted later."""
        shown = (
            (Direction.DELIVERED, kept.delivered, _sure(reading, "energy_in", reading.energy_in)),
            (Direction.RECEIVED, kept.received, _sure(reading, "energy_out", reading.energy_out)),
        )
        time = reading.time
        for direction, before, value in shown:
            if value is None or (before is not None and time <= before.time):
                continue
            kept = _marked(kept, direction, Mark(time, value))
            if before is not None and value >= before.value:
                grown = Grown(before.time, time, value - before.value)
                kept = self._laid(kept, direction, grown, time)
                if grown.end - grown.begin > LONGEST_STEP:
                    self._tell(
                        MeterGap(
                            history=kept.number,
                            device=watch.device,
                            endpoint=watch.endpoint,
                            direction=direction,
                            grown=grown,
                        )
                    )
        return kept

    def _laid(
        self,
        kept: MeterHistory,
        direction: Direction,
        grown: Grown,
        newest: float,
        *,
        taken_back: bool = False,
    ) -> MeterHistory:
        """Lay what a register grew by over its time, and count what it cost, or take that back.

        What is older than slots are kept, when it is `newest`, is left out.
        """
        rate = grown.amount / (grown.end - grown.begin)
        spans = [Priced(grown.begin, grown.end, None)]
        if direction is Direction.DELIVERED:
            spans = list(self._prices.spans(kept.commodity, kept.unit, grown.begin, grown.end))
        for resolution in Resolution:
            slots: dict[int, Slot] = {}
            for span in spans:
                first = max(span.begin, newest - KEPT[resolution])
                if first >= span.end:
                    continue
                for piece in self._calendar.pieces(resolution, first, span.end):
                    counted = self._counted(resolution, piece, rate, grown)
                    slot = Slot(received=counted)
                    if direction is Direction.DELIVERED:
                        slot = Slot(counted, money=_money(span.price, piece, counted.amount))
                    before = slots.get(piece.slot)
                    slots[piece.slot] = slot if before is None else before + slot
            if slots:
                signed = {begin: -slot for begin, slot in slots.items()} if taken_back else slots
                kept = self._add(kept, resolution, signed)
        return kept

    def _counted(self, resolution: Resolution, piece: Piece, rate: float, grown: Grown) -> Counted:
        """Return what was used in a piece of a slot; of an outage within it, no less is known."""
        seconds = piece.end - piece.begin
        after = self._calendar.end(resolution, piece.slot)
        is_within = piece.slot <= grown.begin and grown.end <= after
        if is_within or grown.end - grown.begin <= LONGEST_STEP:
            return Counted(round(rate * seconds, _DIGITS), seconds, 0.0)
        return Counted(round(rate * seconds, _DIGITS), 0.0, seconds)

    def _held(self, kept: MeterHistory, power: float, begin: float, end: float) -> MeterHistory:
        """Have a demand hold until the next one came."""
        for resolution in Resolution:
            slots = {
                piece.slot: Slot(demand=_level(power, piece))
                for piece in self._calendar.pieces(resolution, begin, end)
            }
            kept = self._add(kept, resolution, slots)
        return kept

    def _add(
        self, kept: MeterHistory, resolution: Resolution, slots: Mapping[int, Slot]
    ) -> MeterHistory:
        """Add to slots; all go onto their pages but the newest."""
        newest, last = kept.open.get(resolution.value), max(slots)
        if newest is not None and newest.begin > last:
            self._pages.add(kept.number, resolution, slots)
            return kept
        added = dict(slots)
        if newest is not None:
            before = added.get(newest.begin)
            added[newest.begin] = newest.slot if before is None else newest.slot + before
        opened = OpenSlot(last, added.pop(last))
        self._pages.add(kept.number, resolution, added)
        return replace(kept, open={**kept.open, resolution.value: opened})


def _place(device: Eui64, endpoint: int) -> str:
    return f"{device}/{endpoint}"


def _heard(kept: MeterHistory) -> float:
    return max((mark.time for mark in (kept.delivered, kept.received) if mark), default=-math.inf)


def _fitting(kept: MeterHistory, reading: Reading) -> MeterHistory:
    """Compare nothing with registers of another scale; know the units as they are now."""
    scale = _scale_of(reading)
    if kept.scale == scale:
        return kept
    if kept.scale is not None:
        kept = replace(kept, delivered=None, received=None)
    return replace(
        kept,
        commodity=reading.commodity,
        unit=str(reading.unit),
        power_unit=reading.power_unit,
        scale=scale,
    )


def _scale_of(reading: Reading) -> str:
    why = reading.why.get("energy_in", reading.why.get("energy_out", {}))
    return f"{why.get('multiplier')}/{why.get('divisor')} {reading.unit}"


def _marked(kept: MeterHistory, direction: Direction, mark: Mark) -> MeterHistory:
    if direction is Direction.DELIVERED:
        return replace(kept, delivered=mark)
    return replace(kept, received=mark)


def _money(price: PriceInForce | None, piece: Piece, amount: float) -> Money | None:
    if price is None:
        return None
    cost = round(amount * price.price, _DIGITS)
    return Money(price.currency, cost, _level(price.price, piece))


def _level(number: float, piece: Piece) -> Level:
    seconds = piece.end - piece.begin
    return Level(number, number, round(number * seconds, _DIGITS), seconds)


def _sure(reading: Reading, name: str, value: float | None) -> float | None:
    return None if "problem" in reading.why.get(name, {}) else value
