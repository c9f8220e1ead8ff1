"""Price requests: RPC reference, Price commands of the server side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zigpy.types import EUI64, uint8_t

from sebridge.api.event_desk import EventDesk, EventList, list_at, source_desk
from sebridge.base.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method
from sebridge.smartenergy.identifiers import PRICE, SE_ENDPOINT
from sebridge.smartenergy.price import PublishPriceRecord

PriceDesk = EventDesk[PublishPriceRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPriceEventsResponse:
    """The valid prices: in force and to come."""

    endpoint_id: int
    cluster_id: int = PRICE
    server_or_client: int
    events_record_list: Sequence[PublishPriceRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePriceEventResponse:
    """What became of a price; `reason` tells why the status is not 0."""

    source_endpoint_id: int
    cluster_id: int = PRICE
    status: int
    record: PublishPriceRecord
    device_list: Sequence[EUI64]
    reason: str | Absent = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAllPriceEventsResponse:
    """All prices are gone."""

    source_endpoint_id: int
    status: int = 0


class PriceMethods:
    """The price requests which the gateway's Price server answers."""

    def __init__(
        self,
        desks: Mapping[int, PriceDesk],
        clients: Mapping[int, EventList[PublishPriceRecord]] | None = None,
    ) -> None:
        self._desks = desks
        self._clients = clients or {}

    @method(scope=Scope.READ)
    async def get_price_events(
        self, endpoint_id: uint8_t = SE_ENDPOINT, server_or_client: uint8_t | Absent = ABSENT
    ) -> GetPriceEventsResponse:
        """Return the local list of valid prices; sends nothing."""
        side, events = list_at(self._desks, self._clients, endpoint_id, server_or_client)
        return GetPriceEventsResponse(
            endpoint_id=int(endpoint_id), server_or_client=side, events_record_list=events
        )

    @method
    async def create_price_event(
        self, record: PublishPriceRecord, source_endpoint_id: uint8_t = SE_ENDPOINT
    ) -> CreatePriceEventResponse:
        """Schedule a price, and send it at once to the Price clients of all active devices."""
        created = await source_desk(self._desks, source_endpoint_id).create(record)
        return CreatePriceEventResponse(
            source_endpoint_id=int(source_endpoint_id),
            status=int(created.status),
            record=created.record,
            device_list=created.devices,
            reason=created.reason or ABSENT,
        )

    @method
    async def cancel_all_price_events(
        self, source_endpoint_id: uint8_t = SE_ENDPOINT
    ) -> CancelAllPriceEventsResponse:
        """Remove all prices. There is no such command on the air, so clients are not told."""
        await source_desk(self._desks, source_endpoint_id).cancel_all(None)
        return CancelAllPriceEventsResponse(source_endpoint_id=int(source_endpoint_id))
