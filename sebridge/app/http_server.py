"""The HTTP server of a gateway, and the console on it, put together from its options."""

from collections.abc import MutableMapping
from typing import Final

import msgspec

from sebridge import __version__
from sebridge.app.gateway import Gateway
from sebridge.app.health import Health, problems_of
from sebridge.app.ports import Ports
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.console.console import Console
from sebridge.console.session import ConsoleBackend
from sebridge.crypto.key_agreement import Randomness
from sebridge.rpc.xml_rpc_service import XmlRpcService
from sebridge.settings.http_options import HttpOptions
from sebridge.transports.mqtt.topics import Topics
from sebridge.transports.web.routes import Backend, HealthReport
from sebridge.transports.web.server import HttpServer
from sebridge.transports.web.sessions import KEY_LENGTH

_SESSION_KEY: Final = "session_key"


class HttpInterface(msgspec.Struct, frozen=True):
    """The server, which does not listen yet, and the console, where there is one."""

    server: HttpServer
    console: Console | None

    @property
    def services(self) -> list[Service]:
        """All services in the order in which they start."""
        return [self.server] if self.console is None else [self.server, self.console]


def make_http_interface(
    options: HttpOptions,
    gateway: Gateway,
    ports: Ports,
    *,
    health: Health,
    topics: Topics,
    xml: XmlRpcService,
) -> HttpInterface:
    """Return what a gateway has on HTTP; its clock is one of real time, as clients live in it."""

    def report() -> HealthReport:
        facts = health.facts()
        return HealthReport(facts, tuple(problems_of(facts)))

    dispatcher = gateway.dispatcher
    console = None
    if options.console:
        behind = ConsoleBackend(
            version=__version__,
            root=topics.root,
            log=topics.log,
            answer=dispatcher.answer,
            answer_document=xml.answer,
            methods=lambda: dispatcher.methods,
            published=ports.link,
            quota=gateway.quota,
        )
        console = Console(behind, ports.real_clock)
    backend = Backend(
        version=__version__,
        answer=dispatcher.answer,
        methods=lambda: dispatcher.methods,
        calls=lambda: dispatcher.outcomes,
        health=report,
        quota=gateway.quota,
        xml=xml,
    )
    server = HttpServer(
        options,
        backend,
        ports.real_clock,
        session_key=_session_key(
            ports.open_collection("console", str, Secret), ports.proofs.randomness
        ),
        pages=() if console is None else console.routes,
    )
    return HttpInterface(server, console)


def _session_key(kept: MutableMapping[str, Secret], randomness: Randomness) -> Secret:
    """Return the key that cookies are made with, which is made once."""
    key = kept.get(_SESSION_KEY)
    if key is None:
        number = randomness.randrange(0, 1 << (8 * KEY_LENGTH))
        key = kept[_SESSION_KEY] = Secret(number.to_bytes(KEY_LENGTH, "big"))
    return key
