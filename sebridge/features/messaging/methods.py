"""Message requests: RPC reference, Messaging commands of both sides."""

from collections.abc import Mapping, Sequence

import msgspec

from sebridge.api.events import (
    CancelledAnswer,
    ClearedResponse,
    CreatedAnswer,
    cleared,
    client_at,
    created_answer,
    list_at,
    server_at,
    status_of,
)
from sebridge.base.addresses import Eui64
from sebridge.features.messaging.client_service import MessagingClientService
from sebridge.features.messaging.records import (
    CONFIRMATION_REQUIRED,
    CancelMessageRecord,
    DisplayMessageRecord,
    GetLastMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.gateway.events.server_service import EventServerService
from sebridge.model.data_types import Uint8
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import MESSAGING, SE_ENDPOINT
from sebridge.zcl.status import Status


class GetMessageEventsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The valid messages: on display and to come."""

    endpoint_id: int
    events_record_list: Sequence[DisplayMessageRecord]


class CreateMessageEventResponse(CreatedAnswer[DisplayMessageRecord], frozen=True, kw_only=True):
    """What became of a message; `reason` tells why the status is not 0."""

    cluster_id: int = MESSAGING


class CancelMessageEventResponse(CancelledAnswer[CancelMessageRecord], frozen=True, kw_only=True):
    """The message is gone, and these devices were told."""

    cluster_id: int = MESSAGING


class CancelAllMessageEventsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """All messages are gone, and these devices were told of one or more."""

    source_endpoint_id: int
    cluster_id: int = MESSAGING
    status: int = 0
    device_list: Sequence[Eui64]


class LastMessageResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Which servers were asked for their message; NOT_FOUND when there is none."""

    status: int
    source_endpoint_id: int
    cluster_id: int = MESSAGING
    device_list: Sequence[Eui64]


class ConfirmedResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Which servers were told; NOT_FOUND when there is nothing to confirm."""

    status: int
    source_endpoint_id: int
    cluster_id: int = MESSAGING
    record: MessageConfirmationRecord | Absent = ABSENT
    device_list: Sequence[Eui64]


class MessagingMethods:
    """The message requests which the gateway's Messaging server answers, and those of a display."""

    rpc_interface = SE_INTERFACE

    def __init__(
        self,
        *,
        servers: Mapping[int, EventServerService[DisplayMessageRecord]],
        clients: Mapping[int, MessagingClientService],
    ) -> None:
        self._servers = servers
        self._clients = clients

    # ------------------------------------------------------------------ the server side

    @method(scope=Scope.READ)
    async def get_message_events(
        self, endpoint_id: Uint8 = SE_ENDPOINT, server_or_client: Uint8 | Absent = ABSENT
    ) -> GetMessageEventsResponse:
        """Return the local list of valid messages; sends nothing."""
        _, events = list_at(self._servers, self._clients, endpoint_id, server_or_client)
        return GetMessageEventsResponse(endpoint_id=endpoint_id, events_record_list=events)

    @method
    async def create_message_event(
        self, record: DisplayMessageRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CreateMessageEventResponse:
        """Keep a message, and send it at once to all displays."""
        created = await server_at(self._servers, source_endpoint_id).create(record)
        return created_answer(CreateMessageEventResponse, source_endpoint_id, created)

    @method
    async def cancel_message_event(
        self, record: CancelMessageRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CancelMessageEventResponse:
        """Take one message back, and tell all displays. Never fails locally."""
        server = server_at(self._servers, source_endpoint_id)
        told = await server.cancel(record.message_id, 0, record)
        return CancelMessageEventResponse(
            source_endpoint_id=source_endpoint_id, record=record, device_list=told
        )

    @method
    async def cancel_all_message_events(
        self, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CancelAllMessageEventsResponse:
        """Take all messages back, and tell all displays of each. Never fails locally."""
        server = server_at(self._servers, source_endpoint_id)
        told: dict[Eui64, None] = {}
        for message in server.valid():
            cancel = CancelMessageRecord(message_id=message.message_id)
            told |= dict.fromkeys(await server.cancel(message.message_id, 0, cancel))
        return CancelAllMessageEventsResponse(
            source_endpoint_id=source_endpoint_id, device_list=list(told)
        )

    # ------------------------------------------------------------------ the client side

    @method(scope=Scope.READ)
    async def get_last_message_event(
        self, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> LastMessageResponse:
        """Ask every active Messaging server for its message; it comes as received_message_event."""
        found = await client_at(self._clients, source_endpoint_id).ask(GetLastMessageRecord())
        return LastMessageResponse(
            status=status_of(found),
            source_endpoint_id=source_endpoint_id,
            device_list=found,
        )

    @method
    async def confirm_message(
        self,
        source_endpoint_id: Uint8 = SE_ENDPOINT,
        record: MessageConfirmationRecord | Absent = ABSENT,
    ) -> ConfirmedResponse:
        """Confirm a message, or its cancellation, to every active Messaging server.

        Without a record the message on display is confirmed; NOT_FOUND when there is none. A
        record that was given comes back as it was sent, with its time.
        """
        client = client_at(self._clients, source_endpoint_id)
        confirmation = _confirmation_of(client.active()) if record is ABSENT else record
        asked: Sequence[Eui64] = ()
        if confirmation is not None:
            confirmation = client.stamped(confirmation)
            asked = await client.ask(confirmation)
            client.confirmed(confirmation.message_id)
        return ConfirmedResponse(
            status=int(Status.NOT_FOUND if confirmation is None else Status.SUCCESS),
            source_endpoint_id=source_endpoint_id,
            record=ABSENT if record is ABSENT or confirmation is None else confirmation,
            device_list=asked,
        )

    @method
    async def clear_message_events(
        self, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> ClearedResponse:
        """Empty the local list of messages; the servers keep theirs."""
        return cleared(self._clients, source_endpoint_id, MESSAGING)


def _confirmation_of(shown: Sequence[DisplayMessageRecord]) -> MessageConfirmationRecord | None:
    """Return what confirms the message on display: the one that asks for it before others."""
    asking = [message for message in shown if message.message_control & CONFIRMATION_REQUIRED]
    chosen = next(iter([*asking, *shown]), None)
    return None if chosen is None else MessageConfirmationRecord(message_id=chosen.message_id)
