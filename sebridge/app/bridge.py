"""The whole process: database, broker link, gateway, doors, and the simulated house."""

import asyncio
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
import logging
from random import Random
from secrets import SystemRandom
from typing import Any, Final

from sebridge import __version__
from sebridge.api.notifications import kept_names
from sebridge.app.certificate_store import load_store
from sebridge.app.features import EVERY_NOTIFICATION, FEATURES
from sebridge.app.gateway import Gateway, Ground
from sebridge.app.head_end import HeadEnd, NotificationFanOut
from sebridge.app.health import Health
from sebridge.app.house import SimulatedHouse, gateway_address, joining_radio
from sebridge.app.http_server import make_http_server
from sebridge.app.mqtt_interface import MqttInterface
from sebridge.app.security import Proofs
from sebridge.app.supervisor import Supervisor
from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock
from sebridge.base.computing import in_thread
from sebridge.base.loop_watch import LoopWatch
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.crypto.suite import SUITES
from sebridge.homeassistant.announcements import Announcements
from sebridge.homeassistant.discovered import GatewayFacts
from sebridge.homeassistant.entity import EntityHost
from sebridge.homeassistant.publisher import DiscoveryPublisher
from sebridge.network.link_keys import LinkKey, LinkKeys
from sebridge.radio.ether import Ether
from sebridge.radio.ether_application import COORDINATOR as SIMULATED_COORDINATOR
from sebridge.radio.factory import make_radio
from sebridge.radio.radio import Radio
from sebridge.rpc.message import Scope
from sebridge.settings import entries
from sebridge.settings.options import MqttOptions, Options
from sebridge.simulator.credentials import (
    HouseCertificates,
    HouseSecurity,
    IssuedCertificate,
    SuiteCertificates,
)
from sebridge.storage.database import Database
from sebridge.transports.mqtt.broker import HOST, EmbeddedBroker
from sebridge.transports.mqtt.connection import Connection
from sebridge.transports.mqtt.fleet import FleetLink
from sebridge.transports.mqtt.notifications import NotificationStream
from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage
from sebridge.transports.mqtt.topics import Topics
from sebridge.transports.web.server import HttpServer
from sebridge.zcl.zdo import SimpleDescriptor

_LOGGER = logging.getLogger(__name__)

EMBEDDED = "embedded"
SIMULATED = "simulated"
COORDINATOR = "coordinator"

_LAST_WORDS: Final = 1.0
"""Seconds in which what is said goes out, before `exit` ends the process."""
ASK_FLEET: Final = "ask_fleet"
"""How the policy calls asking other gateways through this one, as if it were a method."""

_SECRETS: Final = SystemRandom()
_ISSUED: Final = {1: "simulated_certificates", 2: "simulated_certificates_2"}  # by suite


class Bridge:
    """Builds everything from its options; `start` and `stop` do what they say.

    After `start` the parts can be looked at: `gateway`, `house` (None without the simulated air),
    `mqtt` with the address of the broker, `http_server` (None unless it is configured). `ended` is
    set when it is to be stopped: by `exit`, or by whoever runs it. A bridge `beside` another is on
    the same simulated air, as a router or display.
    """

    def __init__(self, options: Options, *, beside: "Bridge | None" = None) -> None:
        self.options = options
        simulated = options.radio.type == SIMULATED
        self.real_clock = SystemClock()
        if beside is not None:
            self.clock: SystemClock = beside.clock
        else:
            self.clock = SystemClock(options.simulator.speed) if simulated else self.real_clock
        self.bus = SignalBus()
        self.database = Database(options.storage.path, self.real_clock, bus=self.bus)
        self.topics = Topics(options.mqtt.base_topic, options.gateway.name)
        self.mqtt = options.mqtt
        self.ended = asyncio.Event()
        self.broker: EmbeddedBroker | None = None
        self.ether: Ether | None = None if beside is None else beside.ether
        self.house_security: HouseSecurity | None = None
        self.http_server: HttpServer | None = None
        self._loop_watch = LoopWatch(self.real_clock)
        self._beside = beside
        self._random = Random()  # noqa: S311  # pauses and random delays, no secret
        self._supervisor: Supervisor | None = None

    async def start(self) -> None:
        """Open the database, start the broker, then everything else.

        Raises ConfigError, StorageError or NotJoinedError; what was begun is then undone.
        """
        await self.database.open()
        try:
            await self._start_broker()
            self._build()
            self._supervisor = Supervisor(self._services(), self.clock)
            await self._supervisor.start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop everything; what was acknowledged is on the disk afterwards."""
        if self._supervisor is not None:
            await self._supervisor.stop()
            self._supervisor = None
        if self.broker is not None:
            await self.broker.stop()
        await self.database.close()

    # ------------------------------------------------------------------ parts

    async def _start_broker(self) -> None:
        if self.mqtt.broker == EMBEDDED:
            self.broker = self._embedded(self.mqtt)
            await self.broker.start()
            self.mqtt = replace(self.mqtt, broker=HOST, port=self.broker.port)

    def _embedded(self, mqtt: MqttOptions) -> EmbeddedBroker:
        directory = self.options.storage.path.parent / "mosquitto"
        if mqtt.port is None:
            return EmbeddedBroker(directory, self.real_clock)
        return EmbeddedBroker(directory, self.real_clock, port=mqtt.port)

    def _build(self) -> None:
        keep = self.database.collection
        limits = self.mqtt.outbox
        outbox = Outbox(keep("outbox", int, OutboxMessage), limits.max_messages, limits.max_age)
        self.link = Connection(
            self.mqtt,
            self.topics,
            outbox,
            keep("retained_topics", str, bool),
            self.real_clock,
            self._random,
        )
        stream = NotificationStream(self.link, self.topics, kept=kept_names(EVERY_NOTIFICATION))
        beside = self._beside
        self.house_security = self._secure_house() if beside is None else beside.house_security
        ground = Ground(
            clock=self.clock,
            random=self._random,
            bus=self.bus,
            collections=self.database,
            durable=self.database.flush,
            exit=lambda: self.real_clock.call_later(_LAST_WORDS, self.ended.set),
            proofs=self._proofs(),
        )
        fan_out = NotificationFanOut(stream)
        self.gateway = Gateway(self.options, ground, self._make_radio, fan_out)
        self.head_end = self._make_head_end()
        fan_out.sinks.append(self.head_end.desk.note)
        health = Health(
            self.gateway,
            self.link,
            self.head_end,
            lambda: self.database.writable,
            lambda: self._loop_watch.lag,
        )
        self.mqtt_interface = MqttInterface(
            self.gateway,
            self.link,
            self.topics,
            stream,
            self.head_end.desk,
            health.facts,
            FEATURES,
        )
        self.http_server = self._make_http_server(health)
        self.discovery = self._make_discovery()
        self.house = self._make_house()

    def _proofs(self) -> Proofs:
        """Return what the gateway proves itself with: its certificates, or simulated ones."""
        options, path = self.options, self.options.security.certificate_store
        own = CertificateStore()
        if path is not None:
            own = load_store(path)
        elif self.house_security is not None:
            joins = options.gateway.role != COORDINATOR
            address = gateway_address(options.gateway.name) if joins else SIMULATED_COORDINATOR
            own = self.house_security.certificates.of(address)
        return Proofs(own=own, randomness=_SECRETS, compute=in_thread)

    def _secure_house(self) -> HouseSecurity | None:
        """Return the certificates of the simulated house, if there is one that has them."""
        options, keep = self.options, self.database.collection
        if options.radio.type != SIMULATED or options.security.certificate_store is not None:
            return None
        authorities = keep("simulated_authorities", str, Secret)
        certificates = HouseCertificates(
            SuiteCertificates(
                suite,
                authorities,
                keep(_ISSUED[suite.number], Eui64, IssuedCertificate),
                _SECRETS,
            )
            for suite in SUITES
            if suite.number in options.simulator.suites
        )
        kept = LinkKeys(keep("simulated_keys", Eui64, LinkKey))
        return HouseSecurity(
            certificates=certificates, kept=kept, randomness=_SECRETS, compute=in_thread
        )

    def _make_head_end(self) -> HeadEnd:
        fleet = FleetLink(
            self.link,
            self.topics,
            self.options.rpc.fleet,
            self.real_clock,
            self.gateway.registry.reader(entries.SYNCHRONOUS_TIMEOUT),
            lambda caller: self.gateway.dispatcher.check(ASK_FLEET, Scope.ADMIN, caller),
        )
        return HeadEnd(self.gateway, self.real_clock, self._random, fleet)

    def _make_http_server(self, health: Health) -> HttpServer | None:
        options = self.options.http
        if options is None:
            return None
        desk = self.head_end.desk
        return make_http_server(options, self.gateway.dispatcher, health, self.real_clock, desk)

    def _make_discovery(self) -> DiscoveryPublisher:
        keep, options = self.database.collection, self.options
        facts = GatewayFacts(
            name=options.gateway.name, version=__version__, radio=options.radio.type
        )
        host = EntityHost(bus=self.bus, topics=self.topics, open_collection=keep)
        announcements = Announcements(
            options=options.homeassistant,
            topics=self.topics,
            gateway=facts,
            features=[f.entities(host) for f in FEATURES if f.entities]
            if options.homeassistant.enabled
            else (),
            announced=keep("announced", str, tuple[str, ...]),
        )
        directory = self.gateway.directory
        return DiscoveryPublisher(
            self.bus, self.link, announcements, directory, self.real_clock, self._random
        )

    def _make_radio(
        self, descriptors: Sequence[SimpleDescriptor], bindings: MutableMapping[Any, Any]
    ) -> Radio:
        options = self.options
        if options.gateway.role != COORDINATOR:
            return joining_radio(options, descriptors, self.ether)
        if options.radio.type == SIMULATED:
            self.ether = Ether(self.clock, options.simulator.air)
        return make_radio(options.radio, descriptors, bindings, self.clock, self.ether)

    def _make_house(self) -> SimulatedHouse | None:
        if self.ether is None or self.options.gateway.role != COORDINATOR:
            return None
        return SimulatedHouse(
            self.options.simulator,
            features=FEATURES,
            ether=self.ether,
            open_collection=self.database.collection,
            clock=self.clock,
            gateway=self.gateway,
            security=self.house_security,
        )

    def _services(self) -> list[Service]:
        services: list[Service] = [
            self._loop_watch,
            self.link,
            *self.head_end.services,
            *self.mqtt_interface.services,
            self.discovery,
            *self.gateway.services,
        ]
        if self.http_server is not None:
            services.append(self.http_server)
        return services if self.house is None else [*services, self.house]


def broker_url(mqtt: MqttOptions) -> str:
    """Return the broker's address as people write it, without a password."""
    scheme, port = ("mqtts", 8883) if mqtt.tls else ("mqtt", 1883)
    return f"{scheme}://{mqtt.broker}:{mqtt.port or port}"
