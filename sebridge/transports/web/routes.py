"""What is answered at which path: the backend, and the handlers."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, Final, Protocol

from aiohttp import hdrs, web
from aiohttp.web_exceptions import HTTPNotImplemented
import msgspec

from sebridge.base.clock import Clock
from sebridge.base.errors import LimitError, Reason, SebridgeError
from sebridge.plugins.belongings import LONGEST_BODY
from sebridge.plugins.routes import PluginRequest, PluginRoute
from sebridge.rpc.description import description, openrpc
from sebridge.rpc.dispatcher import Outcome
from sebridge.rpc.json_codec import Document, dump, read_document
from sebridge.rpc.json_document import Reply, carry_out
from sebridge.rpc.message import Caller, Request, Response, RpcError, Scope
from sebridge.rpc.method import Method
from sebridge.rpc.quota import Quota
from sebridge.rpc.resource import Resource, status_of_error
from sebridge.settings.http_options import WebLimits
from sebridge.transports.listening.connections import Connections
from sebridge.transports.web.answer import JSON, Answer, told
from sebridge.transports.web.body import read_body
from sebridge.transports.web.entrance import Requester, Route
from sebridge.transports.web.metrics import CONTENT_TYPE, Counted, HttpAnswer, exposition
from sebridge.transports.web.resources import Resources

RPC: Final = "/rpc"
PACKAGES: Final = "/plugins"
"""Takes a package of a plug-in under the name that the parameter `filename` says."""
_CONSOLE_PACKAGES: Final = "/console/package"
"""Takes the same of whoever has signed in with the console."""
OF_PLUGINS: Final = "/plugins/{path...}"
"""Below it is what plug-ins answer, each below its name."""

_UPLOADING: Final = 120.0  # seconds that a package may take to arrive
_PLUGIN_VERBS: Final = (hdrs.METH_GET, hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_DELETE)


class XmlAnswerer(Protocol):
    """Answers documents of the old gateways: RCI and SCI."""

    async def answer(self, document: bytes, caller: Caller) -> bytes:
        """Return the answering document; what is wrong with the request stands in it."""


class HealthReport(msgspec.Struct, frozen=True):
    """How the bridge is: the facts, and in words what is wrong."""

    facts: Mapping[str, Any]
    problems: tuple[str, ...]


class PackageIntake(msgspec.Struct, frozen=True):
    """Takes packages of plug-ins of at most so many octets, by their file names.

    `check` raises RefusedError for who may not hand one in; `take` SebridgeError for what is none.
    """

    most: int
    check: Callable[[Caller], None]
    take: Callable[[str, bytes], Awaitable[None]]


class PluginAnswerer(msgspec.Struct, frozen=True):
    """Finds what plug-ins answer at a verb and a path; `check` raises RefusedError."""

    find: Callable[[str, str], PluginRoute | None]
    check: Callable[[str, Scope, Caller], None]


class Backend(msgspec.Struct, frozen=True, kw_only=True):
    """Where the routes lead to.

    Without `xml` there are no documents of the old gateways, without `packages` no uploads, and
    without `plugin_routes` nothing of plug-ins.
    """

    version: str
    answer: Callable[[Request, Caller], Awaitable[Response]]
    methods: Callable[[], Mapping[str, Method]]
    calls: Callable[[], Mapping[Outcome, int]]
    health: Callable[[], HealthReport]
    quota: Quota
    xml: XmlAnswerer | None = None
    resources: Sequence[Resource] = ()
    packages: PackageIntake | None = None
    plugin_routes: PluginAnswerer | None = None


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
        self._resources = Resources(
            backend.resources,
            backend.answer,
            backend.methods,
            version=backend.version,
            limits=limits,
            clock=clock,
        )
        self._method_list = _Described(description)
        self._openrpc_document = _Described(partial(openrpc, version=backend.version, path=RPC))

    @property
    def table(self) -> tuple[Route, ...]:
        """All there are."""
        return (
            Route(hdrs.METH_POST, RPC, self._rpc),
            Route(hdrs.METH_GET, "/rpc/methods", self._methods),
            Route(hdrs.METH_GET, "/openrpc.json", self._openrpc),
            Route(hdrs.METH_GET, "/healthz", self._health, is_open=True),  # monitors cannot sign in
            Route(hdrs.METH_GET, "/livez", self._life, is_open=True),
            Route(hdrs.METH_GET, "/metrics", self._metrics),
            Route(hdrs.METH_POST, "/rci", self._xml),
            Route(hdrs.METH_POST, "/ws/sci", self._xml),
            *self._resources.table,
            Route(hdrs.METH_POST, PACKAGES, self._package),
            Route(hdrs.METH_POST, _CONSOLE_PACKAGES, self._package, is_for_browsers=True),
            *(Route(verb, OF_PLUGINS, self._plugin) for verb in _PLUGIN_VERBS),
        )

    # ------------------------------------------------------------------ requests

    async def _rpc(self, request: web.BaseRequest, requester: Requester) -> Answer:
        caller, lease = _caller(requester), requester.lease
        document = read_document(await self._body(request))

        async def answer(one: Request) -> Response:
            if document.batch:
                await self._clock.sleep(0)  # others have their turn
            return await self._backend.answer(one, caller)

        with self._calls_of(document, caller):
            reply = await carry_out(document, answer, lease, self._clock)
        status = status_of(document, reply)
        if reply.body is None:
            return Answer(status)
        return Answer(status, reply.body, JSON)

    def _calls_of(self, document: Document, caller: Caller) -> AbstractContextManager[object]:
        """Return what counts the calls of a batch; a single one is counted with its request."""
        if not document.batch:
            return nullcontext()
        calls, now = len(document.entries), self._clock.monotonic()
        return self._backend.quota.lease(caller, calls, now, of_several=True)

    async def _xml(self, request: web.BaseRequest, requester: Requester) -> Answer:
        if self._backend.xml is None:
            raise HTTPNotImplemented(reason="there are no XML documents here")
        answer = await self._backend.xml.answer(await self._body(request), _caller(requester))
        return Answer(body=answer, content_type="text/xml; charset=utf-8")

    async def _body(self, request: web.BaseRequest) -> bytes:
        limits = self._limits
        return await read_body(
            request, most=limits.body, seconds=limits.patience, clock=self._clock
        )

    async def _package(self, request: web.BaseRequest, requester: Requester) -> Answer:
        packages = self._backend.packages
        if packages is None:
            raise HTTPNotImplemented(reason="no packages are taken here")
        filename = request.rel_url.query.get("filename", "")
        try:
            packages.check(_caller(requester))
            octets = await read_body(
                request, most=packages.most, seconds=_UPLOADING, clock=self._clock
            )
            await packages.take(filename, octets)
        except SebridgeError as error:
            told_of = RpcError.of(error)
            return told(status_of_error(told_of), told_of.message)
        return _shown({"filename": filename}, status=201)

    async def _plugin(self, request: web.BaseRequest, requester: Requester) -> Answer:
        """Have a plug-in answer."""
        routes = self._backend.plugin_routes
        path = requester.levels["path"]
        verb = hdrs.METH_GET if request.method == hdrs.METH_HEAD else request.method
        route = None if routes is None else routes.find(verb, path)
        if routes is None or route is None:
            return told(404, "Not Found")
        try:
            routes.check(f"{verb} {request.rel_url.raw_path}", route.scope, _caller(requester))
            body = await read_body(
                request,
                most=LONGEST_BODY,
                seconds=self._limits.patience,
                clock=self._clock,
            )
            answer = await route.answer(
                PluginRequest(
                    verb,
                    path.partition("/")[2],
                    dict(request.rel_url.query),
                    body.decode(errors="replace"),
                )
            )
        except LimitError:
            raise
        except SebridgeError as error:
            told_of = RpcError.of(error)
            return told(403 if told_of.reason is Reason.REFUSED else 502, told_of.message)
        return Answer(answer.status, answer.body.encode(), f"{answer.content_type}; charset=utf-8")

    # ------------------------------------------------------------------ what there is to see

    async def _methods(self, _request: web.BaseRequest, _requester: Requester) -> Answer:
        body = self._method_list.body(self._backend.methods().values())
        return Answer(body=body, content_type=JSON)

    async def _openrpc(self, _request: web.BaseRequest, _requester: Requester) -> Answer:
        body = self._openrpc_document.body(self._backend.methods().values())
        return Answer(body=body, content_type=JSON)

    async def _health(self, _request: web.BaseRequest, requester: Requester) -> Answer:
        report = self._backend.health()
        body: dict[str, Any] = {"status": "failing" if report.problems else "ok"}
        if requester.caller is not None:
            body |= {"problems": list(report.problems), **report.facts}
        return _shown(body, status=503 if report.problems else 200)

    async def _life(self, _request: web.BaseRequest, _requester: Requester) -> Answer:
        """Answer, which is all: for who starts a process again that does not answer any more.

        What is wrong around the bridge, such as a broker that is away, no new start would cure.
        """
        return _shown({"status": "ok"})

    async def _metrics(self, _request: web.BaseRequest, _requester: Requester) -> Answer:
        counted = Counted(
            version=self._backend.version,
            health=self._backend.health().facts,
            calls=self._backend.calls(),
            answers=self._answers,
            connections=self._connections.counters,
        )
        return Answer(body=exposition(counted), content_type=CONTENT_TYPE)


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


def _caller(requester: Requester) -> Caller:
    caller = requester.caller
    assert caller is not None, "only what is open is shown to strangers"
    return caller


def _shown(body: Mapping[str, Any], *, status: int = 200) -> Answer:
    return Answer(status, dump(body), JSON)
