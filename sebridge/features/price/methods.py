"""Price requests: RPC reference, Price commands of both sides."""

from collections.abc import Mapping, Sequence

import msgspec

from sebridge.api.events import (
    AskedResponse,
    ClearedResponse,
    CreatedAnswer,
    EventListAnswer,
    asked,
    cleared,
    client_at,
    created_answer,
    list_at,
    server_at,
    status_of,
)
from sebridge.base.addresses import Eui64
from sebridge.features.price.client_service import PriceClientService
from sebridge.features.price.records import (
    GetCurrentPriceRecord,
    GetScheduledPricesRecord,
    PublishPriceRecord,
)
from sebridge.features.price.source import PriceSource
from sebridge.gateway.events.server_service import EventServerService
from sebridge.model.data_types import Uint8
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import PRICE, SE_ENDPOINT
from sebridge.zcl.metering import unit_of


class GetPriceEventsResponse(EventListAnswer[PublishPriceRecord], frozen=True, kw_only=True):
    """The valid prices: in force and to come."""

    cluster_id: int = PRICE


class CreatePriceEventResponse(CreatedAnswer[PublishPriceRecord], frozen=True, kw_only=True):
    """What became of a price; `reason` tells why the status is not 0.

    With status 0 it tells of a price tier that is in the wrong order with this one.
    """

    cluster_id: int = PRICE


class CancelAllPriceEventsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """All prices are gone."""

    source_endpoint_id: int
    status: int = 0


class ScheduledPricesResponse(AskedResponse[GetScheduledPricesRecord], frozen=True, kw_only=True):
    """Which servers were asked for their prices."""

    cluster_id: int = PRICE


class CurrentPriceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Which Price servers were asked; NOT_FOUND when there is none."""

    status: int
    endpoint_id: int
    source_endpoint_id: int
    cluster_id: int = PRICE
    device_list: Sequence[Eui64]


class PriceMethods:
    """The price requests which the gateway's Price server answers, and those of a display."""

    rpc_interface = SE_INTERFACE

    def __init__(
        self,
        *,
        servers: Mapping[int, EventServerService[PublishPriceRecord]],
        clients: Mapping[int, PriceClientService],
        source: PriceSource | None = None,
    ) -> None:
        self._servers = servers
        self._clients = clients
        self._source = source

    # ------------------------------------------------------------------ the server side

    @method(scope=Scope.READ)
    async def get_price_events(
        self, endpoint_id: Uint8 = SE_ENDPOINT, server_or_client: Uint8 | Absent = ABSENT
    ) -> GetPriceEventsResponse:
        """Return the local list of valid prices; sends nothing."""
        side, events = list_at(self._servers, self._clients, endpoint_id, server_or_client)
        return GetPriceEventsResponse(
            endpoint_id=endpoint_id, server_or_client=side, events_record_list=events
        )

    @method
    async def create_price_event(
        self, record: PublishPriceRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CreatePriceEventResponse:
        """Schedule a price, and send it at once to the Price clients of all active devices.

        Refused while prices of the commodity come from the source of the configuration.
        """
        if self._source is not None:
            commodity = unit_of(record.unit_of_measure).commodity
            self._source.check_free(source_endpoint_id, commodity)
        created = await server_at(self._servers, source_endpoint_id).create(record)
        return created_answer(CreatePriceEventResponse, source_endpoint_id, created)

    @method
    async def cancel_all_price_events(
        self, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CancelAllPriceEventsResponse:
        """Remove all prices. There is no such command on the air, so clients are not told.

        Refused while prices come from the source of the configuration.
        """
        if self._source is not None:
            self._source.check_free(source_endpoint_id)
        await server_at(self._servers, source_endpoint_id).cancel_all(None)
        return CancelAllPriceEventsResponse(source_endpoint_id=source_endpoint_id)

    # ------------------------------------------------------------------ the client side

    @method(scope=Scope.READ)
    async def get_current_price_event(
        self, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CurrentPriceResponse:
        """Ask every active Price server for its current price; it comes as received_price_event."""
        found = await client_at(self._clients, source_endpoint_id).ask(
            GetCurrentPriceRecord(command_options=1)
        )
        endpoint = source_endpoint_id
        return CurrentPriceResponse(
            status=status_of(found),
            endpoint_id=endpoint,
            source_endpoint_id=endpoint,
            device_list=found,
        )

    @method(scope=Scope.READ)
    async def get_scheduled_price_events(
        self,
        source_endpoint_id: Uint8 = SE_ENDPOINT,
        record: GetScheduledPricesRecord | Absent = ABSENT,
    ) -> ScheduledPricesResponse:
        """Ask every active Price server for its prices; they come as received_price_event."""
        kind, everything = ScheduledPricesResponse, GetScheduledPricesRecord()
        return await asked(kind, self._clients, source_endpoint_id, record, everything)

    @method
    async def clear_price_events(self, source_endpoint_id: Uint8 = SE_ENDPOINT) -> ClearedResponse:
        """Empty the local list of prices; the servers keep theirs."""
        return cleared(self._clients, source_endpoint_id, PRICE)
