"""Keep what Price servers publish: rules PRC-5 to PRC-10, PRC-19."""

from typing_extensions import override
from zigpy.zcl.foundation import Status

from sebridge.base.errors import RequestError, UnsupportedCommandError
from sebridge.clusters.cluster import Command, Outcome
from sebridge.clusters.event_cluster import NEVER, EventCluster, end_of
from sebridge.clusters.signals import EventReceived
from sebridge.schedule.event import ScheduledEvent
from sebridge.smartenergy.price import Price, PriceAcknowledgementRecord, PublishPriceRecord
from sebridge.zcl.record import Record

_ACKNOWLEDGE = 0x01  # bit of price_control


class PriceClient(EventCluster[PublishPriceRecord]):
    """The prices that servers told of."""

    definition = Price
    server = False

    @override
    def receive(self, command: Command) -> Outcome:
        """Take a price."""
        if not isinstance(command.record, PublishPriceRecord):
            raise UnsupportedCommandError(type(command.record).__name__)
        price = command.record.filled()
        status, news = self._take(price, command)
        told = self._received(command, price, status)
        answers: tuple[Record, ...] = ()
        known = status in {Status.SUCCESS, Status.DUPLICATE_EXISTS}  # PRC-8
        if known and (price.price_control or 0) & _ACKNOWLEDGE:
            answers = (
                PriceAcknowledgementRecord(
                    provider_id=price.provider_id,
                    issuer_event_id=price.issuer_event_id,
                    price_ack_time=command.now,
                    control=price.price_control,
                ),
            )
        return Outcome(answers, status, signals=(told, *news.signals))

    def _take(self, price: PublishPriceRecord, command: Command) -> tuple[Status, Outcome]:
        start = int(price.start_time) or command.now
        end = end_of(start, price.duration_in_minutes)
        if start == NEVER or price.duration_in_minutes == 0:
            return Status.INVALID_FIELD, Outcome()
        if end is not None and end <= command.now:
            return Status.FAILURE, Outcome()  # over already (PRC-9)
        event = ScheduledEvent(
            event_id=int(price.issuer_event_id),
            start=start,
            end=end,
            record=price,
            received=command.now,
            source=command.source,
        )
        try:
            changes = self.schedule.add(event, command.now)
        except RequestError as error:
            return error.status, Outcome()
        return Status.SUCCESS, self.news(changes, command.now)

    def _received(
        self, command: Command, price: PublishPriceRecord, status: Status
    ) -> EventReceived:
        source = command.source
        return EventReceived(
            source.device, source.endpoint, self.local_endpoint, self.cluster_id, status, price
        )
