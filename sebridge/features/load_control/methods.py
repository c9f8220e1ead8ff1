"""Load-control requests: RPC reference, DRLC commands of both sides."""

from collections.abc import Mapping

from sebridge.api.events import (
    AskedResponse,
    CancelledAnswer,
    ClearedResponse,
    CreatedAnswer,
    EventListAnswer,
    asked,
    cleared,
    created_answer,
    list_at,
    server_at,
)
from sebridge.features.load_control.client_service import LoadControlClientService
from sebridge.features.load_control.records import (
    CancelAllLoadControlEventsRecord,
    CancelLoadControlEventRecord,
    GetScheduledEventsRecord,
    LoadControlEventRecord,
)
from sebridge.gateway.events.server_service import EventServerService
from sebridge.model.data_types import Uint8
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import DRLC, SE_ENDPOINT


class GetDRLCEventsResponse(EventListAnswer[LoadControlEventRecord], frozen=True, kw_only=True):
    """The valid events: in force and to come."""

    cluster_id: int = DRLC


class CreateDRLCEventResponse(CreatedAnswer[LoadControlEventRecord], frozen=True, kw_only=True):
    """What became of an event; `reason` tells why the status is not 0."""

    cluster_id: int = DRLC


class CancelDRLCEventResponse(
    CancelledAnswer[CancelLoadControlEventRecord], frozen=True, kw_only=True
):
    """The event is gone, and these devices were told."""

    cluster_id: int = DRLC


class CancelAllDRLCEventsResponse(
    CancelledAnswer[CancelAllLoadControlEventsRecord], frozen=True, kw_only=True
):
    """All events are gone, and these devices were told."""

    cluster_id: int = DRLC


class ScheduledDRLCEventsResponse(
    AskedResponse[GetScheduledEventsRecord], frozen=True, kw_only=True
):
    """Which servers were asked for their load-control events."""

    cluster_id: int = DRLC


class DRLCMethods:
    """The load-control requests which the gateway's DRLC server answers, and a display's."""

    rpc_interface = SE_INTERFACE

    def __init__(
        self,
        *,
        servers: Mapping[int, EventServerService[LoadControlEventRecord]],
        clients: Mapping[int, LoadControlClientService],
    ) -> None:
        self._servers = servers
        self._clients = clients

    # ------------------------------------------------------------------ the server side

    @method(scope=Scope.READ)
    async def get_DRLC_events(
        self, endpoint_id: Uint8 = SE_ENDPOINT, server_or_client: Uint8 | Absent = ABSENT
    ) -> GetDRLCEventsResponse:
        """Return the local list of valid load-control events; sends nothing."""
        side, events = list_at(self._servers, self._clients, endpoint_id, server_or_client)
        return GetDRLCEventsResponse(
            endpoint_id=endpoint_id, server_or_client=side, events_record_list=events
        )

    @method
    async def create_DRLC_event(
        self, record: LoadControlEventRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CreateDRLCEventResponse:
        """Schedule a load-control event, and send it at once to all DRLC clients.

        What each device does with it comes back as received_report_event_status.
        """
        created = await server_at(self._servers, source_endpoint_id).create(record)
        return created_answer(CreateDRLCEventResponse, source_endpoint_id, created)

    @method
    async def cancel_DRLC_event(
        self, record: CancelLoadControlEventRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CancelDRLCEventResponse:
        """Take one event back, and tell all DRLC clients. Never fails locally."""
        server = server_at(self._servers, source_endpoint_id)
        told = await server.cancel(record.issuer_event_id, record.effective_time, record)
        return CancelDRLCEventResponse(
            source_endpoint_id=source_endpoint_id, record=record, device_list=told
        )

    @method
    async def cancel_all_DRLC_events(
        self, record: CancelAllLoadControlEventsRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CancelAllDRLCEventsResponse:
        """Take all events back, and tell all DRLC clients."""
        told = await server_at(self._servers, source_endpoint_id).cancel_all(record)
        return CancelAllDRLCEventsResponse(
            source_endpoint_id=source_endpoint_id, record=record, device_list=told
        )

    # ------------------------------------------------------------------ the client side

    @method(scope=Scope.READ)
    async def get_scheduled_DRLC_events(
        self,
        source_endpoint_id: Uint8 = SE_ENDPOINT,
        record: GetScheduledEventsRecord | Absent = ABSENT,
    ) -> ScheduledDRLCEventsResponse:
        """Ask every active DRLC server for its events; they come as received_DRLC_event."""
        kind, everything = ScheduledDRLCEventsResponse, GetScheduledEventsRecord()
        return await asked(kind, self._clients, source_endpoint_id, record, everything)

    @method
    async def clear_DRLC_events(self, source_endpoint_id: Uint8 = SE_ENDPOINT) -> ClearedResponse:
        """Empty the local list of load-control events; the servers keep theirs."""
        return cleared(self._clients, source_endpoint_id, DRLC)
