"""Before the handlers: who is let in, where a request leads, and that its answer is taken."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
import logging
from typing import Final

from aiohttp import hdrs, web
import msgspec

from sebridge.base.clock import Clock
from sebridge.base.errors import LimitError
from sebridge.rpc.message import Caller, Scope
from sebridge.rpc.quota import Lease, Quota
from sebridge.rpc.resource import levels_of
from sebridge.transports.listening.connections import home_of
from sebridge.transports.web.answer import Answer, told
from sebridge.transports.web.auth import (
    INTERFACE,
    Authenticator,
    Refusal,
    RequestHead,
    Token,
)
from sebridge.transports.web.connection import HttpConnection, Written
from sebridge.transports.web.metrics import HttpAnswer

_LOGGER = logging.getLogger(__name__)

_INGRESS_USER: Final = "X-Remote-User-Id"  # as Home Assistant's Supervisor sets it
_NOTHING: Final[Mapping[str, "Route"]] = {}
_NO_LEVELS: Final[Mapping[str, str]] = {}
_CHALLENGES: Final = (
    (hdrs.WWW_AUTHENTICATE, 'Bearer realm="sebridge"'),
    (hdrs.WWW_AUTHENTICATE, 'Basic realm="sebridge", charset="UTF-8"'),
)


class Requester(msgspec.Struct, frozen=True):
    """Who made a request, what it has of the quota, and what stands at the levels of its path.

    No caller is a stranger, who sees only what is open.
    """

    caller: Caller | None
    lease: Lease
    levels: Mapping[str, str] = msgspec.field(default_factory=dict)


class Route(msgspec.Struct, frozen=True):
    """What is answered at a path; strangers see it where it is open.

    A level of the path such as `{name}` is anything, a last one such as `{path...}` all that
    follows, and the handler is told what.
    A handler whose connection goes on as something else returns aiohttp's response, which is over
    by then. Where it is for browsers, a cookie signs in, and so does Home Assistant's ingress;
    nowhere else, so that no page of others can have a browser do anything.
    """

    verb: str
    path: str
    handle: Callable[[web.BaseRequest, Requester], Awaitable[Answer | web.StreamResponse]]
    is_open: bool = False
    is_for_browsers: bool = False


class Entrance:
    """Lets requests in and to their routes, or answers why not.

    `answers` counts how all of them were answered. Whoever may GET may ask for the HEAD alone.
    `sign_in` tells which token a Cookie header stands for.
    """

    def __init__(
        self,
        routes: Iterable[Route],
        answers: Counter[HttpAnswer],
        authenticator: Authenticator,
        clock: Clock,
        quota: Quota,
        sign_in: Callable[[str | None], Token | None],
    ) -> None:
        self._answers = answers
        self._authenticator = authenticator
        self._clock = clock
        self._quota = quota
        self._routes: dict[str, dict[str, Route]] = {}
        self._sign_in = sign_in
        self._open: set[str] = set()
        self._for_browsers: set[str] = set()
        for route in routes:
            at_path = self._routes.setdefault(route.path, {})
            at_path[route.verb] = route
            if route.verb == hdrs.METH_GET:
                at_path[hdrs.METH_HEAD] = route
            if route.is_open:
                self._open.add(route.path)
            if route.is_for_browsers:
                self._for_browsers.add(route.path)
        self._patterns = tuple(path for path in self._routes if "{" in path)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Have a request answered, in whatever way; end when its client has taken the answer.

        Until then the answer's octets are counted, and the next request of its connection waits.
        """
        path, levels = self._path_of(request.rel_url.raw_path)
        at_path = self._routes.get(path, _NOTHING)
        route = at_path.get(request.method)
        now = self._clock.monotonic()
        head = self._head_of(request, path)
        admitted = self._authenticator.authenticate(head, now)
        if isinstance(admitted, Refusal):
            return await self._sent(request, route, _refused(request, admitted))
        caller = admitted or Caller(INTERFACE, Scope.READ, name=home_of(head.address))
        try:
            lease = self._quota.lease(caller, 1, now, of_several=False)
        except LimitError as error:
            return await self._sent(request, route, told(503, str(error), wait=1))
        with lease:
            if route is None:
                answer = _astray(at_path)
            else:
                handled = await _handled(request, route, Requester(admitted, lease, levels))
                if isinstance(handled, web.StreamResponse):
                    self._answers[HttpAnswer(route.path, handled.status)] += 1
                    return handled
                answer = handled
            answer = _counted(answer, lease)
            lease.keep_calls(0)
            return await self._sent(request, route, answer)

    def _path_of(self, raw: str) -> tuple[str, Mapping[str, str]]:
        """Return the path of a route to which a request leads, and what stands at its levels."""
        if raw in self._routes:
            return raw, _NO_LEVELS
        for path in self._patterns:
            levels = levels_of(path, raw)
            if levels is not None:
                return path, levels
        return raw, _NO_LEVELS

    def _head_of(self, request: web.BaseRequest, path: str) -> RequestHead:
        headers = request.headers
        is_for_browsers = path in self._for_browsers
        return RequestHead(
            address=request.remote or "",
            host=headers.get(hdrs.HOST, ""),
            origin=headers.get(hdrs.ORIGIN),
            authorization=headers.get(hdrs.AUTHORIZATION),
            is_open=path in self._open,
            signed_in=self._sign_in(headers.get(hdrs.COOKIE)) if is_for_browsers else None,
            ingress_user=headers.get(_INGRESS_USER) if is_for_browsers else None,
        )

    async def _sent(
        self, request: web.BaseRequest, route: Route | None, answer: Answer
    ) -> web.StreamResponse:
        self._answers[HttpAnswer("" if route is None else route.path, answer.status)] += 1
        connection = request.protocol
        assert isinstance(connection, HttpConnection)
        response = Written(answer, clock=self._clock)
        try:
            await response.prepare(request)
            await connection.drained()
        except ConnectionError:
            _LOGGER.debug("%s went away before it was answered", request.remote)
        return response


async def _handled(
    request: web.BaseRequest, route: Route, requester: Requester
) -> Answer | web.StreamResponse:
    try:
        return await route.handle(request, requester)
    except web.HTTPException as error:
        return told(error.status, error.reason)
    except LimitError as error:
        return told(503, str(error), wait=1)
    except Exception:
        _LOGGER.exception("%s %s failed", request.method, request.path)
        return told(500, "internal error")


def _astray(at_path: Mapping[str, Route]) -> Answer:
    """Say that there is no such path, or which verbs it has."""
    if not at_path:
        return told(404, "Not Found")
    return told(405, "Method Not Allowed", headers=((hdrs.ALLOW, ",".join(sorted(at_path))),))


def _counted(answer: Answer, lease: Lease) -> Answer:
    """Return the answer when its octets fit into the quota, or what says that they do not."""
    further = len(answer.body) - lease.octets
    try:
        if further > 0:
            lease.add_octets(further)
    except LimitError as error:
        return told(503, str(error), wait=1)
    return answer


def _refused(request: web.BaseRequest, refusal: Refusal) -> Answer:
    headers: tuple[tuple[str, str], ...] = ()
    if refusal.status == web.HTTPUnauthorized.status_code:
        headers = _CHALLENGES
        if hdrs.AUTHORIZATION in request.headers:
            _LOGGER.warning("a request from %s is refused: %s", request.remote, refusal.reason)
    return told(refusal.status, refusal.reason, wait=refusal.wait, headers=headers)
