"""Price requests: RPC reference, Price commands of the server side."""

from collections.abc import Mapping
from dataclasses import dataclass

from sebridge.features.price.records import PublishPriceRecord
from sebridge.gateway.events.event_answers import CreatedAnswer, EventListAnswer, created_answer
from sebridge.gateway.events.event_desk import EventDesk, EventList, list_at, source_desk
from sebridge.model.data_types import Uint8
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method
from sebridge.zcl.identifiers import PRICE, SE_ENDPOINT

PriceDesk = EventDesk[PublishPriceRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPriceEventsResponse(EventListAnswer[PublishPriceRecord]):
    """The valid prices: in force and to come."""

    cluster_id: int = PRICE


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePriceEventResponse(CreatedAnswer[PublishPriceRecord]):
    """What became of a price; `reason` tells why the status is not 0.

    With status 0 it tells of a price tier that is in the wrong order with this one.
    """

    cluster_id: int = PRICE


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
        self, endpoint_id: Uint8 = SE_ENDPOINT, server_or_client: Uint8 | Absent = ABSENT
    ) -> GetPriceEventsResponse:
        """Return the local list of valid prices; sends nothing."""
        side, events = list_at(self._desks, self._clients, endpoint_id, server_or_client)
        return GetPriceEventsResponse(
            endpoint_id=int(endpoint_id), server_or_client=side, events_record_list=events
        )

    @method
    async def create_price_event(
        self, record: PublishPriceRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CreatePriceEventResponse:
        """Schedule a price, and send it at once to the Price clients of all active devices."""
        created = await source_desk(self._desks, source_endpoint_id).create(record)
        return created_answer(CreatePriceEventResponse, source_endpoint_id, created)

    @method
    async def cancel_all_price_events(
        self, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CancelAllPriceEventsResponse:
        """Remove all prices. There is no such command on the air, so clients are not told."""
        await source_desk(self._desks, source_endpoint_id).cancel_all(None)
        return CancelAllPriceEventsResponse(source_endpoint_id=int(source_endpoint_id))
