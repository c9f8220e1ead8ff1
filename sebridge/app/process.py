"""A bridge as a process of its own: its database, its broker link, its radio, and real time."""

import asyncio
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
import logging
from random import Random
from secrets import SystemRandom
from typing import TYPE_CHECKING, Any, Final

from sebridge.app.bridge import Bridge
from sebridge.app.certificate_store import load_store
from sebridge.app.gateway import Gateway
from sebridge.app.house_security import secure_house
from sebridge.app.joining_gateway import gateway_address, joining_radio
from sebridge.app.ports import Ports, Proofs
from sebridge.app.supervisor import Supervisor
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, SimulatedClock, SystemClock
from sebridge.base.computing import Compute, in_thread
from sebridge.base.errors import StorageError
from sebridge.base.loop_watch import LoopWatch
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.feature import Role
from sebridge.features.time.zone import system_zone
from sebridge.radio.ether import Ether
from sebridge.radio.ether_application import COORDINATOR as SIMULATED_COORDINATOR
from sebridge.radio.factory import make_member_radio, make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import Radio
from sebridge.radio.serial_port import open_port
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import SIMULATED, Options
from sebridge.simulator.credentials import HouseSecurity
from sebridge.storage.database import Database
from sebridge.transports.mqtt.broker import HOST, EmbeddedBroker
from sebridge.transports.mqtt.connection import Connection
from sebridge.transports.mqtt.messages import Topic
from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.zdo import SimpleDescriptor

if TYPE_CHECKING:
    from sebridge.app.emulated_stick import EmulatedStick

_LOGGER = logging.getLogger(__name__)

_COPY: Final = ".copy"
_LAST_WORDS: Final = 1.0
"""Seconds in which what is said goes out, before `exit` ends the process."""
_EARLIEST: Final = 1_735_689_600.0
"""2025-01-01 in UTC. A machine without a battery clock that says less does not know the time."""
_SECRETS: Final = SystemRandom()


class Process:
    """Opens what a bridge needs, and runs one on it.

    After `start` there are `bridge`, `link` and `mqtt`, the latter with the address of the broker.
    `clock` is the time of the gateway and of the simulated house. `stick` is there where its radio
    is an emulated module.
    `ended` is set when it is to be stopped: by `exit`, or by whoever runs it. One `beside` another
    is on the same simulated air, as a router or display.
    """

    bridge: Bridge
    link: Connection

    def __init__(
        self,
        options: Options,
        *,
        beside: "Process | None" = None,
        clock: Clock | None = None,
        compute: Compute = in_thread,
    ) -> None:
        self.options = options
        self.mqtt = options.mqtt
        self.ended = asyncio.Event()
        self.broker: EmbeddedBroker | None = None
        self.stick: EmulatedStick | None = None
        self.ether: Ether | None = None if beside is None else beside.ether
        self.house_security: HouseSecurity | None = None
        self._real_clock = SystemClock()
        chosen = clock or (None if beside is None else beside.clock)
        self.clock: Clock = chosen or self._house_clock()
        self._compute = compute
        self._beside = beside
        self._radio = options.radio
        self._bus = SignalBus()
        self._database = Database(options.storage.path, self._real_clock, bus=self._bus)
        self._loop_watch = LoopWatch(self._real_clock)
        self._random = Random()  # noqa: S311  # pauses and random delays, no secret
        self._supervisor: Supervisor | None = None
        self._copying: asyncio.Task[Any] | None = None

    def _house_clock(self) -> Clock:
        options = self.options
        if options.radio.on_simulated_air:
            return SimulatedClock(options.simulator.speed)
        return self._real_clock

    def go_on_at(self, speed: float) -> None:
        """Let the time of the simulated house run so many times faster from now on."""
        assert isinstance(self.clock, SimulatedClock), "no other time can be made faster"
        self.clock.speed = speed

    @property
    def gateway(self) -> Gateway:
        """The gateway of the bridge."""
        return self.bridge.gateway

    async def start(self) -> None:
        """Open the database, start the broker, then everything else.

        Raises ConfigError, StorageError or NotJoinedError; what was begun is then undone.
        """
        await self._database.open()
        try:
            await self._start_broker()
            await self._start_house()
            self.link = self._link()
            self.bridge = Bridge(self.options, self._ports())
            self._supervisor = Supervisor([self._loop_watch, self.link], self._real_clock)
            await self._supervisor.start()
            await self.bridge.start()
        except BaseException:
            await self.stop()
            raise

    def copy_database(self) -> None:
        """Begin to write a copy beside the database, whose name ends with `.copy`.

        The log tells how that ends. Nothing is begun while one is written, or before the start is
        over: whoever waits for the copy asks again.
        """
        if self._supervisor is not None and (self._copying is None or self._copying.done()):
            self._copying = self._database.spawn(self._copy_database(), "copy")

    async def _copy_database(self) -> None:
        path = self.options.storage.path
        target = path.with_name(f"{path.name}{_COPY}")
        try:
            await self._database.copy(target)
        except StorageError as error:
            _LOGGER.error("%s", error)  # noqa: TRY400  # a person cannot use the trace
        else:
            _LOGGER.info("the database was copied to %s", target)

    async def stop(self) -> None:
        """Stop everything; what was acknowledged is on the disk afterwards."""
        if self._copying is not None:
            await self._copying
        if self._supervisor is not None:
            await self.bridge.stop()
            await self._supervisor.stop()
            self._supervisor = None
        if self.stick is not None:
            await self.stick.stop()
        if self.broker is not None:
            await self.broker.stop()
        await self._database.close()

    # ------------------------------------------------------------------ the broker

    async def _start_broker(self) -> None:
        if self.mqtt.broker.is_embedded:
            wanted = self.mqtt.address.port
            assert wanted is not None, "a complete address has one"
            directory = self.options.storage.path.parent / "mosquitto"
            self.broker = EmbeddedBroker(directory, self._real_clock, port=wanted)
            await self.broker.start()
            found = BrokerAddress(host=HOST, port=self.broker.port)
            self.mqtt = replace(self.mqtt, broker=found, port=None)

    def _link(self) -> Connection:
        open_collection, limits = self._database.collection, self.mqtt.outbox
        outbox = Outbox(
            notifications=open_collection("outbox", int, OutboxMessage),
            answers=open_collection("outbox_answers", int, OutboxMessage),
            max_messages=limits.max_messages,
            max_age=limits.max_age,
            earliest=_EARLIEST,
        )
        return Connection(
            self.mqtt,
            Topics(self.mqtt.base_topic, self.options.gateway.name),
            outbox,
            open_collection("retained_topics", Topic, bool),
            self._real_clock,
            self._random,
            durable=self._database.flush,
        )

    # ------------------------------------------------------------------ the simulated house

    async def _start_house(self) -> None:
        """Have the air of a simulated house, what is proved in it, and a module of ours on it."""
        if self._beside is not None:
            self.house_security = self._beside.house_security
        elif self.options.radio.on_simulated_air:
            self.ether = Ether(self.clock, self.options.simulator.air)
            if self.options.radio.is_emulated:
                await self._plug_in(self.ether)
            else:
                self.house_security = self._secure_house()

    async def _plug_in(self, ether: Ether) -> None:
        # emulated modules are much to have in memory for who has a real radio
        from sebridge.app.emulated_stick import own_model, own_stick  # noqa: PLC0415

        if own_model(self.options.radio).establishes_keys:
            self.house_security = self._secure_house()
        self.stick = own_stick(
            self.options,
            ether,
            self._database.collection,
            clock=self.clock,
            line_clock=self._real_clock,
            security=self.house_security,
        )
        await self.stick.start()
        self._radio = replace(self.options.radio, path=self.stick.path)

    def _secure_house(self) -> HouseSecurity | None:
        """Return the certificates of the simulated house, none where the gateway has its own."""
        if self.options.security.certificate_store is not None:
            return None
        suites = self.options.simulator.suites
        return secure_house(suites, self._database.collection, self._compute)

    # ------------------------------------------------------------------ ports

    def _ports(self) -> Ports:
        database = self._database
        return Ports(
            clock=self.clock,
            real_clock=self._real_clock,
            random=self._random,
            bus=self._bus,
            open_collection=database.collection,
            durable=database.flush,
            writable=lambda: database.writable,
            lag=lambda: self._loop_watch.lag,
            link=self.link,
            make_radio=self._make_radio,
            open_port=open_port,
            ether=self.ether,
            house_security=self.house_security,
            proofs=self._proofs(),
            exit=lambda: self._real_clock.call_later(_LAST_WORDS, self.ended.set),
            system_zone=system_zone,
        )

    def _proofs(self) -> Proofs:
        """Return what the gateway proves itself with: its certificates, or simulated ones."""
        options, path = self.options, self.options.security.certificate_store
        own = CertificateStore()
        if path is not None:
            own = load_store(path)
        elif self.house_security is not None and options.radio.takes_keys:
            own = self.house_security.certificates.of(self._own_address())
        return Proofs(own=own, randomness=_SECRETS, compute=self._compute)

    def _own_address(self) -> Eui64:
        """Return the address of our radio on the simulated air."""
        if self.stick is not None:
            return self.stick.module.stack.address
        if Role(self.options.gateway.role).joins:
            return gateway_address(self.options.gateway.name)
        return SIMULATED_COORDINATOR

    def _make_radio(
        self,
        needed: Sequence[SimpleDescriptor],
        bindings: MutableMapping[Any, Any],
        guard: NetworkGuard,
    ) -> Radio:
        options = self.options
        if not Role(options.gateway.role).joins:
            return make_radio(self._radio, needed, bindings, self.clock, guard, self.ether)
        if options.radio.type == SIMULATED:
            assert self.ether is not None, "it has an air, its own or of another"
            return joining_radio(options, needed, bindings, self.ether)
        return make_member_radio(options.radio, needed, bindings, self.clock)
