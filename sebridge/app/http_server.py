"""The HTTP server of a gateway, and the console on it, put together from its options."""

from collections.abc import MutableMapping, Sequence
from functools import partial
from typing import Final

import msgspec

from sebridge import __version__
from sebridge.app.gateway import Gateway
from sebridge.app.health import Health, problems_of
from sebridge.app.log_memory import LogMemory
from sebridge.app.logs import PublishedAndRecorded
from sebridge.app.ports import Ports
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.console.console import Console
from sebridge.console.session import ConsoleBackend
from sebridge.crypto.key_agreement import Randomness
from sebridge.homeassistant.administrators import Administrators
from sebridge.plugins.package import MOST_OCTETS
from sebridge.rpc.message import Scope
from sebridge.rpc.resource import Resource
from sebridge.rpc.xml_rpc_service import XmlRpcService
from sebridge.settings.http_options import HttpOptions
from sebridge.transports.mqtt.topics import Topics
from sebridge.transports.web.auth import INGRESS
from sebridge.transports.web.routes import Backend, HealthReport, PackageIntake, PluginAnswerer
from sebridge.transports.web.server import HttpServer
from sebridge.transports.web.sessions import KEY_LENGTH

_SESSION_KEY: Final = "session_key"


class HttpInterface(msgspec.Struct, frozen=True):
    """The server, which does not listen yet, and the console, where there is one.

    `administrators` is there where Home Assistant is asked who they are.
    """

    server: HttpServer
    console: Console | None
    administrators: Administrators | None

    @property
    def services(self) -> list[Service]:
        """All services in the order in which they start."""
        all_of_them = (self.administrators, self.server, self.console)
        return [service for service in all_of_them if service is not None]


def make_http_interface(
    options: HttpOptions,
    gateway: Gateway,
    ports: Ports,
    *,
    health: Health,
    topics: Topics,
    log: LogMemory,
    xml: XmlRpcService,
    resources: Sequence[Resource] = (),
) -> HttpInterface:
    """Return what a gateway has on HTTP; its clock is one of real time, as clients live in it."""

    def report() -> HealthReport:
        facts = health.facts()
        return HealthReport(facts, tuple(problems_of(facts)))

    dispatcher = gateway.dispatcher
    packages = PackageIntake(
        MOST_OCTETS,
        check=lambda caller: dispatcher.check("the upload of a package", Scope.ADMIN, caller),
        take=gateway.plugins.take_package,
    )
    console = None
    if options.console:
        behind = ConsoleBackend(
            version=__version__,
            root=topics.root,
            restricted={topics.log: Scope.COMMAND, topics.frames: Scope.ADMIN},
            answer=dispatcher.answer,
            answer_document=xml.answer,
            methods=lambda: dispatcher.methods,
            published=PublishedAndRecorded(ports.link, log, gateway.radio.recorder, topics),
            quota=gateway.quota,
        )
        console = Console(behind, ports.real_clock)
    administrators = _administrators(options, ports, console)
    backend = Backend(
        version=__version__,
        answer=dispatcher.answer,
        methods=lambda: dispatcher.methods,
        calls=lambda: dispatcher.outcomes,
        health=report,
        quota=gateway.quota,
        xml=xml,
        resources=resources,
        packages=packages,
        plugin_routes=PluginAnswerer(gateway.plugin_host.routes.find, dispatcher.check),
    )
    server = HttpServer(
        options,
        backend,
        ports.real_clock,
        session_key=_session_key(
            ports.open_collection("console", str, Secret), ports.proofs.randomness
        ),
        pages=() if console is None else console.routes,
        is_administrator=None if administrators is None else administrators.is_administrator,
    )
    return HttpInterface(server, console, administrators)


def _administrators(
    options: HttpOptions, ports: Ports, console: Console | None
) -> Administrators | None:
    """Return who asks Home Assistant who may come in, where it can be asked and somebody comes."""
    if console is None or options.ingress is None or options.ingress.homeassistant is None:
        return None
    return Administrators(
        options.ingress.homeassistant.address,
        options.ingress.homeassistant.token,
        changed=partial(console.part_from, INGRESS),
        clock=ports.real_clock,
        random=ports.random,
    )


def _session_key(kept: MutableMapping[str, Secret], randomness: Randomness) -> Secret:
    """Return the key that cookies are made with, which is made once."""
    key = kept.get(_SESSION_KEY)
    if key is None:
        number = randomness.randrange(0, 1 << (8 * KEY_LENGTH))
        key = kept[_SESSION_KEY] = Secret(number.to_bytes(KEY_LENGTH, "big"))
    return key
