"""Request topic -> dispatcher -> response topic. Every request is answered, a wrong one too.

A request at QoS 1 is acknowledged when its answer is on the disk or with the caller's broker, or
when the request itself is on the disk, which is then carried out after a restart.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Final, Protocol, TypeVar

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import (
    DecodeError,
    LimitError,
    RefusedError,
    SebridgeError,
    StorageError,
)
from sebridge.base.redaction import redacted
from sebridge.base.service import Service
from sebridge.rpc import json_codec, json_document
from sebridge.rpc.dispatcher import Witness
from sebridge.rpc.message import Caller, Request, Response, RpcError, Scope
from sebridge.rpc.quota import Lease, Quota
from sebridge.rpc.rci_reply import failure, rci_reply
from sebridge.transports.mqtt.inbox import Calls, Inbox
from sebridge.transports.mqtt.messages import Message, is_topic
from sebridge.transports.mqtt.topics import Topics

_LOGGER = logging.getLogger(__name__)

INTERFACE: Final = "mqtt"
"""What a caller is said to come through."""

_MOST_AT_ONCE: Final = 200  # requests under way, and answers that the broker has not taken
_LONGEST_METHOD: Final = 80  # characters of a topic's last level that can be a method's name
_MOST_LEVELS: Final = 16  # of a response topic
_MOST_OCTETS: Final = 256  # of a response topic

_MOST_HELD: Final = 1_000
"""Requests that wait until the broker has taken answers. They are not acknowledged, so that the
broker holds back what follows; what one delivers beyond (mosquitto 2.0 does) is left to it."""
_MOST_ATTEMPTS: Final = 3  # the bridge may end in a request; it is not begun more often than this
_GATHERING: Final = 0.01
"""Seconds before requests are written: most are answered by then, and need not be."""
_RETRY: Final = 1.0  # seconds, while the disk refuses

T = TypeVar("T")

Answer = Callable[[Request, Caller, Witness], Awaitable[Response]]
AnswerDocument = Callable[[bytes, Caller, Witness], Awaitable[bytes]]


class ResponseTopics:
    """Says of a response topic what is wrong with it.

    An answer is published with the rights of the bridge, so a caller could have it write where the
    caller may not: over the state of this gateway or another, or into Home Assistant's discovery.
    """

    def __init__(self, topics: Topics, discovery_prefix: str) -> None:
        self._topics = topics
        self._discovery = f"{discovery_prefix}/"
        self._ours = (topics.response, topics.document_reply)

    def problem(self, topic: str, *, of_document: bool = False) -> str | None:
        """Return why no answer is sent there; None when it may be.

        `of_document` says that the answer is an RCI document: such a one may go where another
        gateway of the fleet takes the replies to what it asked.
        """
        if topic.count("/") >= _MOST_LEVELS:
            return f"has more than {_MOST_LEVELS} levels"
        if len(topic.encode(errors="replace")) > _MOST_OCTETS:
            return f"has more than {_MOST_OCTETS} octets"
        if not is_topic(topic) or topic.startswith("$"):
            return "is no topic to publish to"
        if topic.startswith(self._discovery):
            return "belongs to Home Assistant's discovery"
        if topic.startswith(f"{self._topics.base}/") and not self._is_for_answers(
            topic, of_document=of_document
        ):
            return "belongs to a gateway and is not for answers"
        return None

    def _is_for_answers(self, topic: str, *, of_document: bool) -> bool:
        if any(topic == own or topic.startswith(f"{own}/") for own in self._ours):
            return True
        return of_document and self._topics.is_fleet_reply_of_another(topic)


class Broker(Protocol):
    """The broker, as far as requests need it."""

    def subscribe(self, topic_filter: str, handler: Callable[[Message], object]) -> None:
        """Call the handler with every message of these topics."""

    def respond(self, topic: str, payload: bytes, *, correlation: bytes | None) -> None:
        """Send an answer at least once, across outages and restarts."""

    @property
    def unsent_answers(self) -> int:
        """How many answers the broker has not acknowledged."""

    async def until_answers_are_sent(self, most: int) -> None:
        """Return when at most so many answers wait for the broker."""

    def reconnect(self) -> None:
        """Have the broker deliver again, on a new link, what is not acknowledged."""


class _Work(msgspec.Struct, frozen=True):
    """A request that was let in: `carry_out` returns the answer, None where none is wanted."""

    carry_out: Callable[[Calls], Awaitable[bytes | None]]
    lease: Lease | None = None


class _Form(msgspec.Struct, frozen=True):
    """One of the forms that requests have.

    Its answers go to `reply_to`. `error` writes one that says what is wrong; `prepare` reads a
    request and lets it in, or raises what is wrong. `is_repeatable` says that what was done of it
    is known after a restart, so that the rest can be done.
    """

    what: str
    reply_to: str
    error: Callable[[SebridgeError], bytes]
    prepare: Callable[[Message], _Work]
    is_repeatable: bool = True

    def prepare_again(self, message: Message, attempts: int) -> _Work:
        """Let in what an earlier run began so often, or raise why not."""
        if attempts > _MOST_ATTEMPTS or not self.is_repeatable:
            problem = "the bridge ended before it had answered"
            raise SebridgeError(f"{problem}; the request may have been carried out")
        return self.prepare(message)


class _Received(msgspec.Struct, frozen=True):
    """A request that is to be acknowledged; `slot` is where it is in the inbox, if it is there."""

    acknowledged: asyncio.Future[None]
    slot: int | None


class _Held(msgspec.Struct, frozen=True):
    """A request that is not begun yet."""

    message: Message
    acknowledged: asyncio.Future[None]

    def is_same(self, message: Message) -> bool:
        """Tell whether it is the same delivered again, as the link ended meanwhile."""
        return message.duplicate and replace(message, duplicate=False) == replace(
            self.message, duplicate=False
        )


class MqttRpcServer(Service):
    """Takes requests in their three forms, for this gateway and for the whole fleet.

    `answer` carries out one call, `answer_document` an RCI or SCI document; `told` hears of every
    answer to a call, and of a single one that was not let in. `inbox` keeps what is
    not answered; `durable` returns when all that was kept so far is on the disk. Answers that the
    broker has not taken count as requests under way: where it is slow, requests are held back.
    """

    def __init__(
        self,
        *,
        broker: Broker,
        topics: Topics,
        discovery_prefix: str,
        answer: Answer,
        answer_document: AnswerDocument,
        told: Callable[[Response], object],
        inbox: Inbox,
        durable: Callable[[], Awaitable[None]],
        quota: Quota,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._broker = broker
        self._topics = topics
        self._response_topics = ResponseTopics(topics, discovery_prefix)
        self._answer = answer
        self._answer_document = answer_document
        self._told = told
        self._inbox = inbox
        self._durable = durable
        self._quota = quota
        self._clock = clock
        self._under_way = 0
        self._at_work: set[int] = set()  # slots of the inbox
        self._received: list[_Received] = []  # and not acknowledged
        self._held: list[_Held] = []  # and not begun
        self._is_leaving = False  # requests to the broker, to be delivered again on a new link
        self._releasing: asyncio.Task[None] | None = None
        self._wakened = asyncio.Event()
        self._closed = False
        for branch in (topics.request, topics.fleet_request):
            broker.subscribe(branch, self._on_message)
            broker.subscribe(f"{branch}/+", self._on_message)
        for topic in (topics.document_request, topics.fleet_document_request):
            broker.subscribe(topic, self._on_message)

    @override
    async def start(self) -> None:
        """Take requests; carry out those which an earlier run left."""
        self._closed = False
        for slot in self._inbox.unanswered:
            if slot not in self._at_work:
                self._inbox.keep(slot)
                self._carry_on(slot)
        await super().start()

    @override
    async def run(self) -> None:
        """Acknowledge what is safe."""
        while True:
            await self._wakened.wait()
            self._wakened.clear()
            await self._clock.sleep(_GATHERING)
            if not await self._acknowledge():
                await self._clock.sleep(_RETRY)
                self._wakened.set()

    @override
    async def stop(self) -> None:
        """Take no more requests; those under way are broken off, and answered so."""
        self._closed = True
        await super().stop()
        await self._acknowledge()
        held, self._held = self._held, []
        for one in held:
            if one.message.packet is None:  # the broker has the others still
                self._take(one.message)

    # ------------------------------------------------------------------ the forms

    def _form_of(self, topic: str) -> _Form:
        topics = self._topics
        if topic in {topics.document_request, topics.fleet_document_request}:
            return _Form(
                "document", topics.document_reply, _xml_error, self._xml, is_repeatable=False
            )
        if topic in {topics.request, topics.fleet_request}:
            return _Form("requests", topics.response, _json_rpc_error, self._json_rpc)
        method = topic.rpartition("/")[2]
        reply_to = topics.response_to(method[:_LONGEST_METHOD])
        if not is_topic(reply_to):  # a broker that checks less than others has let it through
            reply_to = topics.response
        return _Form(
            method[:_LONGEST_METHOD],
            reply_to,
            lambda error: _bare(_failed(Request(method), error)),
            lambda message: self._call(method, message),
        )

    def _json_rpc(self, message: Message) -> _Work:
        document = json_codec.read_document(message.payload)
        single = None if document.batch else document.entries[0].request
        lease = self._lease(message, len(document.entries), single)

        async def carry_out(calls: Calls) -> bytes | None:
            async def answer(request: Request) -> Response:
                return await self._answer_or_break_off(
                    request, lease.caller, calls, turns=1 if document.batch else 0
                )

            reply = await json_document.carry_out(document, answer, lease, self._clock)
            return reply.body

        return _Work(carry_out, lease)

    def _call(self, method: str, message: Message) -> _Work:
        request = json_codec.read_params(method, message.payload)
        lease = self._lease(message, 1, request)

        async def carry_out(calls: Calls) -> bytes:
            response = await self._answer_or_break_off(request, lease.caller, calls)
            body = _bare(response)
            try:
                lease.add_octets(len(body))
            except LimitError as error:
                body = _bare(json_document.left_out(response, error))
            return body

        return _Work(carry_out, lease)

    def _xml(self, message: Message) -> _Work:
        caller = _caller(message)

        async def carry_out(calls: Calls) -> bytes:
            return await self._or_break_off(
                lambda: self._answer_document(message.payload, caller, calls.witness), _xml_error
            )

        return _Work(carry_out)

    # ------------------------------------------------------------------ keeping and acknowledging

    def _on_message(self, message: Message) -> asyncio.Future[None] | None:
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._must_wait and not self._closed:
            self._hold(_Held(message, acknowledged))
        else:
            self._accept(message, acknowledged)
        return None if message.packet is None else acknowledged

    @property
    def _must_wait(self) -> bool:
        """Tell whether the broker is slower than the callers: then answers count as under way."""
        unsent = self._broker.unsent_answers
        return bool(self._held) or (unsent > 0 and unsent + self._under_way >= _MOST_AT_ONCE)

    def _hold(self, new: _Held) -> None:
        if new.message.duplicate:
            self._held = [held for held in self._held if not held.is_same(new.message)]
        if self._is_leaving or len(self._held) >= _MOST_HELD:
            if not self._is_leaving:
                _LOGGER.warning(
                    "the broker is slow: requests are left to it until answers are sent"
                )
            self._is_leaving = True
            return
        self._held.append(new)
        if self._releasing is None or self._releasing.done():
            self._releasing = self.spawn(self._release(), "held requests")

    async def _release(self) -> None:
        while self._held:
            most = max(_MOST_AT_ONCE - 1 - self._under_way, 0)
            await self._broker.until_answers_are_sent(most)
            held = self._held.pop(0)
            self._accept(held.message, held.acknowledged)
            await self._clock.sleep(0)  # it may be answered at once
        if self._is_leaving:
            self._is_leaving = False
            self._broker.reconnect()

    def _accept(self, message: Message, acknowledged: asyncio.Future[None]) -> None:
        slot = self._inbox.slot_of(message)
        if slot is None:
            slot = self._take(message)
        if message.packet is not None:
            self._received.append(_Received(acknowledged, slot))
            self._wakened.set()

    def _take(self, message: Message) -> int | None:
        """Begin with a new request, or refuse it; return where it is kept."""
        form = self._form_of(message.topic)
        try:
            if (refusal := self._refusal(message)) is not None:
                raise refusal
            work = form.prepare(message)
        except SebridgeError as error:
            self._say(message, form.reply_to, form.error(error))
            return None
        slot = None if message.packet is None else self._inbox.add(message)
        self._begin(message, form, work, slot)
        return slot

    def _carry_on(self, slot: int) -> None:
        """Begin again with what an earlier run did not finish."""
        kept = self._inbox[slot]
        message = Message(
            kept.topic,
            kept.payload,
            response_topic=kept.response_topic,
            correlation=kept.correlation,
            packet=kept.packet,
        )
        form = self._form_of(kept.topic)
        attempts = self._inbox.begin_again(slot)
        try:
            work = form.prepare_again(message, attempts)
        except SebridgeError as error:
            topic = redacted(kept.topic)
            _LOGGER.warning("a request on %s is not carried out again: %s", topic, error)
            self._say(message, form.reply_to, form.error(error))
            self._inbox.answered(slot)
        else:
            self._begin(message, form, work, slot)

    async def _acknowledge(self) -> bool:
        """Acknowledge what is on the disk; return False where something is left."""
        received, self._received = self._received, []
        for one in received:
            if one.slot is not None:
                self._inbox.keep(one.slot)
        try:
            await self._durable()
        except StorageError:
            # nothing can be kept now, so a request is done when it is answered
            left = [one for one in received if one.slot in self._at_work]
        else:
            left = []
        for one in received:
            if one not in left and not one.acknowledged.done():
                one.acknowledged.set_result(None)
        self._received = [*left, *self._received]
        return not left

    # ------------------------------------------------------------------ all of them

    def _refusal(self, message: Message) -> SebridgeError | None:
        if message.retain:
            return RefusedError("retained requests are refused: they would run at every start")
        if (problem := self._problem_of_response_topic(message)) is not None:
            return RefusedError(f"the response topic {problem}")
        if message.oversize:
            return DecodeError(f"more than the {json_codec.MAX_SIZE} octets allowed")
        if self._closed:
            return RefusedError("the bridge is stopping")
        return None

    def _lease(self, message: Message, calls: int, single: Request | None) -> Lease:
        """Let calls in; whoever sends many at once reads in the answer that they were not."""
        now = self._clock.monotonic()
        try:
            return self._quota.lease(_caller(message), calls, now, of_several=calls > 1)
        except LimitError as error:
            if single is not None:
                self._told(_failed(single, error))
            raise

    def _problem_of_response_topic(self, message: Message) -> str | None:
        if message.response_topic is None:
            return None
        of_document = message.topic in {
            self._topics.document_request,
            self._topics.fleet_document_request,
        }
        return self._response_topics.problem(message.response_topic, of_document=of_document)

    def _begin(self, message: Message, form: _Form, work: _Work, slot: int | None) -> None:
        self._under_way += 1
        if slot is not None:
            self._at_work.add(slot)
        task = self.spawn(self._serve(message, form, work, slot), form.what)
        if work.lease is not None:
            lease = work.lease
            task.add_done_callback(lambda _task: lease.release())

    async def _serve(self, message: Message, form: _Form, work: _Work, slot: int | None) -> None:
        try:
            body = await work.carry_out(
                Calls.of_nobody() if slot is None else self._inbox.calls(slot)
            )
        finally:
            self._under_way -= 1
            if slot is not None:
                self._at_work.discard(slot)
        # in one turn, so that the disk has the request or its answer
        if body is not None:
            self._say(message, form.reply_to, body)
        if slot is not None:
            self._inbox.answered(slot)

    async def _answer_or_break_off(
        self, request: Request, caller: Caller, calls: Calls, *, turns: int = 0
    ) -> Response:
        """Return the answer, after so many turns of others; that of an earlier run, if known."""
        known, witness = calls.next(request)
        if known is not None:
            return known

        async def answer() -> Response:
            for _ in range(turns):
                await self._clock.sleep(0)
            return await self._answer(request, caller, witness)

        response = await self._or_break_off(answer, lambda error: _failed(request, error))
        self._told(response)
        return response

    async def _or_break_off(
        self, answering: Callable[[], Awaitable[T]], broken_off: Callable[[SebridgeError], T]
    ) -> T:
        """Return the answer; where we stop before or in the middle of it, say that."""
        if self._closed:
            return broken_off(RefusedError("the bridge is stopping"))
        try:
            return await answering()
        except asyncio.CancelledError:
            if not self._closed:
                raise
            problem = "the bridge is stopping; the request may have been carried out"
            return broken_off(SebridgeError(problem))

    def _say(self, message: Message, reply_to: str, payload: bytes) -> None:
        wanted = message.response_topic
        if wanted is None or self._problem_of_response_topic(message) is not None:
            wanted = reply_to
        self._broker.respond(wanted, payload, correlation=message.correlation)


def _caller(message: Message) -> Caller:
    """Return who calls: the broker has checked who publishes, and does not say.

    How far that goes, the policy says.
    """
    return Caller(INTERFACE, Scope.ADMIN, channel=message.response_topic or "")


def _failed(request: Request, error: SebridgeError) -> Response:
    return Response(request.method, None, RpcError.of(error), request.identifier)


def _bare(response: Response) -> bytes:
    return json_codec.dump(json_codec.bare(response))


def _xml_error(error: SebridgeError) -> bytes:
    return rci_reply([failure(error)]).encode()


def _json_rpc_error(error: SebridgeError) -> bytes:
    return json_codec.dump(json_codec.json_rpc(_failed(Request(""), error), None))
