"""The Watering cluster as the gateway serves it."""

from typing_extensions import override

from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.gateway.cluster import Command, Outcome
from sebridge.gateway.events.event_cluster import end_of
from sebridge.gateway.events.event_server import EventServer
from sebridge.model.record import Record
from sebridge.schedule.event import ScheduledEvent
from tests.toy_feature.records import (
    WATERING_CLUSTER,
    GetWateringEventsRecord,
    WateringEventRecord,
)


class WateringServer(EventServer[WateringEventRecord]):
    """Keeps the times in which the garden may be watered."""

    definition = WATERING_CLUSTER

    @override
    def check(self, record: WateringEventRecord, now: int) -> None:
        if record.litres == 0:
            raise InvalidFieldError("litres must be 1..65535")

    @override
    def identifier(self, record: WateringEventRecord) -> int:
        return record.issuer_event_id

    @override
    def scheduled(
        self, record: WateringEventRecord, start: int, now: int
    ) -> ScheduledEvent[WateringEventRecord]:
        return ScheduledEvent(
            event_id=record.issuer_event_id,
            start=start,
            end=end_of(start, record.duration_in_minutes),
            record=record,
            received=now,
        )

    @override
    def publication(self, event: ScheduledEvent[WateringEventRecord], now: int) -> Record:
        return self.shown(event)

    @override
    def receive(self, command: Command) -> Outcome:
        if isinstance(command.record, GetWateringEventsRecord):
            return self.served(command, self.schedule.not_ended(command.now))
        raise UnsupportedCommandError(type(command.record).__name__)
