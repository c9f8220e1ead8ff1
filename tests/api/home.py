"""A whole gateway with its simulated house on one air, and a way to call it. Time is virtual."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from sebridge.app.bridge import Bridge
from sebridge.app.features import FEATURES
from sebridge.app.house import SimulatedHouse
from sebridge.app.ports import BrokerLink, Proofs
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.computing import at_once
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.crypto.suite import SUITE_1, Suite
from sebridge.feature import Feature
from sebridge.model.plain import to_plain
from sebridge.network.link_keys import LinkKeys
from sebridge.radio.ether import Ether
from sebridge.radio.ether_application import COORDINATOR
from sebridge.radio.radio import Incoming
from sebridge.radio.serial_port import OpenPort, open_port
from sebridge.rpc.message import Notification, Request, Response, RpcError
from sebridge.settings.options import Options
from sebridge.settings.simulator_options import HOUSEHOLD, SimulatedDeviceOptions, SimulatorOptions
from sebridge.simulator.credentials import HouseCertificates, HouseSecurity, SuiteCertificates
from tests.bridge_ports import make_ports

METER, DISPLAY, THERMOSTAT, LOAD_CONTROL = "meter", "display", "thermostat", "load_control"


def devices(*kinds: str) -> tuple[SimulatedDeviceOptions, ...]:
    """Return the devices of these kinds from the household that everybody has by default."""
    return tuple(device for device in HOUSEHOLD if device.kind in kinds)


def address(kind: str) -> Eui64:
    return devices(kind)[0].eui64


class Collections:
    """What must survive, kept in dicts."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[Any, Any]] = {}

    def collection(self, name: str, key_kind: Any, value_kind: Any) -> MutableMapping[Any, Any]:
        del key_kind, value_kind
        return self.kept.setdefault(name, {})


def house_security(
    collections: Collections, suites: Iterable[Suite] = (SUITE_1,), **more: Any
) -> HouseSecurity:
    """Return certificates for a house, the same again from the same collections."""
    kept, chance = collections.kept, Random(1)
    authorities = kept.setdefault("authorities", {})
    certificates = HouseCertificates(
        SuiteCertificates(suite, authorities, chance) for suite in suites
    )
    keys = LinkKeys(kept.setdefault("simulated_keys", {}))
    return HouseSecurity(certificates=certificates, kept=keys, randomness=chance, **more)


def proofs_of(security: HouseSecurity | None) -> Proofs:
    """Return what the gateway of such a house proves itself with; nothing without one."""
    own = CertificateStore() if security is None else security.certificates.of(COORDINATOR)
    return Proofs(own=own, randomness=Random(2), compute=at_once)


class Home:
    """A gateway, the devices that were asked for, and all that the gateway said by itself.

    `meter` are the options of the meter among them, `features` those that devices take part in.
    """

    def __init__(
        self,
        clock: VirtualClock,
        kinds: Iterable[str],
        collections: Collections | None = None,
        *,
        house: HouseSecurity | None = None,
        proofs: Proofs | None = None,
        meter: Mapping[str, Any] | None = None,
        broker: BrokerLink | None = None,
        bus: SignalBus | None = None,
        features: Sequence[Feature] = FEATURES,
        open_port: OpenPort = open_port,
        **options: Any,
    ) -> None:
        self.clock = clock
        self.bus = bus or SignalBus(strict=True)
        self.collections = collections or Collections()
        self.flushed = 0
        self.exits: list[float] = []  # when the process was asked to end
        self.said: list[Notification] = []
        household = tuple(
            replace(device, options=meter or {}) if device.kind == METER else device
            for device in devices(*kinds)
        )
        house_of_kinds = SimulatorOptions(devices=household)
        self.options = Options(**({"simulator": house_of_kinds} | options))
        self.ether = Ether(clock, self.options.simulator.air)
        self.bus.listen(Notification, self.said.append)
        ports = make_ports(
            self.options,
            clock,
            self.ether,
            self.collections.collection,
            broker=broker,
            bus=self.bus,
            house_security=house,
            own=proofs or proofs_of(house),
            durable=self._flush,
            exit=lambda: self.exits.append(clock.utc()),
            is_alone=True,
            open_port=open_port,
        )
        self.bridge = Bridge(self.options, ports, features=features)
        self.gateway = self.bridge.gateway

    @property
    def house(self) -> SimulatedHouse:
        assert self.bridge.house is not None
        return self.bridge.house

    async def _flush(self) -> None:
        self.flushed += 1

    async def start(self) -> None:
        await self.bridge.start()
        if self.options.simulator.devices:
            await self.clock.advance(30)

    async def stop(self) -> None:
        await self.bridge.stop()

    async def call(self, method: str, /, **params: Any) -> dict[str, Any]:
        """Return the result of a method; fail when it is refused."""
        response = await self.answer(method, params)
        assert response.error is None, response.error
        result: dict[str, Any] = {} if response.result is None else to_plain(response.result)
        return result

    async def refused(self, method: str, /, **params: Any) -> RpcError:
        """Return why a method is refused; fail when it is not."""
        response = await self.answer(method, params)
        assert response.error is not None, response.result
        return response.error

    async def answer(self, method: str, params: Mapping[str, Any]) -> Response:
        """Call a method, and let time pass until it has answered."""
        call = asyncio.ensure_future(self.gateway.dispatcher.answer(Request(method, params)))
        for _ in range(200):
            await self.clock.settle()
            if call.done():
                break
            await self.clock.advance(0.1)
        return await call

    def notifications(self, name: str) -> list[Mapping[str, Any]]:
        """Return what was said under a name."""
        return [to_plain(message.parameters) for message in self.said if message.name == name]


def lose(home: Home, is_lost: Callable[[Incoming], bool]) -> None:
    """Let the gateway not hear some frames, as the air may lose any."""
    radio = home.gateway.radio
    start = radio.start

    async def start_and_lose(listener: Any) -> None:
        received = listener.received
        listener.received = lambda frame: None if is_lost(frame) else received(frame)
        await start(listener)

    radio.start = start_and_lose  # type: ignore[method-assign]  # the air, not the radio
