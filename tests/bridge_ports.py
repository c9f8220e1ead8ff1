"""Ports for a whole bridge whose time is virtual, whose broker can be looked into."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sebridge.app.gateway import Gateway
from sebridge.app.joining_gateway import joining_radio
from sebridge.app.ports import BrokerLink, Ports, Proofs
from sebridge.base.clock import Clock
from sebridge.base.computing import at_once
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.feature import Role
from sebridge.radio.ether import Ether
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import Listener, Radio
from sebridge.radio.serial_port import OpenPort, open_port
from sebridge.settings.options import Options
from sebridge.simulator.credentials import HouseSecurity
from sebridge.storage.collection import OpenCollection
from sebridge.zcl.zdo import SimpleDescriptor
from tests.doubles import RecordingBroker


async def durable() -> None:
    """Memory is as durable as the test."""


def proofs(own: CertificateStore | None = None, seed: int = 3) -> Proofs:
    """Return what a gateway proves itself with; without certificates, nothing."""
    return Proofs(own=own or CertificateStore(), randomness=Random(seed), compute=at_once)


def make_ports(
    options: Options,
    clock: Clock,
    ether: Ether,
    open_collection: OpenCollection,
    *,
    broker: BrokerLink | None = None,
    bus: SignalBus | None = None,
    seed: int = 1,
    house_security: HouseSecurity | None = None,
    own: Proofs | None = None,
    durable: Callable[[], Awaitable[None]] = durable,
    exit: Callable[[], object] = lambda: None,  # noqa: A002  # as the port is called
    zone: str = "Asia/Tokyo",
    is_alone: bool = False,
    open_port: OpenPort = open_port,
) -> Ports:
    """Return ports to a simulated air, at which collections are as durable as the test.

    Who `is_alone` forms the network, whatever its role: there is none that it could join.
    """

    def radio(
        needed: Sequence[SimpleDescriptor],
        bindings: MutableMapping[Any, Any],
        guard: NetworkGuard,
    ) -> Radio:
        if Role(options.gateway.role).joins and not is_alone:
            return joining_radio(options, needed, bindings, ether)
        return make_radio(options.radio, needed, bindings, clock, guard, ether)

    return Ports(
        clock=clock,
        real_clock=clock,
        random=Random(seed),
        bus=bus or SignalBus(strict=True),
        open_collection=open_collection,
        durable=durable,
        writable=lambda: True,
        lag=lambda: 0.0,
        link=broker or RecordingBroker(),
        make_radio=radio,
        open_port=open_port,
        ether=ether,
        house_security=house_security,
        proofs=own or proofs(),
        exit=exit,
        system_zone=lambda: ZoneInfo(zone),
    )


class _Heard:
    """A listener as the gateway gives one to its radio."""

    def __init__(self, gateway: Gateway) -> None:
        self.received = gateway.radio_user.received
        self.joined = gateway.radio_user.joined
        self.left = gateway.radio_user.left
        self.key_gone = gateway.trust_center.key_gone
        self.lost = gateway.keeper.lost


def heard(gateway: Gateway) -> Listener:
    """Return who hears a gateway's radio, for a test that starts the radio itself."""
    return _Heard(gateway)
