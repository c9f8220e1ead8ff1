"""What is answered at which path of the HTTP door."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import hdrs, web
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
from sebridge.rpc.json_codec import Document, Incoming, dump, read_document
from sebridge.rpc.json_document import carry_out, reply
from sebridge.rpc.message import Caller, Request, Response
from sebridge.settings.http_options import WebLimits
from sebridge.transports.web.entrance import HEALTH, VISITOR
from sebridge.transports.web.metrics import CONTENT_TYPE, Counted, Visited, exposition
from sebridge.transports.web.rooms import Rooms

RPC: Final = "/rpc"

_JSON: Final = "application/json"


class Routes:
    """The handlers; `visits` is shown among the metrics."""

    def __init__(
        self, rooms: Rooms, limits: WebLimits, clock: Clock, visits: Mapping[Visited, int]
    ) -> None:
        self._rooms = rooms
        self._limits = limits
        self._clock = clock
        self._visits = visits

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
            return await self._rooms.answer(one, caller)

        done = await carry_out(document, answer)
        body = reply(document, done)
        status = status_of(document, done)
        if body is None:
            return web.Response(status=status)
        return web.Response(status=status, body=body, content_type=_JSON)

    async def _xml(self, request: web.Request) -> web.Response:
        if self._rooms.xml is None:
            raise HTTPNotImplemented(reason="there are no XML documents here")
        answer = await self._rooms.xml.answer(await self._body(request), _caller(request))
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
        return _shown(description(self._rooms.methods().values()))

    async def _openrpc(self, _request: web.Request) -> web.Response:
        return _shown(openrpc(self._rooms.methods().values(), self._rooms.version, RPC))

    async def _health(self, request: web.Request) -> web.Response:
        report = self._rooms.health()
        body: dict[str, Any] = {"status": "failing" if report.problems else "ok"}
        if request[VISITOR].caller is not None:
            body |= {"problems": list(report.problems), **report.facts}
        return _shown(body, status=503 if report.problems else 200)

    async def _metrics(self, _request: web.Request) -> web.Response:
        counted = Counted(
            version=self._rooms.version,
            health=self._rooms.health().facts,
            calls=self._rooms.calls(),
            visits=self._visits,
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
    caller = request[VISITOR].caller
    assert caller is not None, "only what is open is shown to strangers"
    return caller


def _shown(body: Mapping[str, Any], *, status: int = 200) -> web.Response:
    return web.Response(body=dump(body), status=status, content_type=_JSON)
