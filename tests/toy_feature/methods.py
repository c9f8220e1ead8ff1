"""Requests about watering."""

from collections.abc import Mapping, Sequence

import msgspec

from sebridge.api.events import CancelledAnswer, CreatedAnswer, created_answer, server_at
from sebridge.gateway.events.server_service import EventServerService
from sebridge.model.data_types import Uint8
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method
from sebridge.zcl.identifiers import SE_ENDPOINT
from tests.toy_feature.records import WATERING, CancelWateringRecord, WateringEventRecord


class WateringEventsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The times in which the garden may be watered."""

    events_record_list: Sequence[WateringEventRecord]


class CreateWateringEventResponse(CreatedAnswer[WateringEventRecord], frozen=True, kw_only=True):
    """What became of a time for watering."""

    cluster_id: int = WATERING


class CancelWateringEventResponse(CancelledAnswer[CancelWateringRecord], frozen=True, kw_only=True):
    """The time is gone, and these devices were told."""

    cluster_id: int = WATERING


class WateringMethods:
    """The requests which the gateway's Watering server answers."""

    def __init__(self, servers: Mapping[int, EventServerService[WateringEventRecord]]) -> None:
        self._servers = servers

    @method(scope=Scope.READ)
    async def get_watering_events(
        self, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> WateringEventsResponse:
        """Return when the garden may be watered; sends nothing."""
        events = server_at(self._servers, source_endpoint_id).valid()
        return WateringEventsResponse(events_record_list=events)

    @method
    async def create_watering_event(
        self, record: WateringEventRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CreateWateringEventResponse:
        """Keep a time for watering, and send it to all sprinklers."""
        created = await server_at(self._servers, source_endpoint_id).create(record)
        return created_answer(CreateWateringEventResponse, source_endpoint_id, created)

    @method
    async def cancel_watering_event(
        self, record: CancelWateringRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CancelWateringEventResponse:
        """Take a time back, and tell all sprinklers."""
        told = await server_at(self._servers, source_endpoint_id).cancel(
            record.issuer_event_id, 0, record
        )
        return CancelWateringEventResponse(
            source_endpoint_id=source_endpoint_id, record=record, device_list=told
        )
