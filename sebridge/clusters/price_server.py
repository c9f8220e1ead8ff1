"""The Price cluster as the gateway serves it: rules PRC-1 to PRC-20."""

import logging
from typing import Final

from typing_extensions import override
from zigpy.zcl.foundation import Status

from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.clusters.cluster import Command, Outcome
from sebridge.clusters.event_cluster import end_of
from sebridge.clusters.event_server import EventServer
from sebridge.clusters.price_values import QUESTIONS, PriceValues
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.schedule import Schedule
from sebridge.smartenergy.metering import unit_of
from sebridge.smartenergy.price import (
    GetCurrentPriceRecord,
    GetScheduledPricesRecord,
    Price,
    PriceAcknowledgementRecord,
    PublishPriceRecord,
)
from sebridge.zcl.record import Record

_LOGGER = logging.getLogger(__name__)

_LONGEST_LABEL: Final = 12  # octets of UTF-8 (PRC-14)
ACKNOWLEDGE: Final = 0x01
"""Bit of price_control: the client must acknowledge the price (PRC-10)."""


class PriceServer(EventServer[PublishPriceRecord]):
    """Keeps the prices, answers those who ask."""

    definition = Price

    def __init__(
        self,
        local_endpoint: int,
        schedule: Schedule[PublishPriceRecord],
        values: PriceValues | None = None,
    ) -> None:
        super().__init__(local_endpoint, schedule)
        self._values = PriceValues() if values is None else values

    def take_value(self, record: Record, now: int) -> Record:
        """Take a block period, conversion factor or calorific value, or take a period back.

        Returns it with its absolute start, to be told to all clients. Raises InvalidFieldError,
        DuplicateError, OutdatedError or UnknownEventError; then nothing has changed.
        """
        taken = self._values.take(record, now)
        self.attributes.show(self._values.attributes(now))
        return taken

    @override
    def next_change(self, now: int) -> int | None:
        """Return when a price or another value will change."""
        moments = [super().next_change(now), self._values.next_change(now)]
        return min((moment for moment in moments if moment is not None), default=None)

    @override
    def advance(self, now: int) -> Outcome:
        """Do what became due, and show the values in force."""
        self.attributes.show(self._values.attributes(now))
        return super().advance(now)

    @override
    def awaits_answer(self, event: ScheduledEvent[PublishPriceRecord]) -> bool:
        """Say whether the price asks to be acknowledged (PRC-10)."""
        return bool((event.record.price_control or 0) & ACKNOWLEDGE)

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
        for other in self.active(now):
            if _misordered(record, other):
                tiers = sorted((record.tier, other.tier))
                _LOGGER.warning("price tier %d is dearer than tier %d", *tiers)  # PRC-15

    @override
    def identifier(self, record: PublishPriceRecord) -> int:
        """Return issuer_event_id."""
        return int(record.issuer_event_id)

    @override
    def scheduled(
        self, record: PublishPriceRecord, start: int, now: int
    ) -> ScheduledEvent[PublishPriceRecord]:
        """Return the price as the schedule keeps it."""
        end = end_of(start, record.duration_in_minutes)
        return ScheduledEvent(
            event_id=int(record.issuer_event_id),
            start=start,
            end=end,
            record=record.but(utc_time=0),
            received=now,
            commodity=unit_of(int(record.unit_of_measure)).commodity,
        )

    @override
    def publication(self, event: ScheduledEvent[PublishPriceRecord], now: int) -> Record:
        """Return Publish Price with its absolute start (GEN-1), stamped with the time."""
        return self.shown(event).but(utc_time=now)

    @override
    def receive(self, command: Command) -> Outcome:
        """Answer a client."""
        match command.record:
            case GetCurrentPriceRecord():
                return self.served(command, self.schedule.active(command.now))
            case GetScheduledPricesRecord(start_time=start, number_of_events=most):
                found = self.schedule.not_ended(int(start) or command.now)
                return self.served(command, found, int(most))
            case PriceAcknowledgementRecord(issuer_event_id=event_id):
                return Outcome(signals=(self.heard(command, [int(event_id)]),))
        if isinstance(command.record, QUESTIONS):
            answers = tuple(self._values.asked(command.record, command.now))
            return Outcome(answers, Status.SUCCESS if answers else Status.NOT_FOUND)
        raise UnsupportedCommandError(type(command.record).__name__)


def _misordered(one: PublishPriceRecord, other: PublishPriceRecord) -> bool:
    """Say whether the higher of two tiers of a tariff is the cheaper one (PRC-15)."""
    same_money = (one.currency, one.unit_of_measure, one.provider_id) == (
        other.currency,
        other.unit_of_measure,
        other.provider_id,
    )
    lower, higher = sorted((one, other), key=lambda price: price.tier)
    return same_money and 0 < lower.tier < higher.tier and higher.amount < lower.amount
