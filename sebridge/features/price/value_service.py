"""The service of the values beside the price: brings each to every Price client."""

from collections.abc import Sequence
from typing import Any, TypeVar

from typing_extensions import override

from sebridge.base.errors import RequestError
from sebridge.features.price.gas_energy import GasValues, gas_values
from sebridge.features.price.server import PriceServer
from sebridge.features.price.signals import ValuesHeard
from sebridge.features.price.tariff_records import PublishBlockPeriodRecord
from sebridge.features.price.values import (
    Kind,
    ValueKey,
    awaits_answer,
    check,
    key_of,
    start_field,
    start_of,
)
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.client_delivery import (
    ClientDelivery,
    Created,
    DeliveryMeans,
    Publication,
    refused,
)
from sebridge.gateway.events.event_cluster import NEVER
from sebridge.gateway.events.new_events import UNASSIGNED
from sebridge.model.record import Record
from sebridge.zcl.status import Status

V = TypeVar("V", bound=Record)


class PriceValueService(ClientDelivery[ValueKey]):
    """Takes block periods, conversion factors and calorific values (PRC-16 to PRC-18)."""

    def __init__(self, endpoint: Endpoint, server: PriceServer, means: DeliveryMeans) -> None:
        super().__init__(endpoint, server, means)
        self._server = server
        self._known: set[ValueKey] = set()
        self._look()
        means.bus.listen(ValuesHeard, self._on_heard)

    def listed(self, kind: Kind) -> Sequence[Any]:
        """Return the values of a kind, in force and to come."""
        return self._server.values.listed(kind, self._now)

    def gas_values(self, at: int) -> GasValues:
        """Return what makes energy of a volume of gas at a time, in seconds since 2000; 0 is now.

        Raises NoGasValueError, and RequestError for values that say nothing of a volume.
        """
        return gas_values([self._server.values], at or self._now, self._now)

    async def create(self, record: V) -> Created[V]:
        """Take a value, and send it to all Price clients; one without an identifier gets one."""
        kind, event_id = key_of(record)
        if event_id == UNASSIGNED:
            record = record.replace(issuer_event_id=self._free_id(kind))
        try:
            check(record)
            self.check_near(start_field(record), start_of(record))
            taken: Any = self._server.take_value(record, self._now)
        except RequestError as error:
            return refused(record, error)
        self._look()
        self._woken()
        devices = await self.publish(key_of(taken))
        return Created(Status.SUCCESS, taken, devices)

    async def cancel_block_period(
        self, provider_id: int, issuer_event_id: int
    ) -> Created[PublishBlockPeriodRecord]:
        """Take back a block period that has not started, and tell all Price clients (PRC-17)."""
        record = PublishBlockPeriodRecord(
            provider_id=provider_id,
            issuer_event_id=issuer_event_id,
            block_period_start_time=NEVER,
        )
        try:
            self._server.take_value(record, self._now)
        except RequestError as error:
            return refused(record, error)
        self._look()
        self._woken()
        return Created(Status.SUCCESS, record, await self.tell_all(record))

    @override
    def publication(self, key: ValueKey) -> Publication | None:
        record = self._server.values.get(key, self._now)
        return None if record is None else Publication(record, awaits_answer(record))

    @override
    def in_order(self, keys: Sequence[ValueKey]) -> list[ValueKey]:
        self._look()
        return [key for key in self._server.values.keys(self._now) if key in keys]

    def _free_id(self, kind: Kind) -> int:
        known = {event_id for k, event_id in self._server.values.keys(self._now) if k is kind}
        return self._ids.assign(
            self._now, newest=max(known, default=UNASSIGNED), is_taken=known.__contains__
        )

    def _look(self) -> None:
        """See which values came, and which are over."""
        there = self._server.values.keys(self._now)
        for gone in self._known.difference(there):
            self._deliveries.over(gone)
        for key in there:
            self._deliveries.begin(key)
        self._known = set(there)

    def _on_heard(self, signal: ValuesHeard) -> None:
        if signal.local_endpoint != self._server.local_endpoint:
            return
        for key in signal.keys:
            self._deliveries.heard(key, signal.device, signal.endpoint)
