"""Every signal is news to somebody."""

from collections.abc import Callable
import dataclasses
import importlib
import pkgutil
from random import Random
from typing import Any, TypeVar

import msgspec
import pytest
from typing_extensions import override

import sebridge
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.metering.signals import Reading
from sebridge.gateway.events.signals import PriceInForce
from sebridge.plugins.news import NEWS
from sebridge.radio.ether import Ether
from sebridge.settings.options import GatewayOptions
from sebridge.settings.price_source import PriceSourceOptions, PriceUnit
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.emulated import KINDS, Model, make_module
from sebridge.simulator.modules.faults import read_faults
from sebridge.simulator.modules.faulty import FaultyModule
from tests.api.home import Collections, Home, house_security
from tests.integration.emulated_sticks import Drawers

S = TypeVar("S")

PARTS = {PriceInForce, Reading}
"""Classes in files of signals that are a part of one."""


OPENADR = PriceSourceOptions(price_unit=PriceUnit("EUR", "kWh"), openadr=True)
"""A source of prices that comes by signals."""


class Listening(SignalBus):
    """A bus that knows which signals somebody listens to."""

    def __init__(self) -> None:
        super().__init__(strict=True)
        self.heard: set[type[Any]] = set()

    @override
    def listen(self, signal: type[S], listener: Callable[[S], None]) -> Callable[[], None]:
        self.heard.add(signal)
        return super().listen(signal, listener)


MODULES = "sebridge.simulator.modules."
"""An emulated radio module has a bus of its own, as it is another device."""


def _signals(*, of_modules: bool) -> list[type[Any]]:
    """Return the classes in all files of signals: the gateway's, or those of emulated modules."""
    names = [
        module.name
        for module in pkgutil.walk_packages(sebridge.__path__, "sebridge.")
        if module.name.endswith(".signals") and module.name.startswith(MODULES) is of_modules
    ]
    modules = [importlib.import_module(name) for name in names]
    return [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type)
        and (dataclasses.is_dataclass(kind) or issubclass(kind, msgspec.Struct))
        and kind.__module__ == module.__name__
        and kind not in PARTS
    ]


@pytest.mark.parametrize("signal", _signals(of_modules=False), ids=lambda one: one.__name__)
def test_somebody_listens_to_every_signal(clock: VirtualClock, signal: type[Any]) -> None:
    heard: set[type[Any]] = set()

    for role in ("coordinator", "display"):
        bus, collections = Listening(), Collections()
        house = house_security(collections)
        prices = None if role == "display" else OPENADR
        gateway = GatewayOptions(role=role)
        Home(clock, (), collections, house=house, bus=bus, gateway=gateway, price_source=prices)
        heard |= bus.heard

    assert signal in heard | NEWS.keys()  # which the code of plug-ins hears


@pytest.mark.parametrize("signal", _signals(of_modules=True), ids=lambda one: one.__name__)
def test_somebody_listens_to_every_signal_of_an_emulated_module(
    clock: VirtualClock, signal: type[Any]
) -> None:
    bus, ether = Listening(), Ether(clock, AirOptions(delay=0))

    for kind in KINDS:
        module = make_module(
            Model(kind), ether, Drawers(), clock=clock, line_clock=clock, seed=Random(1), bus=bus
        )
        (faults,) = read_faults(["hang-after=1"])
        FaultyModule(module, faults, seed=Random(1), bus=bus, clock=clock, hang_up=list)

    assert signal in bus.heard
