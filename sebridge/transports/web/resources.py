"""What is answered by REST: each resource calls its method, as the one who asks may."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from aiohttp import hdrs, web

from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.model.plain import to_plain
from sebridge.rpc.json_codec import dump, read_params
from sebridge.rpc.message import Caller, Request, Response, RpcError
from sebridge.rpc.method import Method
from sebridge.rpc.openapi import openapi
from sebridge.rpc.resource import Resource, status_of_error
from sebridge.settings.http_options import WebLimits
from sebridge.transports.web.answer import JSON, Answer
from sebridge.transports.web.body import read_body
from sebridge.transports.web.entrance import Requester, Route


class Resources:
    """The handlers of all resources, and of the document that describes them."""

    def __init__(
        self,
        resources: Sequence[Resource],
        answer: Callable[[Request, Caller], Awaitable[Response]],
        methods: Callable[[], Mapping[str, Method]],
        *,
        version: str,
        limits: WebLimits,
        clock: Clock,
    ) -> None:
        self._resources = resources
        self._answer = answer
        self._methods = methods
        self._version = version
        self._limits = limits
        self._clock = clock

    @property
    def table(self) -> tuple[Route, ...]:
        """All there are."""
        return (
            Route(hdrs.METH_GET, "/openapi.json", self._document),
            *(Route(one.verb, one.path, partial(self._call, one)) for one in self._resources),
        )

    async def _document(self, _request: web.BaseRequest, _requester: Requester) -> Answer:
        document = openapi(self._resources, self._methods(), self._version)
        return Answer(body=dump(document), content_type=JSON)

    async def _call(
        self, resource: Resource, request: web.BaseRequest, requester: Requester
    ) -> Answer:
        caller = requester.caller
        assert caller is not None, "none of them is open"
        limits = self._limits
        body = await read_body(
            request, most=limits.body, seconds=limits.patience, clock=self._clock
        )
        try:
            given = self._given(resource, request, body)
        except SebridgeError as error:
            return _refused(RpcError.of(error))
        params = {**given, **requester.levels}
        response = await self._answer(Request(resource.method, params), caller)
        if response.error is not None:
            return _refused(response.error)
        return Answer(body=dump(resource.told(to_plain(response.result))), content_type=JSON)

    @staticmethod
    def _given(resource: Resource, request: web.BaseRequest, body: bytes) -> Mapping[str, Any]:
        if resource.has_body:
            return read_params(resource.method, body).params
        return dict(request.rel_url.query)


def _refused(error: RpcError) -> Answer:
    told: dict[str, Any] = {"error": error.message, "code": error.code}
    if error.data:
        told["data"] = dict(error.data)
    return Answer(status_of_error(error), dump(told), JSON)
