"""What every HTTP request passes first: the guard, and limits; and what becomes of failures."""

from collections import Counter
from dataclasses import dataclass
import logging
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from sebridge.base.clock import Clock
from sebridge.rpc.message import Caller
from sebridge.transports.web.guard import Guard, Refusal, Visit
from sebridge.transports.web.metrics import Visited

_LOGGER = logging.getLogger(__name__)

HEALTH: Final = "/healthz"
"""What strangers may ask for: monitors often cannot sign in."""

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


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who made a request; None is a stranger, who sees only what is open."""

    caller: Caller | None


VISITOR: Final = web.RequestKey("visitor", Visitor)


class Entrance:
    """Lets requests in, or answers why not. `visits` counts how all of them were answered."""

    def __init__(self, guard: Guard, clock: Clock) -> None:
        self.visits: Counter[Visited] = Counter()
        self._guard = guard
        self._clock = clock
        self._under_way = 0

    @web.middleware
    async def let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Have a request answered, in whatever way."""
        response = await self._answer(request, handler)
        resource = request.match_info.route.resource
        path = "" if resource is None else resource.canonical
        self.visits[Visited(path, response.status)] += 1
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        admitted = self._guard.admit(_visit(request), self._clock.monotonic())
        if isinstance(admitted, Refusal):
            return _refused(request, admitted)
        if self._under_way >= _MOST_AT_ONCE:
            return told(503, f"busy: {_MOST_AT_ONCE} requests are under way", wait=1)
        request[VISITOR] = Visitor(admitted)
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


def _visit(request: web.Request) -> Visit:
    headers = request.headers
    return Visit(
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
