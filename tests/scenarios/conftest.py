"""A home on the simulated air, by virtual clock, talked to through the MQTT door."""

from collections.abc import AsyncIterator, Callable, MutableMapping, Sequence
import json
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sebridge.api.notifications import kept_names
from sebridge.app.features import EVERY_NOTIFICATION, FEATURES
from sebridge.app.gateway import Gateway, Ground
from sebridge.app.head_end import HeadEnd, NotificationFanOut
from sebridge.app.health import Health
from sebridge.app.house import SimulatedHouse, gateway_address, joining_radio
from sebridge.app.mqtt_interface import MqttInterface
from sebridge.app.security import Proofs
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, VirtualClock, zigbee_time
from sebridge.base.computing import at_once
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.radio.ether import Ether
from sebridge.radio.ether_application import COORDINATOR
from sebridge.radio.factory import make_radio
from sebridge.radio.radio import Radio
from sebridge.settings.options import ModulesOptions, Options
from sebridge.settings.rpc_options import DoorOptions, PolicyOptions, RpcOptions
from sebridge.settings.simulator_options import HOUSEHOLD, AirOptions, SimulatorOptions
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.household import Household
from sebridge.transports.mqtt.messages import Message
from sebridge.transports.mqtt.notifications import NotificationStream
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.zdo import SimpleDescriptor
from tests.doubles import RecordingBroker

EVERYTHING = RpcOptions(policy=PolicyOptions(mqtt=DoorOptions(scope="admin")))
"""Whoever talks to a home of the stories may call every method."""

Collections = dict[str, MutableMapping[Any, Any]]


class MemoryCollections:
    """Collections that survive as long as the dictionary that they are made of."""

    def __init__(self, kept: Collections) -> None:
        self._kept = kept

    def collection(self, name: str, key_kind: Any, value_kind: Any) -> MutableMapping[Any, Any]:
        del key_kind, value_kind
        return self._kept.setdefault(name, {})


class Talker:
    """A gateway that is talked to through its MQTT door."""

    clock: VirtualClock
    broker: RecordingBroker
    topics: Topics
    gateway: Gateway
    mqtt_interface: MqttInterface
    head_end: HeadEnd
    _tickets = 0

    @property
    def services(self) -> list[Service]:
        return [*self.head_end.services, *self.mqtt_interface.services, *self.gateway.services]

    async def rpc(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method as an MQTT client does; return the whole answer."""
        self._tickets += 1
        params["request_identifier"] = self._tickets
        topic = f"{self.topics.request}/{method}"
        self.broker.deliver(Message(topic, json.dumps(params).encode()))
        for _ in range(200):
            await self.clock.advance(seconds=0.1)
            for answer in self.broker.heard(self.topics.response_to(method)):
                if answer.get("request_identifier") == self._tickets:
                    return dict(answer)
        raise AssertionError(f"{method} was not answered")

    async def result(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method that must succeed; return its result."""
        answer = await self.rpc(method, **params)
        assert answer["status"] == "ok", answer
        return dict(answer["result"])

    def notifications(self, name: str) -> list[Any]:
        return self.broker.heard(self.topics.notification(name))


class Home(Talker):
    """A gateway and its household, all of real parts."""

    def __init__(
        self,
        clock: VirtualClock,
        simulator: SimulatorOptions,
        kept: Collections,
        security: HouseSecurity | None = None,
        modules: Path | None = None,
    ) -> None:
        self.clock = clock
        self.kept = kept
        self.security = security
        self.broker = RecordingBroker()
        self.bus = SignalBus(strict=True)
        self.ether = Ether(clock, simulator.air)
        self.topics = Topics("sebridge", "home")
        self.options = Options(
            simulator=simulator, rpc=EVERYTHING, modules=ModulesOptions(directory=modules)
        )
        stream = NotificationStream(self.broker, self.topics, kept=kept_names(EVERY_NOTIFICATION))
        ground = Ground(
            clock=clock,
            random=Random(1),
            bus=self.bus,
            collections=MemoryCollections(kept),
            durable=_durable,
            proofs=_proofs(security, COORDINATOR),
            exit=lambda: self.exits.append(clock.utc()),
            system_zone=lambda: ZoneInfo("Asia/Tokyo"),
        )
        self.exits: list[float] = []  # when the process was asked to end
        fan_out = NotificationFanOut(stream)
        self.gateway = Gateway(self.options, ground, self._radio, fan_out)
        self.head_end = _head_end(self.gateway, fan_out)
        self.mqtt_interface = _mqtt_interface(
            self.gateway, self.broker, self.topics, stream, self.head_end
        )
        self.house = SimulatedHouse(
            simulator,
            features=FEATURES,
            ether=self.ether,
            open_collection=MemoryCollections(kept).collection,
            clock=clock,
            gateway=self.gateway,
            security=security,
        )
        self.more: list[Service] = []  # what a story has beside the gateway
        self._started: list[Service] = []

    def _radio(
        self, descriptors: Sequence[SimpleDescriptor], bindings: MutableMapping[Any, Any]
    ) -> Radio:
        return make_radio(self.options.radio, descriptors, bindings, self.clock, self.ether)

    @property
    def household(self) -> Household:
        return self.house.household

    @property
    def now(self) -> int:
        return zigbee_time(self.clock.utc())

    async def start(self) -> None:
        """Switch everything on, and wait until all devices are known."""
        for service in (*self.services, *self.more, self.house):
            await service.start()
            self._started.append(service)
        await self.clock.advance(seconds=30)

    async def stop(self) -> None:
        for service in reversed(self._started):
            await service.stop()
        self._started.clear()


class SecondGateway(Talker):
    """Another gateway on the air of a home."""

    def __init__(
        self,
        home: Home,
        options: Options,
        own_clock: Clock | None = None,
        kept: Collections | None = None,
    ) -> None:
        self.kept: Collections = {} if kept is None else kept
        self.clock = home.clock
        self.broker = RecordingBroker()
        self.topics = Topics("sebridge", options.gateway.name)
        stream = NotificationStream(self.broker, self.topics, kept=kept_names(EVERY_NOTIFICATION))
        fan_out = NotificationFanOut(stream)
        ground = Ground(
            clock=own_clock or home.clock,
            random=Random(2),
            bus=SignalBus(strict=True),
            collections=MemoryCollections(self.kept),
            durable=_durable,
            proofs=_proofs(home.security, gateway_address(options.gateway.name)),
        )
        self.gateway = Gateway(
            options,
            ground,
            lambda descriptors, _bindings: joining_radio(options, descriptors, home.ether),
            fan_out,
        )
        self.head_end = _head_end(self.gateway, fan_out)
        self.mqtt_interface = _mqtt_interface(
            self.gateway, self.broker, self.topics, stream, self.head_end
        )
        self._started: list[Service] = []

    async def start(self) -> None:
        """Join, and wait until the servers of the house are known."""
        for service in self.services:
            await service.start()
            self._started.append(service)
        await self.clock.advance(seconds=30)

    async def stop(self) -> None:
        for service in reversed(self._started):
            await service.stop()
        self._started.clear()


def _proofs(security: HouseSecurity | None, address: Eui64) -> Proofs:
    own = CertificateStore() if security is None else security.certificates.of(address)
    return Proofs(own=own, randomness=Random(3), compute=at_once)


async def _durable() -> None:
    """Memory is as durable as the test."""


def _head_end(gateway: Gateway, fan_out: NotificationFanOut) -> HeadEnd:
    head_end = HeadEnd(gateway, gateway.clock, Random(3))
    fan_out.sinks.append(head_end.desk.note)
    return head_end


def _mqtt_interface(
    gateway: Gateway,
    broker: RecordingBroker,
    topics: Topics,
    stream: NotificationStream,
    head_end: HeadEnd,
) -> MqttInterface:
    health = Health(gateway, broker, head_end, lambda: True, lambda: 0.0)
    return MqttInterface(gateway, broker, topics, stream, head_end.desk, health.facts, FEATURES)


MakeHome = Callable[..., Any]


@pytest.fixture
async def make_home(clock: VirtualClock) -> AsyncIterator[MakeHome]:
    """Build homes, with bad air or with what an earlier one kept, and stop them afterwards.

    `prepare` is called before anything is switched on; `modules` is a directory of user's code.
    """
    homes: list[Home] = []

    async def make(
        kept: Collections | None = None,
        simulator: SimulatorOptions | None = None,
        prepare: Callable[[Home], object] = lambda _home: None,
        security: HouseSecurity | None = None,
        modules: Path | None = None,
        **air: Any,
    ) -> Home:
        chosen = simulator or SimulatorOptions(
            devices=HOUSEHOLD, air=AirOptions(**({"delay": 0.0} | air))
        )
        home = Home(clock, chosen, {} if kept is None else kept, security, modules)
        homes.append(home)
        prepare(home)
        await home.start()
        return home

    yield make
    for home in homes:
        await home.stop()


@pytest.fixture
async def home(make_home: MakeHome) -> Home:
    made: Home = await make_home()
    return made
