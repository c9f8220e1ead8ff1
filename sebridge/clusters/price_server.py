"""The Price cluster as the gateway serves it: rules PRC-1 to PRC-20."""

from typing import Final

from typing_extensions import override

from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.clusters.cluster import Command, Outcome
from sebridge.clusters.event_cluster import end_of
from sebridge.clusters.event_server import EventServer
from sebridge.schedule.event import ScheduledEvent
from sebridge.smartenergy.price import (
    GetCurrentPriceRecord,
    GetScheduledPricesRecord,
    Price,
    PriceAcknowledgementRecord,
    PublishPriceRecord,
)
from sebridge.zcl.record import Record

_LONGEST_LABEL: Final = 12  # octets of UTF-8 (PRC-14)


class PriceServer(EventServer[PublishPriceRecord]):
    """Keeps the prices, answers those who ask."""

    definition = Price

    @override
    def check(self, record: PublishPriceRecord, now: int) -> None:
        """Raise InvalidFieldError for a price that no display could show."""
        if record.duration_in_minutes == 0:
            raise InvalidFieldError("duration_in_minutes must be 1..65535 (65535: until changed)")
        if len(record.rate_label.encode()) > _LONGEST_LABEL:
            raise InvalidFieldError(f"rate_label is longer than {_LONGEST_LABEL} octets of UTF-8")
        if record.price_ratio == 0 or record.generation_price_ratio == 0:
            raise InvalidFieldError("a price ratio of 0 is not allowed (255: not used)")

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
        raise UnsupportedCommandError(type(command.record).__name__)
