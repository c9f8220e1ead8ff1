"""The kinds of emulated modules, made by their names."""

from random import Random
from typing import Final, Protocol

from sebridge.base.clock import Clock
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.simulator.modules.ezsp.module import EzspModule
from sebridge.simulator.modules.tcp import Module
from sebridge.simulator.modules.xbee.authentication import Proof
from sebridge.simulator.modules.xbee.firmware import FIRMWARE, ZIGBEE
from sebridge.simulator.modules.xbee.module import XbeeModule
from sebridge.simulator.modules.znp.module import ZnpModule
from sebridge.simulator.modules.znp.nv import NvId
from sebridge.storage.collection import OpenCollection

EZSP: Final = "ezsp"
XBEE: Final = "xbee"
ZNP: Final = "znp"
KINDS: Final = (EZSP, XBEE, ZNP)


class EmulatedModule(Module, Protocol):
    """A module with a plug."""

    async def start(self) -> None:
        """Give it power."""

    async def stop(self) -> None:
        """Pull the plug."""


def make_module(
    kind: str,
    ether: Ether,
    open_collection: OpenCollection,
    *,
    clock: Clock,
    line_clock: Clock,
    seed: Random,
    bus: SignalBus,
    firmware: str = ZIGBEE.name,
    proof: Proof | None = None,
) -> EmulatedModule:
    """Return a module of one of `KINDS`.

    `clock` is that of the air, `line_clock` that of the host, `seed` what it chooses by.
    `open_collection` keeps what the module keeps; `bus` tells what it does, see `signals`.
    `firmware` is one of `FIRMWARE`, of an XBee; one of Smart Energy establishes keys by `proof`.
    """
    if kind == EZSP:
        return EzspModule(ether, open_collection, clock=clock, line_clock=line_clock, bus=bus)
    if kind == XBEE:
        return XbeeModule(
            ether,
            open_collection,
            clock=clock,
            line_clock=line_clock,
            seed=seed,
            bus=bus,
            firmware=FIRMWARE[firmware],
            proof=proof,
        )
    items = open_collection("znp_memory", NvId, bytes)
    return ZnpModule(ether, items, clock=clock, seed=seed, bus=bus)
