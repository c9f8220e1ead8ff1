"""The Price cluster as the gateway serves it: rules PRC-1 to PRC-20."""

from collections.abc import Iterable, Sequence
from typing import Final

from typing_extensions import override

from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.features.price.records import (
    PRICE_CLUSTER,
    GetCurrentPriceRecord,
    GetScheduledPricesRecord,
    PriceAcknowledgementRecord,
    PublishPriceRecord,
)
from sebridge.features.price.signals import ValuesHeard
from sebridge.features.price.tariff_records import PublishBlockPeriodRecord
from sebridge.features.price.tier_order import TierOrder
from sebridge.features.price.values import QUESTIONS, PriceValues, ValueKey, key_of
from sebridge.gateway.cluster import Command, Outcome
from sebridge.gateway.events.event_cluster import end_of
from sebridge.gateway.events.event_server import EventServer
from sebridge.model.record import Record
from sebridge.schedule.changes import Change, Postponed, Started
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.metering import unit_of
from sebridge.zcl.status import Status

_LONGEST_LABEL: Final = 12  # octets of UTF-8 (PRC-14)
ACKNOWLEDGE: Final = 0x01
"""Bit of price_control: the client must acknowledge the price (PRC-10)."""


class PriceServer(EventServer[PublishPriceRecord]):
    """Keeps the prices, answers those who ask."""

    definition = PRICE_CLUSTER

    def __init__(
        self,
        local_endpoint: int,
        schedule: Schedule[PublishPriceRecord],
        values: PriceValues | None = None,
    ) -> None:
        super().__init__(local_endpoint, schedule)
        self.values = PriceValues() if values is None else values
        self._tiers = TierOrder()
        for event in schedule.not_ended(0):
            self._tiers.add(event.event_id, event.record)

    def take_value(self, record: Record, now: int) -> Record:
        """Take a block period, conversion factor or calorific value, or take a period back.

        Returns it with its absolute start, to be told to all clients. Raises InvalidFieldError,
        DuplicateError, OutdatedError or UnknownEventError; then nothing has changed.
        """
        taken = self.values.take(record, now)
        self.attributes.show(self.values.attributes(now))
        return taken

    @override
    def next_change(self, now: int) -> int | None:
        """Return when a price or another value will change."""
        moments = [super().next_change(now), self.values.next_change(now)]
        return min((moment for moment in moments if moment is not None), default=None)

    @override
    def advance(self, now: int) -> Outcome:
        """Do what became due, and show the values in force."""
        self.attributes.show(self.values.attributes(now))
        return super().advance(now)

    @override
    def awaits_answer(self, event: ScheduledEvent[PublishPriceRecord]) -> bool:
        """Say whether the price asks to be acknowledged (PRC-10)."""
        return bool((event.record.price_control or 0) & ACKNOWLEDGE)

    @override
    def add(self, record: PublishPriceRecord, now: int) -> tuple[PublishPriceRecord, Outcome]:
        """Take a price, as every server of events does."""
        stored, outcome = super().add(record, now)
        self._tiers.add(self.identifier(stored), stored)
        return stored, outcome

    @override
    def oddity(self, record: PublishPriceRecord) -> str:
        """Say which price in force or to come is in the wrong order with this one (PRC-15)."""
        return self._tiers.problem_of(record)

    @override
    def news(self, changes: Sequence[Change], now: int) -> Outcome:
        """Tell of changes, and forget the tiers of prices that are over."""
        for change in changes:
            if not isinstance(change, (Started, Postponed)):
                self._tiers.remove(change.event.event_id)
        return super().news(changes, now)

    @override
    def check(self, record: PublishPriceRecord, now: int) -> None:
        """Raise InvalidFieldError for a price that no display could show."""
        if record.duration_in_minutes == 0:
            raise InvalidFieldError("duration_in_minutes must be 1..65535 (65535: until changed)")
        if len(record.rate_label.encode()) > _LONGEST_LABEL:
            raise InvalidFieldError(f"rate_label is longer than {_LONGEST_LABEL} octets of UTF-8")
        if record.price_ratio == 0 or record.generation_price_ratio == 0:
            raise InvalidFieldError("a price ratio of 0 is not allowed (255: not used)")
        if record.tier > (record.number_of_tiers or record.tier):
            raise InvalidFieldError("the price tier is above the number of price tiers")

    @override
    def scheduled(
        self, record: PublishPriceRecord, start: int, now: int
    ) -> ScheduledEvent[PublishPriceRecord]:
        """Return the price as the schedule keeps it, with the time at which it is first sent."""
        end = end_of(start, record.duration_in_minutes)
        return ScheduledEvent(
            event_id=record.issuer_event_id,
            start=start,
            end=end,
            record=record.replace(utc_time=now),
            received=now,
            commodity=unit_of(record.unit_of_measure).commodity,
        )

    @override
    def publication(self, event: ScheduledEvent[PublishPriceRecord], now: int) -> Record:
        """Return Publish Price with its absolute start (GEN-1), stamped with the time."""
        return self.shown(event).replace(utc_time=now)

    @override
    def receive(self, command: Command) -> Outcome:
        """Answer a client."""
        match command.record:
            case GetCurrentPriceRecord():
                return self.served(command, self.schedule.active(command.now))
            case GetScheduledPricesRecord(start_time=start, number_of_events=most):
                found = self.schedule.not_ended(start or command.now)
                return self.served(command, found, most)
            case PriceAcknowledgementRecord(issuer_event_id=event_id):
                return self._acknowledged(command, event_id)
        if isinstance(command.record, QUESTIONS):
            return self._asked(command.record, command)
        raise UnsupportedCommandError(type(command.record).__name__)

    def _asked(self, question: Record, command: Command) -> Outcome:
        answers = tuple(self.values.asked(question, command.now))
        if not answers:
            return Outcome(status=Status.NOT_FOUND)
        return Outcome(answers, signals=(self._heard(command, map(key_of, answers)),))

    def _acknowledged(self, command: Command, event_id: int) -> Outcome:
        """Note that a client has a price, or a block period, of this id."""
        period = (PublishBlockPeriodRecord, event_id)
        told: list[object] = [self.heard(command.source, [event_id])]
        if self.values.get(period, command.now) is not None:
            told.append(self._heard(command, [period]))
        return Outcome(signals=tuple(told))

    def _heard(self, command: Command, keys: Iterable[ValueKey]) -> ValuesHeard:
        source = command.source
        return ValuesHeard(source.device, source.endpoint, self.local_endpoint, tuple(keys))
