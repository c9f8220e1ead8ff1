"""Request topic -> dispatcher -> response topic. Every request is answered, a wrong one too."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, Protocol, TypeVar

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import (
    DecodeError,
    LimitError,
    RefusedError,
    SebridgeError,
)
from sebridge.base.service import Service
from sebridge.rpc import json_codec, json_document
from sebridge.rpc.message import Caller, Request, Response, RpcError, Scope
from sebridge.rpc.quota import Lease, Quota
from sebridge.rpc.rci_reply import failure, rci_reply
from sebridge.transports.mqtt.messages import Message, is_topic
from sebridge.transports.mqtt.topics import Topics

INTERFACE: Final = "mqtt"
"""What a caller is said to come through."""

_LONGEST_METHOD: Final = 80  # characters of a topic's last level that can be a method's name
_MOST_LEVELS: Final = 16  # of a response topic
_MOST_OCTETS: Final = 256  # of a response topic

T = TypeVar("T")

Answer = Callable[[Request, Caller], Awaitable[Response]]
AnswerDocument = Callable[[bytes, Caller], Awaitable[bytes]]


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

    def stream(self, topic: str, payload: bytes, *, correlation: bytes | None = None) -> None:
        """Send at least once, across outages and restarts."""


class MqttRpcServer(Service):
    """Takes requests in their three forms, for this gateway and for the whole fleet.

    `answer` carries out one call, `answer_document` an RCI or SCI document. `told` hears of every
    answer to one call, also of those that were refused before.
    """

    def __init__(
        self,
        broker: Broker,
        topics: Topics,
        discovery_prefix: str,
        answer: Answer,
        answer_document: AnswerDocument,
        *,
        told: Callable[[Response], object],
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
        self._quota = quota
        self._clock = clock
        self._closed = False
        for branch in (topics.request, topics.fleet_request):
            broker.subscribe(branch, self._on_document)
            broker.subscribe(f"{branch}/+", self._on_method)
        for topic in (topics.document_request, topics.fleet_document_request):
            broker.subscribe(topic, self._on_xml)

    @override
    async def start(self) -> None:
        """Take requests."""
        self._closed = False
        await super().start()

    @override
    async def stop(self) -> None:
        """Take no more requests; those under way are broken off, and answered so."""
        self._closed = True
        await super().stop()

    # ------------------------------------------------------------------ JSON-RPC 2.0

    def _on_document(self, message: Message) -> None:
        refusal = self._refusal(message)
        if refusal is not None:
            self._say(message, self._topics.response, _json_rpc_error(refusal))
            return
        document = json_codec.read_document(message.payload)
        try:
            lease = self._lease(message, len(document.entries))
        except LimitError as error:
            self._tell_refused(document, error)
            self._say(message, self._topics.response, _json_rpc_error(error))
            return
        self._begin(self._documents(message, document, lease), "requests", lease)

    def _tell_refused(self, document: json_codec.Document, error: LimitError) -> None:
        """Tell of one request that was refused; whoever sends many at once reads the answer."""
        if not document.batch:
            for entry in document.entries:
                if entry.request is not None:
                    self._told(_failed(entry.request, error))

    async def _documents(
        self, message: Message, document: json_codec.Document, lease: Lease
    ) -> None:
        async def answer(request: Request) -> Response:
            return await self._answer_or_break_off(
                request, lease.caller, turns=1 if document.batch else 0
            )

        reply = await json_document.carry_out(document, answer, lease, self._clock)
        if reply.body is not None:
            self._say(message, self._topics.response, reply.body)

    # ------------------------------------------------------------------ one topic a method

    def _on_method(self, message: Message) -> None:
        method = message.topic.rpartition("/")[2]
        reply_to = self._topics.response_to(method[:_LONGEST_METHOD])
        if not is_topic(reply_to):  # a broker that checks less than others has let it through
            reply_to = self._topics.response
        request = Request(method)  # until it is read
        try:
            if (refusal := self._refusal(message)) is not None:
                raise refusal
            request = json_codec.read_params(method, message.payload)
            lease = self._lease(message, 1)
        except SebridgeError as error:
            response = _failed(request, error)
            self._told(response)
            self._say(message, reply_to, _bare(response))
            return
        work = self._call(request, reply_to, message, lease)
        self._begin(work, method[:_LONGEST_METHOD], lease)

    async def _call(self, request: Request, reply_to: str, message: Message, lease: Lease) -> None:
        response = await self._answer_or_break_off(request, lease.caller)
        body = _bare(response)
        try:
            lease.add_octets(len(body))
        except LimitError as error:
            body = _bare(json_document.left_out(response, error))
        self._say(message, reply_to, body)

    # ------------------------------------------------------------------ RCI and SCI

    def _on_xml(self, message: Message) -> None:
        refusal = self._refusal(message)
        if refusal is not None:
            self._say(message, self._topics.document_reply, _xml_error(refusal))
            return
        self.spawn(self._xml(message), "document")

    async def _xml(self, message: Message) -> None:
        caller = _caller(message)
        reply = await self._or_break_off(
            lambda: self._answer_document(message.payload, caller), _xml_error
        )
        self._say(message, self._topics.document_reply, reply)

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

    def _lease(self, message: Message, calls: int) -> Lease:
        return self._quota.lease(
            _caller(message), calls, self._clock.monotonic(), of_several=calls > 1
        )

    def _problem_of_response_topic(self, message: Message) -> str | None:
        if message.response_topic is None:
            return None
        of_document = message.topic in {
            self._topics.document_request,
            self._topics.fleet_document_request,
        }
        return self._response_topics.problem(message.response_topic, of_document=of_document)

    def _begin(self, work: Coroutine[Any, Any, None], what: str, lease: Lease) -> None:
        self.spawn(work, what).add_done_callback(lambda _task: lease.release())

    async def _answer_or_break_off(
        self, request: Request, caller: Caller, *, turns: int = 0
    ) -> Response:
        """Return the answer, after so many turns of others."""

        async def answer() -> Response:
            for _ in range(turns):
                await self._clock.sleep(0)
            return await self._answer(request, caller)

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
        self._broker.stream(wanted, payload, correlation=message.correlation)


def _caller(message: Message) -> Caller:
    """Return who calls: the broker has checked who publishes, and does not say.

    How far that goes, the policy says.
    """
    return Caller(INTERFACE, Scope.ADMIN, channel=message.response_topic or "")


def _bare(response: Response) -> bytes:
    return json_codec.dump(json_codec.bare(response))


def _failed(request: Request, error: SebridgeError) -> Response:
    return Response(request.method, None, RpcError.of(error), request.identifier)


def _xml_error(error: SebridgeError) -> bytes:
    return rci_reply([failure(error)]).encode()


def _json_rpc_error(error: SebridgeError) -> bytes:
    return json_codec.dump(json_codec.json_rpc(_failed(Request(""), error), None))
