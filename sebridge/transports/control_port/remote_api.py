"""The XML-RPC of the control port: HTTP with one path, one verb, and methods without parameters."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
import ipaddress
import logging
from typing import Final

from aiohttp import hdrs, web
from aiohttp.web_exceptions import HTTPUnsupportedMediaType
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.loopback import is_loopback
from sebridge.rpc.quota import Quota, QuotaLimits
from sebridge.settings.control_port_options import ControlPortOptions
from sebridge.transports.control_port.xml_rpc import (
    LIMITS,
    Fault,
    FaultCode,
    Value,
    read_call,
    write_fault,
    write_result,
)
from sebridge.transports.listening.connections import ConnectionLimits, Connections
from sebridge.transports.web.answer import Answer
from sebridge.transports.web.auth import Authenticator, name_in
from sebridge.transports.web.body import read_body
from sebridge.transports.web.entrance import Entrance, Requester, Route
from sebridge.transports.web.listener import HttpListener
from sebridge.transports.web.metrics import HttpAnswer

_LOGGER = logging.getLogger(__name__)

PATHS: Final = ("/RPC2", "/")
"""Where clients call: what their URL says, or the first of these; Python's server took both."""
XML: Final = "text/xml"
MOST_CONNECTIONS: Final = 16
REQUESTS_PER_MINUTE: Final = 240
"""Of one address."""
PATIENCE: Final = 20.0
"""Seconds that a request may take to arrive, and that an idle connection is kept."""

Method = Callable[[], Awaitable[Value]]
"""What is called; raises SebridgeError where it fails."""


def is_own_name(host: str) -> bool:
    """Say whether a Host header names this machine, or is an address.

    A browser that a page has led here by a name of its own (DNS rebinding) sends that name.
    """
    name = name_in(host)
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return is_loopback(name)
    return True


class RemoteApi(HttpListener):
    """Answers calls of these methods from its start to its stop; `clock` is one of real time."""

    def __init__(
        self, options: ControlPortOptions, methods: Mapping[str, Method], clock: Clock
    ) -> None:
        self._host = options.host
        self._methods = methods
        self._real_clock = clock
        connections = Connections(
            ConnectionLimits(
                connections=MOST_CONNECTIONS,
                connections_per_address=MOST_CONNECTIONS,
                handshake_seconds=PATIENCE,
                write_seconds=options.write_timeout,
            ),
            options.admits,
        )
        entrance = Entrance(
            [Route(hdrs.METH_POST, path, self._answer) for path in PATHS],
            Counter[HttpAnswer](),
            Authenticator(
                (),
                requests_per_minute=REQUESTS_PER_MINUTE,
                failures_per_minute=1,  # there is nothing to sign in with
                is_ours=is_own_name,
            ),
            clock,
            Quota(QuotaLimits(calls=4 * MOST_CONNECTIONS)),
            lambda _cookie: None,
        )
        super().__init__(
            "control_port",
            options.host,
            options.port,
            connections=connections,
            handle=entrance.handle,
            patience=PATIENCE,
            clock=clock,
        )

    @override
    async def start(self) -> None:
        """Listen; raise ConfigError when the port is taken."""
        await super().start()
        _LOGGER.info("XML-RPC is answered: %s, port %d", self._host, self.port)
        if not is_loopback(self._host):
            _LOGGER.warning("control_port: whoever is allowed there needs no token")

    async def _answer(self, request: web.BaseRequest, _requester: Requester) -> Answer:
        if request.content_type != XML:
            # a browser asks before it sends this type to another origin, and nobody says yes
            raise HTTPUnsupportedMediaType(reason=f"XML-RPC has the content type {XML}")
        body = await read_body(request, most=LIMITS.size, seconds=PATIENCE, clock=self._real_clock)
        try:
            answer = write_result(await self._called(body))
        except Fault as fault:
            answer = write_fault(fault)
        return Answer(body=answer, content_type=XML)

    async def _called(self, body: bytes) -> Value:
        call = read_call(body)
        method = self._methods.get(call.method)
        if method is None:
            known = ", ".join(self._methods)
            raise Fault(FaultCode.UNKNOWN_METHOD, f"there is no such method, but {known}")
        if call.parameters:
            raise Fault(FaultCode.WRONG_PARAMETERS, f"{call.method} takes no parameters")
        try:
            return await method()
        except SebridgeError as error:
            raise Fault(FaultCode.FAILED, str(error)) from error
