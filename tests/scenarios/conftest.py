"""A home on the simulated air, by virtual clock, talked to through the MQTT interface."""

from collections.abc import AsyncIterator, Callable, MutableMapping
import json
from pathlib import Path
from typing import Any

import pytest

from sebridge.app.bridge import Bridge
from sebridge.app.gateway import Gateway
from sebridge.app.head_end import HeadEnd
from sebridge.app.house import SimulatedHouse
from sebridge.app.joining_gateway import gateway_address
from sebridge.app.ports import Proofs
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, VirtualClock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.radio.ether_application import COORDINATOR
from sebridge.settings.options import ModulesOptions, Options
from sebridge.settings.ota_options import OtaOptions
from sebridge.settings.rpc_options import InterfaceOptions, PolicyOptions, RpcOptions
from sebridge.settings.simulator_options import HOUSEHOLD, AirOptions, SimulatorOptions
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.household import Household
from sebridge.transports.mqtt.messages import Message
from sebridge.transports.mqtt.topics import Topics
from tests.bridge_ports import make_ports, proofs
from tests.doubles import RecordingBroker

EVERYTHING = RpcOptions(policy=PolicyOptions(mqtt=InterfaceOptions(scope="admin")))
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
    """A bridge that is talked to through its MQTT interface."""

    clock: VirtualClock
    broker: RecordingBroker
    bridge: Bridge
    _tickets = 0

    @property
    def gateway(self) -> Gateway:
        return self.bridge.gateway

    @property
    def topics(self) -> Topics:
        return self.bridge.topics

    @property
    def head_end(self) -> HeadEnd:
        return self.bridge.head_end

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
        retained: dict[str, bytes] | None = None,
        ota: OtaOptions | None = None,
    ) -> None:
        self.clock = clock
        self.kept = kept
        self.security = security
        self.broker = RecordingBroker()
        self.broker.retained |= retained or {}
        self.bus = SignalBus(strict=True)
        self.ether = Ether(clock, simulator.air)
        self.exits: list[float] = []  # when the process was asked to end
        self.options = Options(
            simulator=simulator,
            rpc=EVERYTHING,
            modules=ModulesOptions(directory=modules),
            ota=ota or OtaOptions(),
        )
        ports = make_ports(
            self.options,
            clock,
            self.ether,
            MemoryCollections(kept).collection,
            broker=self.broker,
            bus=self.bus,
            house_security=security,
            own=_proofs(security, COORDINATOR),
            exit=lambda: self.exits.append(clock.utc()),
        )
        self.bridge = Bridge(self.options, ports)

    @property
    def house(self) -> SimulatedHouse:
        assert self.bridge.house is not None
        return self.bridge.house

    @property
    def household(self) -> Household:
        return self.house.household

    @property
    def now(self) -> int:
        return zigbee_time(self.clock.utc())

    async def start(self) -> None:
        """Switch everything on, and wait until all devices are known."""
        await self.bridge.start()
        await self.clock.advance(seconds=30)

    async def stop(self) -> None:
        await self.bridge.stop()


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
        ports = make_ports(
            options,
            own_clock or home.clock,
            home.ether,
            MemoryCollections(self.kept).collection,
            broker=self.broker,
            seed=2,
            own=_proofs(home.security, gateway_address(options.gateway.name)),
        )
        self.bridge = Bridge(options, ports)

    async def start(self) -> None:
        """Join, and wait until the servers of the house are known."""
        await self.bridge.start()
        await self.clock.advance(seconds=30)

    async def stop(self) -> None:
        await self.bridge.stop()


def _proofs(security: HouseSecurity | None, address: Eui64) -> Proofs:
    return proofs(None if security is None else security.certificates.of(address))


MakeHome = Callable[..., Any]


@pytest.fixture
async def make_home(clock: VirtualClock) -> AsyncIterator[MakeHome]:
    """Build homes, with bad air or with what an earlier one kept, and stop them afterwards.

    `prepare` is called before anything is switched on; `modules` is a directory of user's code,
    `retained` what an earlier home kept on the broker, `ota` are the options of firmware.
    """
    homes: list[Home] = []

    async def make(
        kept: Collections | None = None,
        simulator: SimulatorOptions | None = None,
        prepare: Callable[[Home], object] = lambda _home: None,
        security: HouseSecurity | None = None,
        modules: Path | None = None,
        retained: dict[str, bytes] | None = None,
        ota: OtaOptions | None = None,
        **air: Any,
    ) -> Home:
        chosen = simulator or SimulatorOptions(
            devices=HOUSEHOLD, air=AirOptions(**({"delay": 0.0} | air))
        )
        home = Home(clock, chosen, {} if kept is None else kept, security, modules, retained, ota)
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
