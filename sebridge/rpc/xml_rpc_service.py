"""Carry out RCI and SCI documents: what is synchronous at once, the rest into the buffer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
import logging
from typing import Final, Protocol

from sebridge.base.clock import Clock
from sebridge.base.errors import (
    AnswerTimeoutError,
    RefusedError,
    SebridgeError,
    UnknownDeviceError,
)
from sebridge.base.service import Service
from sebridge.rpc.alias import Aliases
from sebridge.rpc.message import Caller, Notification, Request, Response, RpcError
from sebridge.rpc.rci import Call, Command, Document, Fetch, Target, Wrong, read_document
from sebridge.rpc.rci_reply import (
    Form,
    answers,
    failure,
    fetched,
    rci_reply,
    refused,
    sci_reply,
    unknown,
)
from sebridge.rpc.response_buffer import Fetched, ResponseBuffer
from sebridge.rpc.xml_guard import DEFAULT_LIMITS, XmlLimits
from sebridge.rpc.xml_response import (
    notification_element,
    response_element,
    response_name,
)
from sebridge.rpc.xml_text import attribute, markup, wrapped

_LOGGER = logging.getLogger(__name__)

_MOST_UNDER_WAY: Final = 500  # calls; more are answered with "busy"
_GET_RESPONSES: Final = "get_responses"

Answer = Callable[[Request, Caller], Awaitable[Response]]


class Fleet(Protocol):
    """The other gateways that are asked through this one."""

    async def ask(self, device_id: str, document: bytes, caller: Caller) -> str:
        """Return the RCI reply of a gateway.

        Raises UnknownDeviceError for one that is not of the fleet, AnswerTimeoutError for one
        that is silent.
        """


class NoFleet:
    """A gateway that fronts no other."""

    async def ask(self, device_id: str, document: bytes, caller: Caller) -> str:
        """Know nobody."""
        del document, caller
        raise UnknownDeviceError(f"device {device_id} is not known here")


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlRules:
    """How documents are read and answered.

    `device_id` gives this gateway's id in SCI documents, in upper case. `synchronous_timeout` is
    RPC_Manager.synchronous_request_timeout in seconds, `use_timestamps` RPC_Manager's too.
    """

    device_id: Callable[[], str]
    synchronous_timeout: Callable[[], float]
    use_timestamps: Callable[[], bool]
    form: Form = Form.LATER
    limits: XmlLimits = field(default=DEFAULT_LIMITS)


class XmlRpcService(Service):
    """Answers each document with one; what a caller does not wait for goes into the buffer.

    The buffer begins to fill with notifications when somebody may come for them: from the first
    document on, or at once if `awaited` is set.
    """

    def __init__(
        self,
        answer: Answer,
        aliases: Aliases,
        buffer: ResponseBuffer,
        clock: Clock,
        rules: XmlRules,
        fleet: Fleet | None = None,
        *,
        awaited: bool = False,
    ) -> None:
        super().__init__()
        self._awaited = awaited
        self._answer = answer
        self._aliases = aliases
        self._buffer = buffer
        self._clock = clock
        self._rules = rules
        self._fleet: Fleet = NoFleet() if fleet is None else fleet
        self._under_way = 0

    def note(self, message: Notification) -> None:
        """Keep a notification for whoever fetches, if anybody may."""
        if self._awaited:
            document = notification_element(message, timestamp=self._rules.use_timestamps())
            self._buffer.append(message.name, message.time, document)

    async def answer(self, octets: bytes, caller: Caller) -> bytes:
        """Return the reply to an RCI or SCI document; what cannot be read is told in it."""
        self._awaited = True
        try:
            document = read_document(octets, self._rules.limits)
        except SebridgeError as error:
            _LOGGER.info("a document that cannot be read: %s", error)
            return rci_reply([failure(error)]).encode()
        if document.devices is None:
            return (await self._own_reply(document, caller)).encode()
        replies = await asyncio.gather(
            *(self._reply_of(device, document, caller) for device in document.devices)
        )
        return sci_reply(dict(zip(document.devices, replies, strict=True))).encode()

    # ------------------------------------------------------------------ one gateway

    async def _reply_of(self, device: str, document: Document, caller: Caller) -> str:
        if device == self._rules.device_id().upper():
            return await self._own_reply(document, caller)
        inside = "".join(markup(command.element) for command in document.commands)
        request = wrapped("rci_request", attribute("version", "1.1"), inside)
        try:
            return await self._fleet.ask(device, request.encode(), caller)
        except SebridgeError as error:
            return failure(error)

    async def _own_reply(self, document: Document, caller: Caller) -> str:
        return rci_reply([await self._command(c, caller) for c in document.commands])

    async def _command(self, command: Command, caller: Caller) -> str:
        if command.target is Target.REQUEST:
            return await self._requests(command, caller)
        if command.target is Target.RESPONSE:
            return await self._fetches(command, caller)
        return unknown(command)

    # ------------------------------------------------------------------ calls

    async def _requests(self, command: Command, caller: Caller) -> str:
        told = []
        for call in command.calls(self._aliases.expansion()):
            response = await self._call(call, caller)
            if response is not None:
                told.append(self._element(response))
        return answers(told, self._rules.form)

    async def _call(self, call: Call | Wrong, caller: Caller) -> Response | None:
        """Return what the caller waits for; anything else comes into the buffer."""
        if isinstance(call, Wrong):
            return self._refuse(call, call.error)
        if self._under_way >= _MOST_UNDER_WAY:
            return self._refuse(call, RefusedError(f"busy: {_MOST_UNDER_WAY} calls are under way"))
        request = Request(call.method, call.params, call.request_identifier)
        carrying_out = self._begin(request, caller)
        if not call.synchronous:
            carrying_out.add_done_callback(self._keep_result)
            return None
        return await self._wait_for(carrying_out)

    def _refuse(self, call: Call | Wrong, error: SebridgeError) -> Response | None:
        response = Response(call.method, None, RpcError.of(error), call.request_identifier)
        if call.synchronous:
            return response
        self._keep(response)
        return None

    def _begin(self, request: Request, caller: Caller) -> asyncio.Task[Response]:
        self._under_way += 1
        carrying_out: asyncio.Task[Response] = self.spawn(
            self._carry_out(request, caller), request.method
        )
        return carrying_out

    async def _carry_out(self, request: Request, caller: Caller) -> Response:
        try:
            return await self._answer(request, caller)
        finally:
            self._under_way -= 1

    async def _wait_for(self, carrying_out: asyncio.Task[Response]) -> Response | None:
        """Return the response if it comes in time.

        A late one goes into the buffer, as does that of a caller who has gone away.
        """
        seconds = self._rules.synchronous_timeout()
        try:
            response = await self._clock.within(seconds, asyncio.shield(carrying_out))
        except AnswerTimeoutError:
            carrying_out.add_done_callback(self._keep_result)
            return None
        except asyncio.CancelledError:
            carrying_out.add_done_callback(self._keep_result)
            raise
        return response if _has_element(response) else None

    def _keep_result(self, carried_out: asyncio.Task[Response]) -> None:
        if not carried_out.cancelled() and carried_out.exception() is None:
            self._keep(carried_out.result())

    def _keep(self, response: Response) -> None:
        if _has_element(response):
            name = response_name(response)
            self._buffer.append(name, self._clock.utc(), self._element(response))

    def _element(self, response: Response) -> str:
        return response_element(response, self._timestamp())

    def _timestamp(self) -> float | None:
        return self._clock.utc() if self._rules.use_timestamps() else None

    # ------------------------------------------------------------------ fetches

    async def _fetches(self, command: Command, caller: Caller) -> str:
        parts = [await self._fetch(command, fetch, caller) for fetch in command.fetches()]
        return "".join(parts)

    async def _fetch(self, command: Command, fetch: Fetch | Wrong, caller: Caller) -> str:
        if isinstance(fetch, Wrong):
            return refused(command, fetch.error)
        params: Mapping[str, object] = {} if fetch.limit is None else {"limit": fetch.limit}
        response = await self._answer(Request(_GET_RESPONSES, params), caller)
        if not isinstance(response.result, Fetched):
            assert response.error is not None
            return refused(command, RefusedError(response.error.message))
        found = response.result
        return fetched(
            [stored.document for stored in found.responses],
            found.remaining,
            self._timestamp(),
            self._rules.form,
        )


def _has_element(response: Response) -> bool:
    """Say whether there is anything to tell: a method like exit has no response."""
    return response.error is not None or response.result is not None
