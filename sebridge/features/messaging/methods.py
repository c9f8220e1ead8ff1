"""Message requests: RPC reference, Messaging commands of the server side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zigpy.types import uint8_t

from sebridge.base.addresses import Eui64
from sebridge.features.messaging.records import CancelMessageRecord, DisplayMessageRecord
from sebridge.gateway.events.event_answers import CancelledAnswer, CreatedAnswer, created_answer
from sebridge.gateway.events.event_desk import EventDesk, EventList, list_at, source_desk
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method
from sebridge.zcl.identifiers import MESSAGING, SE_ENDPOINT

MessageDesk = EventDesk[DisplayMessageRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMessageEventsResponse:
    """The valid messages: on display and to come."""

    endpoint_id: int
    events_record_list: Sequence[DisplayMessageRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateMessageEventResponse(CreatedAnswer[DisplayMessageRecord]):
    """What became of a message; `reason` tells why the status is not 0."""

    cluster_id: int = MESSAGING


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMessageEventResponse(CancelledAnswer[CancelMessageRecord]):
    """The message is gone, and these devices were told."""

    cluster_id: int = MESSAGING


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAllMessageEventsResponse:
    """All messages are gone, and these devices were told of one or more."""

    source_endpoint_id: int
    cluster_id: int = MESSAGING
    status: int = 0
    device_list: Sequence[Eui64]


class MessagingMethods:
    """The message requests which the gateway's Messaging server answers."""

    def __init__(
        self,
        desks: Mapping[int, MessageDesk],
        clients: Mapping[int, EventList[DisplayMessageRecord]] | None = None,
    ) -> None:
        self._desks = desks
        self._clients = clients or {}

    @method(scope=Scope.READ)
    async def get_message_events(
        self, endpoint_id: uint8_t = SE_ENDPOINT, server_or_client: uint8_t | Absent = ABSENT
    ) -> GetMessageEventsResponse:
        """Return the local list of valid messages; sends nothing."""
        _, events = list_at(self._desks, self._clients, endpoint_id, server_or_client)
        return GetMessageEventsResponse(endpoint_id=int(endpoint_id), events_record_list=events)

    @method
    async def create_message_event(
        self, record: DisplayMessageRecord, source_endpoint_id: uint8_t = SE_ENDPOINT
    ) -> CreateMessageEventResponse:
        """Keep a message, and send it at once to all displays."""
        created = await source_desk(self._desks, source_endpoint_id).create(record)
        return created_answer(CreateMessageEventResponse, source_endpoint_id, created)

    @method
    async def cancel_message_event(
        self, record: CancelMessageRecord, source_endpoint_id: uint8_t = SE_ENDPOINT
    ) -> CancelMessageEventResponse:
        """Take one message back, and tell all displays. Never fails locally."""
        desk = source_desk(self._desks, source_endpoint_id)
        told = await desk.cancel(int(record.message_id), 0, record)
        return CancelMessageEventResponse(
            source_endpoint_id=int(source_endpoint_id), record=record, device_list=told
        )

    @method
    async def cancel_all_message_events(
        self, source_endpoint_id: uint8_t = SE_ENDPOINT
    ) -> CancelAllMessageEventsResponse:
        """Take all messages back, and tell all displays of each. Never fails locally."""
        desk = source_desk(self._desks, source_endpoint_id)
        told: dict[Eui64, None] = {}
        for message in desk.valid():
            cancel = CancelMessageRecord(message_id=message.message_id)
            told |= dict.fromkeys(await desk.cancel(int(message.message_id), 0, cancel))
        return CancelAllMessageEventsResponse(
            source_endpoint_id=int(source_endpoint_id), device_list=list(told)
        )
