"""Carry out RCI and SCI documents: what is synchronous at once, the rest into the buffer."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
import logging
from typing import Any, Final, Protocol

import msgspec

from sebridge.base.clock import Clock
from sebridge.base.errors import (
    LimitError,
    RefusedError,
    SebridgeError,
    UnknownDeviceError,
)
from sebridge.base.redaction import redacted
from sebridge.base.service import Service
from sebridge.rpc.alias import Aliases
from sebridge.rpc.dispatcher import NOBODY, Witness
from sebridge.rpc.json_document import left_out
from sebridge.rpc.message import Caller, Notification, Request, Response, RpcError
from sebridge.rpc.quota import Lease, Quota
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

_GET_RESPONSES: Final = "get_responses"

Answer = Callable[[Request, Caller, Witness], Coroutine[Any, Any, Response]]


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


class XmlRules(msgspec.Struct, frozen=True, kw_only=True):
    """How documents are read and answered.

    `device_id` gives this gateway's id in SCI documents, in upper case. `synchronous_timeout` is
    RPC_Manager.synchronous_request_timeout in seconds, `use_timestamps` RPC_Manager's too.
    """

    device_id: Callable[[], str]
    synchronous_timeout: Callable[[], float]
    use_timestamps: Callable[[], bool]
    form: Form = Form.LATER
    limits: XmlLimits = msgspec.field(default=DEFAULT_LIMITS)


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
        quota: Quota,
        awaited: bool = False,
    ) -> None:
        super().__init__()
        self._quota = quota
        self._awaited = awaited
        self._answer = answer
        self._aliases = aliases
        self._buffer = buffer
        self._clock = clock
        self._rules = rules
        self._fleet: Fleet = NoFleet() if fleet is None else fleet

    def note(self, message: Notification) -> None:
        """Keep a notification for whoever fetches, if anybody may."""
        if self._awaited:
            document = notification_element(message, timestamp=self._rules.use_timestamps())
            self._buffer.append(message.name, message.time, document, owner="")

    async def answer(self, octets: bytes, caller: Caller, witness: Witness = NOBODY) -> bytes:
        """Return the reply to an RCI or SCI document; what cannot be read is told in it.

        `witness` hears of its calls, and before the reply that what nobody waits for begins.
        """
        self._awaited = True
        try:
            document = read_document(octets, self._rules.limits)
        except SebridgeError as error:
            _LOGGER.info("a document that cannot be read: %s", redacted(str(error)))
            return rci_reply([failure(error)]).encode()
        try:
            lease = self._quota.lease(
                caller,
                document.calls,
                self._clock.monotonic(),
                of_several=document.calls > 1,
            )
        except LimitError as error:
            return rci_reply([failure(error)]).encode()
        work = _Work(caller, witness, lease, self._clock.monotonic)
        try:
            return (await self._reply(document, work)).encode()
        finally:
            work.end()

    async def _reply(self, document: Document, work: "_Work") -> str:
        if document.devices is None:
            return await self._own_reply(document, work)
        replies = await asyncio.gather(
            *(self._reply_of(device, document, work) for device in document.devices)
        )
        return sci_reply(dict(zip(document.devices, replies, strict=True)))

    # ------------------------------------------------------------------ one gateway

    async def _reply_of(self, device: str, document: Document, work: "_Work") -> str:
        if device == self._rules.device_id().upper():
            return await self._own_reply(document, work)
        inside = "".join(markup(command.element) for command in document.commands)
        request = wrapped("rci_request", attribute("version", "1.1"), inside)
        work.witness.begins()
        try:
            reply = await self._fleet.ask(device, request.encode(), work.caller)
            work.count(reply)
        except SebridgeError as error:
            return failure(error)
        return reply

    async def _own_reply(self, document: Document, work: "_Work") -> str:
        parts = []
        for command in document.commands:
            if (stop := work.stop()) is not None:
                parts.append(refused(command, LimitError(f"not carried out: {stop}")))
                break
            parts.append(await self._command(command, work))
        return rci_reply(parts)

    async def _command(self, command: Command, work: "_Work") -> str:
        if command.target is Target.REQUEST:
            return await self._requests(command, work)
        if command.target is Target.RESPONSE:
            return await self._fetches(command, work)
        return unknown(command)

    # ------------------------------------------------------------------ calls

    async def _requests(self, command: Command, work: "_Work") -> str:
        told = []
        calls = command.calls(self._aliases.expansion())
        for number, call in enumerate(calls):
            if number:
                await self._clock.sleep(0)  # others have their turn
            if (stop := work.stop()) is not None:
                told.append(self._element(_cut_short(call, stop, len(calls) - number - 1)))
                break
            response = await self._call(call, work)
            if response is not None:
                told.append(self._counted(response, work))
        return answers(told, self._rules.form)

    def _counted(self, response: Response, work: "_Work") -> str:
        """Return the element of a response, or in its place that it does not fit any more."""
        element = self._element(response)
        try:
            work.count(element)
        except LimitError as error:
            return element if response.error else self._element(left_out(response, error))
        return element

    async def _call(self, call: Call | Wrong, work: "_Work") -> Response | None:
        """Return what the caller waits for; anything else comes into the buffer."""
        if not call.synchronous:
            work.witness.begins()
        if isinstance(call, Wrong):
            return self._refuse(call, work.caller)
        request = Request(call.method, call.params, call.request_identifier)
        await work.turn()
        answered = _Answered()
        carrying_out: asyncio.Task[Response] = self.spawn(
            answered.by(lambda: self._answer(request, work.caller, work.witness)), request.method
        )
        carrying_out.add_done_callback(answered.end)
        work.begun(carrying_out)
        if not call.synchronous:
            self._keep_when_done(carrying_out, work.caller)
            return None
        return await self._wait_for(answered, carrying_out, work.caller)

    def _refuse(self, call: Wrong, caller: Caller) -> Response | None:
        response = Response(call.method, None, RpcError.of(call.error), call.request_identifier)
        if call.synchronous:
            return response
        self._keep(response, caller)
        return None

    async def _wait_for(
        self, answered: "_Answered", carrying_out: asyncio.Task[Response], caller: Caller
    ) -> Response | None:
        """Return the response if it comes in time.

        A late one goes into the buffer, as does that of a caller who has gone away.
        """
        timer = self._clock.call_later(self._rules.synchronous_timeout(), answered.expire)
        try:
            response = await answered.response
        except asyncio.CancelledError:
            self._keep_when_done(carrying_out, caller)
            raise
        finally:
            timer.cancel()
        if response is None:
            self._keep_when_done(carrying_out, caller)
            return None
        return response if _has_element(response) else None

    def _keep_when_done(self, carrying_out: asyncio.Task[Response], caller: Caller) -> None:
        def keep(carried_out: asyncio.Task[Response]) -> None:
            if not carried_out.cancelled() and carried_out.exception() is None:
                self._keep(carried_out.result(), caller)

        carrying_out.add_done_callback(keep)

    def _keep(self, response: Response, caller: Caller) -> None:
        if not _has_element(response):
            return
        element, most = self._element(response), self._buffer.most_octets
        if len(element.encode()) > most:
            problem = LimitError(f"it has more than {most} octets")
            response = left_out(response, problem)
            element = self._element(response)
        name = response_name(response)
        self._buffer.append(name, self._clock.utc(), element, owner=caller.identity)

    def _element(self, response: Response) -> str:
        return response_element(response, self._timestamp())

    def _timestamp(self) -> float | None:
        return self._clock.utc() if self._rules.use_timestamps() else None

    # ------------------------------------------------------------------ fetches

    async def _fetches(self, command: Command, work: "_Work") -> str:
        parts = []
        for fetch in command.fetches():
            await self._clock.sleep(0)  # others have their turn
            if (stop := work.stop()) is not None:
                parts.append(refused(command, LimitError(f"not carried out: {stop}")))
                break
            parts.append(await self._fetch(command, fetch, work))
        return "".join(parts)

    async def _fetch(self, command: Command, fetch: Fetch | Wrong, work: "_Work") -> str:
        if isinstance(fetch, Wrong):
            return refused(command, fetch.error)
        try:
            # what is taken out must fit into the reply, or it would be lost
            work.lease.add_octets(self._buffer.octets_of(fetch.limit))
        except LimitError as error:
            return refused(command, error)
        params: Mapping[str, object] = {} if fetch.limit is None else {"limit": fetch.limit}
        response = await self._answer(Request(_GET_RESPONSES, params), work.caller, work.witness)
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


class _Answered:
    """What somebody waits for who may go away, or lose patience, while the call goes on.

    `response` is None when it did not come in time.
    """

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.response: asyncio.Future[Response | None] = loop.create_future()

    async def by(self, carry_out: Callable[[], Awaitable[Response]]) -> Response:
        """Carry a call out; whoever waits hears of it in the same turn of the loop."""
        response = await carry_out()
        self._settle(response)
        return response

    def end(self, _carried_out: object) -> None:
        """Break off the waiting for a call that ended without a response."""
        self.response.cancel()

    def expire(self) -> None:
        """Wait no longer."""
        self._settle(None)

    def _settle(self, response: Response | None) -> None:
        if not self.response.done():
            self.response.set_result(response)


class _Work:
    """One document on its way: whose it is, what of it is under way, and why it is cut short."""

    def __init__(
        self, caller: Caller, witness: Witness, lease: Lease, monotonic: Callable[[], float]
    ) -> None:
        self.caller = caller
        self.witness = witness
        self.lease = lease
        self._monotonic = monotonic
        self._most = lease.calls  # under way at the same time
        self._running: set[asyncio.Task[Response]] = set()
        self._stop: LimitError | None = None
        self._is_answered = False

    def stop(self) -> LimitError | None:
        """Return why nothing more of the document is begun; None while it goes on."""
        try:
            self.lease.check_time(self._monotonic())
        except LimitError as error:
            self._stop = self._stop or error
        return self._stop

    def count(self, text: str) -> None:
        """Count a piece of the reply; raise LimitError where it does not fit, and stop."""
        try:
            self.lease.add_octets(len(text.encode()))
        except LimitError as error:
            self._stop = self._stop or error
            raise

    async def turn(self) -> None:
        """Wait until another call may be begun."""
        while len(self._running) >= self._most:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    def begun(self, carrying_out: asyncio.Task[Response]) -> None:
        """Note a call that is under way, maybe for longer than its document."""
        self._running.add(carrying_out)
        carrying_out.add_done_callback(self._done)

    def _done(self, carried_out: asyncio.Task[Response]) -> None:
        self._running.discard(carried_out)
        if self._is_answered:
            self.lease.keep_calls(len(self._running))

    def end(self) -> None:
        """Note that the document is answered; calls that nobody waits for go on."""
        self._is_answered = True
        self.lease.release(calls_left=len(self._running))


def _cut_short(call: Call | Wrong, error: LimitError, more: int) -> Response:
    """Return what is told in the place of a call that is not begun, and of those after it."""
    others = f", nor are the {more} after it" if more else ""
    problem = LimitError(f"not carried out{others}: {error}")
    return Response(call.method, None, RpcError.of(problem), call.request_identifier)


def _has_element(response: Response) -> bool:
    """Say whether there is anything to tell: a method like exit has no response."""
    return response.error is not None or response.result is not None
