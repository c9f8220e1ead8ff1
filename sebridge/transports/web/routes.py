"""What is answered at which path: the backend, the auth middleware, and the handlers."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
import logging
from typing import Any, Final, Protocol

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from aiohttp.web_exceptions import (
    HTTPBadRequest,
    HTTPNotImplemented,
    HTTPRequestEntityTooLarge,
    HTTPRequestTimeout,
    HTTPUnsupportedMediaType,
)
import msgspec

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, LimitError, Reason
from sebridge.rpc.description import description, openrpc
from sebridge.rpc.dispatcher import Outcome
from sebridge.rpc.json_codec import Document, dump, read_document
from sebridge.rpc.json_document import Reply, carry_out
from sebridge.rpc.message import Caller, Request, Response, Scope
from sebridge.rpc.method import Method
from sebridge.rpc.quota import Lease, Quota
from sebridge.settings.http_options import WebLimits
from sebridge.transports.web.auth import (
    INTERFACE,
    Authenticator,
    Refusal,
    RequestHead,
    home_of,
)
from sebridge.transports.web.connection import HEADERS, Connections, HttpConnection, told
from sebridge.transports.web.metrics import CONTENT_TYPE, Counted, HttpAnswer, exposition

_LOGGER = logging.getLogger(__name__)

RPC: Final = "/rpc"
HEALTH: Final = "/healthz"
"""What strangers may ask for: monitors often cannot sign in."""

_JSON: Final = "application/json"
_CHALLENGES: Final = ('Bearer realm="sebridge"', 'Basic realm="sebridge", charset="UTF-8"')


class XmlAnswerer(Protocol):
    """Answers documents of the old gateways: RCI and SCI."""

    async def answer(self, document: bytes, caller: Caller) -> bytes:
        """Return the answering document; what is wrong with the request stands in it."""


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How the bridge is: the facts, and in words what is wrong."""

    facts: Mapping[str, Any]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Where the routes lead to. Without `xml` there are no documents of the old gateways."""

    version: str
    answer: Callable[[Request, Caller], Awaitable[Response]]
    methods: Callable[[], Mapping[str, Method]]
    calls: Callable[[], Mapping[Outcome, int]]
    health: Callable[[], HealthReport]
    quota: Quota
    xml: XmlAnswerer | None = None


# ---------------------------------------------------------------------- before the handlers


class Requester(msgspec.Struct, frozen=True):
    """Who made a request, and what it has of the quota.

    No caller is a stranger, who sees only what is open.
    """

    caller: Caller | None
    lease: Lease


REQUESTER: Final = web.RequestKey("requester", Requester)


class AuthMiddleware:
    """Lets requests in, or answers why not. `answers` counts how all of them were answered."""

    def __init__(self, authenticator: Authenticator, clock: Clock, quota: Quota) -> None:
        self.answers: Counter[HttpAnswer] = Counter()
        self._authenticator = authenticator
        self._clock = clock
        self._quota = quota

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Have a request answered, in whatever way; end when its client has taken the answer.

        Until then the answer's octets are counted, and the next request of its connection waits.
        """
        now = self._clock.monotonic()
        admitted = self._authenticator.authenticate(_head_of(request), now)
        if isinstance(admitted, Refusal):
            return await self._sent(request, _refused(request, admitted))
        stranger = Caller(INTERFACE, Scope.READ, name=home_of(request.remote or ""))
        try:
            lease = self._quota.lease(admitted or stranger, 1, now, of_several=False)
        except LimitError as error:
            return await self._sent(request, told(503, str(error), wait=1))
        with lease:
            request[REQUESTER] = Requester(admitted, lease)
            response = _counted(await self._handled(request, handler), lease)
            lease.keep_calls(0)
            return await self._sent(request, response)

    async def _handled(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            answer = told(error.status, error.reason)
            if hdrs.ALLOW in error.headers:
                answer.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
            return answer
        except LimitError as error:
            return told(503, str(error), wait=1)
        except Exception:
            _LOGGER.exception("%s %s failed", request.method, request.path)
            return told(500, "internal error")

    async def _sent(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        resource = request.match_info.route.resource
        path = "" if resource is None else resource.canonical
        self.answers[HttpAnswer(path, response.status)] += 1
        connection = request.protocol
        assert isinstance(connection, HttpConnection)
        try:
            await response.prepare(request)
            await response.write_eof()
            await connection.drained()
        except ConnectionError:
            _LOGGER.debug("%s went away before it was answered", request.remote)
        return response


def _counted(response: web.StreamResponse, lease: Lease) -> web.StreamResponse:
    """Return the response when its octets fit into the quota, or what says that they do not."""
    body = response.body if isinstance(response, web.Response) else None
    if not isinstance(body, bytes):
        return response
    try:
        lease.add_octets(max(len(body) - lease.octets, 0))
    except LimitError as error:
        return told(503, str(error), wait=1)
    return response


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tell browsers to trust nothing and keep nothing. No origin is given access (no CORS)."""
    response.headers.update(HEADERS)


def _head_of(request: web.Request) -> RequestHead:
    headers = request.headers
    return RequestHead(
        address=request.remote or "",
        host=headers.get(hdrs.HOST, ""),
        origin=headers.get(hdrs.ORIGIN),
        authorization=headers.get(hdrs.AUTHORIZATION),
        is_open=request.path == HEALTH,
    )


def _refused(request: web.Request, refusal: Refusal) -> web.Response:
    answer = told(refusal.status, refusal.reason, wait=refusal.wait)
    if refusal.status == web.HTTPUnauthorized.status_code:
        for challenge in _CHALLENGES:
            answer.headers.add(hdrs.WWW_AUTHENTICATE, challenge)
        if hdrs.AUTHORIZATION in request.headers:
            _LOGGER.warning("a request from %s is refused: %s", request.remote, refusal.reason)
    return answer


# ---------------------------------------------------------------------- the handlers


class Routes:
    """The handlers; `answers` and `connections` are shown among the metrics."""

    def __init__(
        self,
        backend: Backend,
        limits: WebLimits,
        clock: Clock,
        answers: Mapping[HttpAnswer, int],
        connections: Connections,
    ) -> None:
        self._backend = backend
        self._limits = limits
        self._clock = clock
        self._answers = answers
        self._connections = connections
        self._method_list = _Described(description)
        self._openrpc_document = _Described(partial(openrpc, version=backend.version, path=RPC))

    @property
    def table(self) -> list[web.RouteDef]:
        """All paths with their methods."""
        return [
            web.post(RPC, self._rpc),
            web.get("/rpc/methods", self._methods),
            web.get("/openrpc.json", self._openrpc),
            web.get(HEALTH, self._health),
            web.get("/metrics", self._metrics),
            web.post("/rci", self._xml),
            web.post("/ws/sci", self._xml),
        ]

    # ------------------------------------------------------------------ requests

    async def _rpc(self, request: web.Request) -> web.Response:
        caller, lease = _caller(request), request[REQUESTER].lease
        document = read_document(await self._body(request))

        async def answer(one: Request) -> Response:
            if document.batch:
                await self._clock.sleep(0)  # others have their turn
            return await self._backend.answer(one, caller)

        with self._calls_of(document, caller):
            reply = await carry_out(document, answer, lease, self._clock)
        status = status_of(document, reply)
        if reply.body is None:
            return web.Response(status=status)
        return web.Response(status=status, body=reply.body, content_type=_JSON)

    def _calls_of(self, document: Document, caller: Caller) -> AbstractContextManager[object]:
        """Return what counts the calls of a batch; a single one is counted with its request."""
        if not document.batch:
            return nullcontext()
        calls, now = len(document.entries), self._clock.monotonic()
        return self._backend.quota.lease(caller, calls, now, of_several=True)

    async def _xml(self, request: web.Request) -> web.Response:
        if self._backend.xml is None:
            raise HTTPNotImplemented(reason="there are no XML documents here")
        answer = await self._backend.xml.answer(await self._body(request), _caller(request))
        return web.Response(body=answer, content_type="text/xml", charset="utf-8")

    async def _body(self, request: web.Request) -> bytes:
        """Return what was posted, in the time and size that it may take."""
        most = self._limits.body
        if request.headers.get(hdrs.CONTENT_ENCODING, "identity") != "identity":
            raise HTTPUnsupportedMediaType(reason="compressed requests are not taken")
        if (request.content_length or 0) > most:
            raise HTTPRequestEntityTooLarge(most, reason=f"a request has at most {most} octets")
        try:
            if request.content.is_eof():  # then all of it is here
                return await request.read()
            return await self._clock.within(self._limits.patience, request.read())
        except AnswerTimeoutError:
            raise HTTPRequestTimeout(reason="the request did not arrive in time") from None
        except (web.RequestPayloadError, ConnectionError) as error:
            raise HTTPBadRequest(reason="the request is broken") from error

    # ------------------------------------------------------------------ what there is to see

    async def _methods(self, _request: web.Request) -> web.Response:
        body = self._method_list.body(self._backend.methods().values())
        return web.Response(body=body, content_type=_JSON)

    async def _openrpc(self, _request: web.Request) -> web.Response:
        body = self._openrpc_document.body(self._backend.methods().values())
        return web.Response(body=body, content_type=_JSON)

    async def _health(self, request: web.Request) -> web.Response:
        report = self._backend.health()
        body: dict[str, Any] = {"status": "failing" if report.problems else "ok"}
        if request[REQUESTER].caller is not None:
            body |= {"problems": list(report.problems), **report.facts}
        return _shown(body, status=503 if report.problems else 200)

    async def _metrics(self, _request: web.Request) -> web.Response:
        counted = Counted(
            version=self._backend.version,
            health=self._backend.health().facts,
            calls=self._backend.calls(),
            answers=self._answers,
            connections=self._connections.counters,
        )
        return web.Response(body=exposition(counted), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE})


class _Described:
    """A description of all methods: it takes some 20 ms, so it is made when they have changed."""

    def __init__(self, describe: Callable[[Iterable[Method]], Mapping[str, Any]]) -> None:
        self._describe = describe
        self._methods: tuple[Method, ...] = ()
        self._body = b""

    def body(self, methods: Iterable[Method]) -> bytes:
        """Return it as JSON."""
        now = tuple(methods)
        if not self._body or now != self._methods:
            self._methods, self._body = now, dump(self._describe(now))
        return self._body


def status_of(document: Document, reply: Reply) -> int:
    """Return the HTTP status of a JSON-RPC answer.

    200, 204 when nothing is to be said, 400 for what is no request, 403 for a single request that
    is refused; what becomes of the requests of a batch stands in its answers.
    """
    if not document.batch and document.entries[0].request is None:
        return 400
    if reply.error is not None and reply.error.reason is Reason.REFUSED:
        return 403
    return 204 if reply.body is None else 200


def _caller(request: web.Request) -> Caller:
    caller = request[REQUESTER].caller
    assert caller is not None, "only what is open is shown to strangers"
    return caller


def _shown(body: Mapping[str, Any], *, status: int = 200) -> web.Response:
    return web.Response(body=dump(body), status=status, content_type=_JSON)
