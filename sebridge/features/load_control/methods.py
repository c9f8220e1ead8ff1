"""Load-control requests: RPC reference, DRLC commands of the server side."""

from collections.abc import Mapping
from dataclasses import dataclass

from sebridge.features.load_control.records import (
    CancelAllLoadControlEventsRecord,
    CancelLoadControlEventRecord,
    LoadControlEventRecord,
)
from sebridge.gateway.events.event_answers import (
    CancelledAnswer,
    CreatedAnswer,
    EventListAnswer,
    created_answer,
)
from sebridge.gateway.events.event_desk import EventDesk, EventList, list_at, source_desk
from sebridge.model.data_types import Uint8
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method
from sebridge.zcl.identifiers import DRLC, SE_ENDPOINT

DrlcDesk = EventDesk[LoadControlEventRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDRLCEventsResponse(EventListAnswer[LoadControlEventRecord]):
    """The valid events: in force and to come."""

    cluster_id: int = DRLC


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDRLCEventResponse(CreatedAnswer[LoadControlEventRecord]):
    """What became of an event; `reason` tells why the status is not 0."""

    cluster_id: int = DRLC


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelDRLCEventResponse(CancelledAnswer[CancelLoadControlEventRecord]):
    """The event is gone, and these devices were told."""

    cluster_id: int = DRLC


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAllDRLCEventsResponse(CancelledAnswer[CancelAllLoadControlEventsRecord]):
    """All events are gone, and these devices were told."""

    cluster_id: int = DRLC


class DRLCMethods:
    """The load-control requests which the gateway's DRLC server answers."""

    def __init__(
        self,
        desks: Mapping[int, DrlcDesk],
        clients: Mapping[int, EventList[LoadControlEventRecord]] | None = None,
    ) -> None:
        self._desks = desks
        self._clients = clients or {}

    @method(scope=Scope.READ)
    async def get_DRLC_events(
        self, endpoint_id: Uint8 = SE_ENDPOINT, server_or_client: Uint8 | Absent = ABSENT
    ) -> GetDRLCEventsResponse:
        """Return the local list of valid load-control events; sends nothing."""
        side, events = list_at(self._desks, self._clients, endpoint_id, server_or_client)
        return GetDRLCEventsResponse(
            endpoint_id=int(endpoint_id), server_or_client=side, events_record_list=events
        )

    @method
    async def create_DRLC_event(
        self, record: LoadControlEventRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CreateDRLCEventResponse:
        """Schedule a load-control event, and send it at once to all DRLC clients.

        What each device does with it comes back as received_report_event_status.
        """
        created = await source_desk(self._desks, source_endpoint_id).create(record)
        return created_answer(CreateDRLCEventResponse, source_endpoint_id, created)

    @method
    async def cancel_DRLC_event(
        self, record: CancelLoadControlEventRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CancelDRLCEventResponse:
        """Take one event back, and tell all DRLC clients. Never fails locally."""
        desk = source_desk(self._desks, source_endpoint_id)
        told = await desk.cancel(int(record.issuer_event_id), int(record.effective_time), record)
        return CancelDRLCEventResponse(
            source_endpoint_id=int(source_endpoint_id), record=record, device_list=told
        )

    @method
    async def cancel_all_DRLC_events(
        self, record: CancelAllLoadControlEventsRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CancelAllDRLCEventsResponse:
        """Take all events back, and tell all DRLC clients."""
        told = await source_desk(self._desks, source_endpoint_id).cancel_all(record)
        return CancelAllDRLCEventsResponse(
            source_endpoint_id=int(source_endpoint_id), record=record, device_list=told
        )
