"""The values beside the price: block periods, conversion factors, calorific values.

Rules PRC-16 to PRC-18, for both sides of the cluster. Pure; times are seconds since 2000 UTC.
"""

from collections.abc import MutableMapping, Sequence
from typing import Any, Final, TypeGuard

from msgspec.structs import replace

from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.features.price.block_period import REPEATING, end_of_period, repetition
from sebridge.features.price.succession import Item, Succession
from sebridge.features.price.tariff_records import (
    GetBlockPeriodsRecord,
    GetCalorificValueRecord,
    GetConversionFactorRecord,
    PublishBlockPeriodRecord,
    PublishBlockPeriodSe11Record,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.gateway.events.event_cluster import NEVER
from sebridge.gateway.local_attributes import LocalAttribute
from sebridge.model.record import Record

CONVERSION_FACTOR: Final = 0x0302
CALORIFIC_VALUE: Final = 0x0304

BLOCK_PERIODS: Final = (PublishBlockPeriodRecord, PublishBlockPeriodSe11Record)
VALUES: Final = (*BLOCK_PERIODS, PublishConversionFactorRecord, PublishCalorificValueRecord)
QUESTIONS: Final = (GetBlockPeriodsRecord, GetConversionFactorRecord, GetCalorificValueRecord)

_UINT32: Final = 0x23
_BITMAP8: Final = 0x18
_ENUM8: Final = 0x30
_ANY_ID: Final = 0xFFFFFFFF
_DURATION_TYPE: Final = "block_period_duration_type"

BlockPeriod = PublishBlockPeriodRecord | PublishBlockPeriodSe11Record
Kind = type[Record]
"""What a value is, by the record that publishes it: one of KINDS."""
KINDS: Final[tuple[Kind, ...]] = (
    PublishBlockPeriodRecord,
    PublishConversionFactorRecord,
    PublishCalorificValueRecord,
)
ValueKey = tuple[Kind, int]
"""A value's kind and issuer event id."""
Store = MutableMapping[str, Item[Any]]

_ACKNOWLEDGE: Final = 0x01  # bit of block_period_control
_UNITS: Final = (1, 2)  # of a calorific value: MJ in a cubic metre, MJ in a kilogram


class PriceValues:
    """What a server publishes beside its prices; hand in power-safe stores to keep it."""

    def __init__(
        self,
        block_periods: Store | None = None,
        conversion_factors: Store | None = None,
        calorific_values: Store | None = None,
    ) -> None:
        self.block_periods: Succession[Record] = Succession(_or_new(block_periods), _again)
        self.conversion_factors: Succession[Record] = Succession(_or_new(conversion_factors))
        self.calorific_values: Succession[Record] = Succession(_or_new(calorific_values))

    def take(self, record: Record, now: int) -> Record:
        """Take a value in, or back; return it with its absolute start.

        Raises InvalidFieldError, DuplicateError, OutdatedError, or UnknownEventError for a
        cancellation of what is not scheduled.
        """
        if is_period(record):
            return self._take_period(record, now)
        given: Any = record
        start = given.start_time or now
        if start == NEVER:
            raise InvalidFieldError("start_time 0xFFFFFFFF is not a time")
        absolute = record.replace(start_time=start)
        item = Item(issuer_event_id=given.issuer_event_id, start=start, record=absolute)
        self._kind(type(record)).take(item, now)
        return absolute

    def asked(self, question: Record, now: int) -> list[Record]:
        """Return what answers a question, the earliest first (GEN-9)."""
        asked: Any = question
        items = self._kind(type(question)).items(now)
        if isinstance(question, GetBlockPeriodsRecord):
            since, least, most = asked.start_time, _ANY_ID, asked.number_of_events
        else:
            since, least = asked.earliest_start_time, asked.min_issuer_event_id
            most = asked.number_of_commands
        later = [i for i in items if i.end is None or i.end > (since or now)]
        newer = [i for i in later if least == _ANY_ID or i.issuer_event_id >= least]
        return [item.record for item in newer][: most or None]

    def listed(self, kind: Kind, now: int) -> list[Any]:
        """Return the records of one of KINDS, in force and to come, by their start."""
        return [item.record for item in self._kind(kind).items(now)]

    def at(self, kind: Kind, moment: int, now: int) -> Any | None:
        """Return the record of one of KINDS that is in force at a moment; None for unknown.

        What was in force before the one that is now, is not known any more.
        """
        begun = [item for item in self._kind(kind).items(now) if item.start <= moment]
        lasting = [item for item in begun if item.end is None or item.end > moment]
        return lasting[-1].record if lasting else None

    def keys(self, now: int) -> list[ValueKey]:
        """Return the keys of all values, in force and to come; of each kind by their start."""
        return [(k, item.issuer_event_id) for k in KINDS for item in self._kind(k).items(now)]

    def get(self, key: ValueKey, now: int) -> Record | None:
        """Return a value in force or to come."""
        kind, event_id = key
        items = (i for i in self._kind(kind).items(now) if i.issuer_event_id == event_id)
        return next((item.record for item in items), None)

    def attributes(self, now: int) -> list[LocalAttribute]:
        """Return the attributes that mirror the active factor and calorific value (PRC-18)."""
        shown: list[LocalAttribute] = []
        factor, value = self.conversion_factors.active(now), self.calorific_values.active(now)
        if factor is not None:
            shown += _rows(factor.record, CONVERSION_FACTOR, _FACTOR_FIELDS)
        if value is not None:
            shown += _rows(value.record, CALORIFIC_VALUE, _VALUE_FIELDS)
        return shown

    def next_change(self, now: int) -> int | None:
        """Return when a value starts or ends; None for never."""
        kinds = (self.block_periods, self.conversion_factors, self.calorific_values)
        moments = [kind.next_change(now) for kind in kinds]
        return min((moment for moment in moments if moment is not None), default=None)

    def _take_period(self, record: BlockPeriod, now: int) -> Record:
        start = record.block_period_start_time or now
        provider, event_id = record.provider_id, record.issuer_event_id
        if start == NEVER:
            self.block_periods.cancel(provider, event_id, now)
            return record
        if not record.block_period_duration:
            raise InvalidFieldError("block_period_duration must be 1 or more")
        absolute = record.replace(block_period_start_time=start)
        item: Item[Record] = Item(
            provider_id=provider,
            issuer_event_id=event_id,
            start=start,
            end=end_of_period(start, *_length(absolute)),
            repeats=bool((record.block_period_control or 0) & REPEATING),
            record=absolute,
        )
        self.block_periods.take(item, now)
        return absolute

    def _kind(self, kind: type) -> Succession[Record]:
        """Return the values that a kind of record publishes, or asks for."""
        if kind in {*BLOCK_PERIODS, GetBlockPeriodsRecord}:
            return self.block_periods
        if kind in {PublishConversionFactorRecord, GetConversionFactorRecord}:
            return self.conversion_factors
        if kind in {PublishCalorificValueRecord, GetCalorificValueRecord}:
            return self.calorific_values
        raise UnsupportedCommandError(kind.__name__)


def key_of(record: Record) -> ValueKey:
    """Return the key of a value."""
    kind = PublishBlockPeriodRecord if is_period(record) else type(record)
    given: Any = record  # every value has this field, and no base class for it
    return kind, given.issuer_event_id


def start_of(record: Record) -> int:
    """Return when a value is to start, in seconds since 2000; 0 is now."""
    return int(getattr(record, start_field(record)))


def start_field(record: Record) -> str:
    """Return the name of the field that says when a value is to start."""
    return "block_period_start_time" if is_period(record) else "start_time"


def is_period(record: Record) -> TypeGuard[BlockPeriod]:
    """Say whether a value is a block period."""
    return isinstance(record, BLOCK_PERIODS)


def awaits_answer(record: Record) -> bool:
    """Say whether a value asks to be acknowledged; only block periods can."""
    return is_period(record) and bool((record.block_period_control or 0) & _ACKNOWLEDGE)


def check(record: Record) -> None:
    """Raise InvalidFieldError for a value that a server should not publish."""
    if start_of(record) == NEVER:
        raise InvalidFieldError("a start of 0xFFFFFFFF is not a time")
    match record:
        case PublishConversionFactorRecord(conversion_factor=0):
            raise InvalidFieldError("a conversion_factor of 0 makes every volume nothing")
        case PublishCalorificValueRecord(calorific_value=0):
            raise InvalidFieldError("a calorific_value of 0 makes all gas worthless")
        case PublishCalorificValueRecord(calorific_value_unit=unit) if unit not in _UNITS:
            raise InvalidFieldError("calorific_value_unit must be 1 (MJ/m3) or 2 (MJ/kg)")


_FACTOR_FIELDS: Final = (
    ("conversion_factor", _UINT32),
    ("conversion_factor_trailing_digit", _BITMAP8),
)
_VALUE_FIELDS: Final = (
    ("calorific_value", _UINT32),
    ("calorific_value_unit", _ENUM8),
    ("calorific_value_trailing_digit", _BITMAP8),
)


def _rows(record: Record, first: int, fields: Sequence[tuple[str, int]]) -> list[LocalAttribute]:
    return [
        LocalAttribute(first + place, kind, int(getattr(record, name)))
        for place, (name, kind) in enumerate(fields)
    ]


def _or_new(store: Store | None) -> Store:
    return {} if store is None else store


def _length(record: Any) -> tuple[int, int]:
    """Return the duration and what it counts, which SE 1.1 does not say."""
    return record.block_period_duration, int(getattr(record, _DURATION_TYPE, 0))


def _again(item: Item[Record], now: int) -> Item[Record]:
    """Return the repetition that is in force: consumption counts from zero again."""
    start = repetition(item.start, *_length(item.record), now)
    record: Any = item.record.replace(block_period_start_time=start)
    return replace(item, start=start, end=end_of_period(start, *_length(record)), record=record)
