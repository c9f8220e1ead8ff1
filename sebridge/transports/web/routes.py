"""What is answered at which path: the backend, the auth middleware, and the handlers."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
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

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, Reason
from sebridge.rpc.description import description, openrpc
from sebridge.rpc.dispatcher import Outcome
from sebridge.rpc.json_codec import Document, Incoming, dump, read_document
from sebridge.rpc.json_document import carry_out, reply
from sebridge.rpc.message import Caller, Request, Response
from sebridge.rpc.method import Method
from sebridge.settings.http_options import WebLimits
from sebridge.transports.web.auth import Authenticator, Refusal, RequestHead
from sebridge.transports.web.metrics import CONTENT_TYPE, Counted, HttpAnswer, exposition

_LOGGER = logging.getLogger(__name__)

RPC: Final = "/rpc"
HEALTH: Final = "/healthz"
"""What strangers may ask for: monitors often cannot sign in."""

_JSON: Final = "application/json"
_MOST_AT_ONCE: Final = 200  # requests under way; more are answered with "busy"
_CHALLENGES: Final = ('Bearer realm="sebridge"', 'Basic realm="sebridge", charset="UTF-8"')
_HEADERS: Final = {
    hdrs.SERVER: "sebridge",
    hdrs.CACHE_CONTROL: "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


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
    xml: XmlAnswerer | None = None


# ---------------------------------------------------------------------- before the handlers


@dataclass(frozen=True, slots=True)
class Requester:
    """Who made a request; None is a stranger, who sees only what is open."""

    caller: Caller | None


REQUESTER: Final = web.RequestKey("requester", Requester)


class AuthMiddleware:
    """Lets requests in, or answers why not. `answers` counts how all of them were answered."""

    def __init__(self, authenticator: Authenticator, clock: Clock) -> None:
        self.answers: Counter[HttpAnswer] = Counter()
        self._authenticator = authenticator
        self._clock = clock
        self._under_way = 0

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Have a request answered, in whatever way."""
        response = await self._answer(request, handler)
        resource = request.match_info.route.resource
        path = "" if resource is None else resource.canonical
        self.answers[HttpAnswer(path, response.status)] += 1
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        admitted = self._authenticator.authenticate(_head_of(request), self._clock.monotonic())
        if isinstance(admitted, Refusal):
            return _refused(request, admitted)
        if self._under_way >= _MOST_AT_ONCE:
            return told(503, f"busy: {_MOST_AT_ONCE} requests are under way", wait=1)
        request[REQUESTER] = Requester(admitted)
        self._under_way += 1
        try:
            return await handler(request)
        except web.HTTPException as error:
            answer = told(error.status, error.reason)
            if hdrs.ALLOW in error.headers:
                answer.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
            return answer
        except Exception:
            _LOGGER.exception("%s %s failed", request.method, request.path)
            return told(500, "internal error")
        finally:
            self._under_way -= 1


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tell browsers to trust nothing and keep nothing. No origin is given access (no CORS)."""
    response.headers.update(_HEADERS)


def told(status: int, problem: str, *, wait: int = 0) -> web.Response:
    """Return a refusal as JSON; `wait` is the seconds after which it is worth another try."""
    answer = web.json_response({"error": problem}, status=status)
    if wait:
        answer.headers[hdrs.RETRY_AFTER] = str(wait)
    return answer


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
    """The handlers; `answers` is shown among the metrics."""

    def __init__(
        self, backend: Backend, limits: WebLimits, clock: Clock, answers: Mapping[HttpAnswer, int]
    ) -> None:
        self._backend = backend
        self._limits = limits
        self._clock = clock
        self._answers = answers

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
        caller = _caller(request)
        document = read_document(await self._body(request))

        async def answer(one: Request) -> Response:
            return await self._backend.answer(one, caller)

        done = await carry_out(document, answer)
        body = reply(document, done)
        status = status_of(document, done)
        if body is None:
            return web.Response(status=status)
        return web.Response(status=status, body=body, content_type=_JSON)

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
            return await self._clock.within(self._limits.patience, request.read())
        except AnswerTimeoutError:
            raise HTTPRequestTimeout(reason="the request did not arrive in time") from None
        except (web.RequestPayloadError, ConnectionError) as error:
            raise HTTPBadRequest(reason="the request is broken") from error

    # ------------------------------------------------------------------ what there is to see

    async def _methods(self, _request: web.Request) -> web.Response:
        return _shown(description(self._backend.methods().values()))

    async def _openrpc(self, _request: web.Request) -> web.Response:
        return _shown(openrpc(self._backend.methods().values(), self._backend.version, RPC))

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
        )
        return web.Response(body=exposition(counted), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE})


def status_of(document: Document, done: list[tuple[Incoming, Response]]) -> int:
    """Return the HTTP status of a JSON-RPC answer.

    200, 204 when nothing is to be said, 400 for what is no request, 403 for a single request that
    is refused; what becomes of the requests of a batch stands in its answers.
    """
    if not document.batch:
        ((entry, response),) = done
        if entry.request is None:
            return 400
        if response.error is not None and response.error.reason is Reason.REFUSED:
            return 403
    return 200 if any(entry.expects_answer for entry, _ in done) else 204


def _caller(request: web.Request) -> Caller:
    caller = request[REQUESTER].caller
    assert caller is not None, "only what is open is shown to strangers"
    return caller


def _shown(body: Mapping[str, Any], *, status: int = 200) -> web.Response:
    return web.Response(body=dump(body), status=status, content_type=_JSON)
