"""Keep what Price servers publish: rules PRC-5 to PRC-19."""

from collections.abc import Callable, MutableMapping
from typing import Any, Final

from typing_extensions import override

from sebridge.base.errors import FullError, RequestError, UnsupportedCommandError
from sebridge.features.price.records import (
    PRICE_CLUSTER,
    PriceAcknowledgementRecord,
    PublishPriceRecord,
)
from sebridge.features.price.values import (
    VALUES,
    BlockPeriod,
    Kind,
    PriceValues,
    awaits_answer,
    is_period,
    start_of,
)
from sebridge.gateway.cluster import Command, Outcome
from sebridge.gateway.events.event_client import EventClient, cut, origin_of
from sebridge.gateway.events.event_cluster import NEVER, end_of
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.network.signals import TimeStamped
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.metering import unit_of
from sebridge.zcl.status import Status

INCREASE_RANDOMIZE_MINUTES: Final = 0x0000
DECREASE_RANDOMIZE_MINUTES: Final = 0x0001
COMMODITY_TYPE: Final = 0x0002

_ACKNOWLEDGE: Final = 0x01  # bit of price_control
_LONGEST_LABEL: Final = 12  # octets of UTF-8 (PRC-14)
_MOST_SERVERS: Final = 16  # whose values beside the price are kept
_KNOWN: Final = (Status.SUCCESS, Status.DUPLICATE_EXISTS)  # of a record that is here now (PRC-8)
_UINT8: Final = 0x20
_ENUM8: Final = 0x30
_LONGEST_RANDOM_DELAY: Final = 60  # minutes


class PriceClient(EventClient[PublishPriceRecord]):
    """The prices that servers told of, and the values beside them.

    `attributes` keeps what was written over the air; hand in a power-safe mapping.
    """

    definition = PRICE_CLUSTER

    def __init__(
        self,
        local_endpoint: int,
        schedule: Schedule[PublishPriceRecord],
        attributes: MutableMapping[int, Any] | None = None,
        *,
        time_is_known: Callable[[], bool],
    ) -> None:
        super().__init__(
            local_endpoint, schedule, _attributes(attributes), time_is_known=time_is_known
        )
        self._values: dict[int, PriceValues] = {}

    @override
    def receive(self, command: Command) -> Outcome:
        """Take a price, or another value."""
        if isinstance(command.record, VALUES):
            return self._take_value(command.record, command)
        if not isinstance(command.record, PublishPriceRecord):
            raise UnsupportedCommandError(type(command.record).__name__)
        price = command.record.with_defaults()
        price = price.replace(rate_label=cut(price.rate_label, _LONGEST_LABEL))
        status, news = self._take(price, command)
        told: list[object] = [self.received(command, price, status)]
        if price.utc_time:
            told.append(TimeStamped(command.source.device, price.utc_time))
        answers: tuple[Record, ...] = ()
        if status in _KNOWN and (price.price_control or 0) & _ACKNOWLEDGE:
            control = price.price_control
            answers = (_acknowledgement(price, control, command.now),)
        return Outcome(answers, status, signals=(*told, *news.signals))

    def listed(self, kind: Kind, now: int) -> list[Any]:
        """Return the values of a kind that servers told of, in force and to come."""
        return [record for own in self._values.values() for record in own.listed(kind, now)]

    @property
    def sources(self) -> list[PriceValues]:
        """The values beside the price, of each server that told of some."""
        return list(self._values.values())

    def values_of(self, server: Peer) -> PriceValues:
        """Return the block periods, factors and calorific values of a server (PRC-16, PRC-18)."""
        return self._values.get(origin_of(server)) or PriceValues()

    def _take(self, price: PublishPriceRecord, command: Command) -> tuple[Status, Outcome]:
        start = price.start_time or command.now
        end = end_of(start, price.duration_in_minutes)
        if start == NEVER or price.duration_in_minutes == 0:
            return Status.INVALID_FIELD, Outcome()
        if end is not None and end <= command.now:
            return Status.FAILURE, Outcome()  # over already (PRC-9)
        commodity = unit_of(price.unit_of_measure).commodity
        event = self.heard_event(
            command,
            price.issuer_event_id,
            start=start,
            end=end,
            record=price,
            commodity=commodity,
        )
        try:
            self.check_time(price.start_time)
            changes = self.schedule.add(event, command.now)
        except RequestError as error:
            return zcl_status(error), Outcome()
        news = self.news(changes, command.now)
        return Status.SUCCESS, self.with_list(news, command.now, (event.event_id,))

    def _take_value(self, record: Record, command: Command) -> Outcome:
        try:
            self.check_time(start_of(record))
            self._values_from(command.source).take(record, command.now)
        except RequestError as error:
            status = zcl_status(error)
        else:
            status = Status.SUCCESS
        answers: tuple[Record, ...] = ()
        if status in _KNOWN and is_period(record) and awaits_answer(record):
            control = record.block_period_control
            answers = (_acknowledgement(record, control, command.now),)
        told = self.received(command, record, status)
        return Outcome(answers, status, signals=(told,))

    def _values_from(self, server: Peer) -> PriceValues:
        origin = origin_of(server)
        if origin not in self._values and len(self._values) >= _MOST_SERVERS:
            raise FullError(f"there are values of {_MOST_SERVERS} servers already")
        return self._values.setdefault(origin, PriceValues())


def _acknowledgement(
    record: PublishPriceRecord | BlockPeriod, control: int | None, now: int
) -> PriceAcknowledgementRecord:
    return PriceAcknowledgementRecord(
        provider_id=record.provider_id,
        issuer_event_id=record.issuer_event_id,
        price_ack_time=now,
        control=control or 0,
    )


def _attributes(store: MutableMapping[int, Any] | None) -> LocalAttributes:
    """Return the client attributes with the profile's defaults (PRC-11)."""
    rows = ((INCREASE_RANDOMIZE_MINUTES, 5), (DECREASE_RANDOMIZE_MINUTES, 15))
    longest = _LONGEST_RANDOM_DELAY
    delays = [LocalAttribute(i, _UINT8, v, writable=True, highest=longest) for i, v in rows]
    return LocalAttributes([*delays, LocalAttribute(COMMODITY_TYPE, _ENUM8, 0)], store)
