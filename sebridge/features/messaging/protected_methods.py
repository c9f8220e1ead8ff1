"""Requests for messages that a display shows only to who knows its PIN (MSG-10).

Own extensions: the reference has no such requests.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from sebridge.api.events import client_at, created_answer, server_at
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.features.messaging.client_service import MessagingClientService
from sebridge.features.messaging.methods import CreateMessageEventResponse
from sebridge.features.messaging.pin_attempts import PinAttempts, WrongPinError
from sebridge.features.messaging.records import DisplayMessageRecord, DisplayProtectedMessageRecord
from sebridge.gateway.events.server_service import EventServerService
from sebridge.model.data_types import Uint8
from sebridge.rpc.message import Caller
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import MESSAGING, SE_ENDPOINT

_LONGEST_PIN: Final = 32  # characters


class UnlockMessagesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The protected messages there are show their text now."""

    source_endpoint_id: int
    cluster_id: int = MESSAGING
    status: int = 0


class ProtectedMessageMethods:
    """Publish protected messages, and unlock them on a display."""

    rpc_interface = SE_INTERFACE

    def __init__(
        self,
        *,
        servers: Mapping[int, EventServerService[DisplayMessageRecord]],
        clients: Mapping[int, MessagingClientService],
        attempts: PinAttempts,
        now: Callable[[], float],
    ) -> None:
        self._attempts = attempts
        self._now = now
        self._servers = servers
        self._clients = clients

    @method
    async def create_protected_message_event(
        self, record: DisplayProtectedMessageRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CreateMessageEventResponse:
        """Keep a message that displays show after their PIN was given, and send it to all of them.

        Its text is in no answer and no notification. Displays of Smart Energy 1.0 and 1.1 do not
        know such messages.
        """
        created = await server_at(self._servers, source_endpoint_id).create(record)
        without_text = replace(created, record=created.record.replace(message=""))
        return created_answer(CreateMessageEventResponse, source_endpoint_id, without_text)

    @method
    async def unlock_messages(
        self, pin: Any, caller: Caller, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> UnlockMessagesResponse:
        """Show the text of the protected messages that this display has now.

        `pin` is text, as `gateway.message_pin` of the configuration; a wrong one is an error. After
        three of one caller, or ten of all, none is looked at for 30 seconds, and twice as long
        after each further one, up to an hour; data.retry_after of the error has the seconds.
        """
        if not isinstance(pin, str) or len(pin) > _LONGEST_PIN:  # the value is in no error text
            raise ParameterError("pin", f"must be text of at most {_LONGEST_PIN} characters")
        client, now = client_at(self._clients, source_endpoint_id), self._now()
        self._attempts.check(caller.identity, now)
        try:
            client.unlock(Secret(pin.encode()))
        except WrongPinError as error:
            raise self._attempts.wrong(caller.identity, now) from error
        self._attempts.right(caller.identity, now)
        return UnlockMessagesResponse(source_endpoint_id=source_endpoint_id)
