"""The Watering cluster as a sprinkler hears it."""

from typing_extensions import override

from sebridge.base.errors import UnsupportedCommandError
from sebridge.gateway.cluster import Command, Outcome
from sebridge.gateway.events.event_client import EventClient
from sebridge.gateway.events.event_cluster import end_of
from sebridge.zcl.status import Status
from tests.toy_feature.records import (
    WATERING_CLUSTER,
    CancelWateringRecord,
    WateringEventRecord,
)


class WateringClient(EventClient[WateringEventRecord]):
    """Knows when it may water, and with how much."""

    definition = WATERING_CLUSTER

    @override
    def receive(self, command: Command) -> Outcome:
        now, record = command.now, command.record
        match record:
            case WateringEventRecord():
                start = record.start_time or now
                end = end_of(start, record.duration_in_minutes)
                event = self.heard_event(command, record.issuer_event_id, start=start, end=end)
                news = self.news(self.schedule.add(event, now), now)
            case CancelWateringRecord():
                known = self.sent_by(command.source, record.issuer_event_id)
                if known is None:
                    return Outcome(status=Status.NOT_FOUND)
                news = self.news(self.schedule.cancel(known.key, now, now), now)
            case _:
                raise UnsupportedCommandError(type(record).__name__)
        return Outcome(signals=(self.received(command, record, Status.SUCCESS), *news.signals))
