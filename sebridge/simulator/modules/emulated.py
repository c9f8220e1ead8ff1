"""The kinds of emulated modules, made by their names."""

from random import Random
from typing import Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.radio.ether import Ether
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.ezsp.module import EzspModule
from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION
from sebridge.simulator.modules.faulty import FailingModule
from sebridge.simulator.modules.node import ModuleNode
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


class Model(msgspec.Struct, frozen=True):
    """Which module: one of `KINDS`, and what is in it, where there is a choice."""

    kind: str
    ezsp_version: int = USUAL_VERSION
    firmware: str = ZIGBEE.name  # of an XBee, one of `FIRMWARE`

    @property
    def establishes_keys(self) -> bool:
        """Whether devices behind it can prove who they are, and get keys of their own."""
        return self.kind != XBEE or FIRMWARE[self.firmware].establishes_keys

    @property
    def takes_keys(self) -> bool:
        """Whether it is for the bridge to establish keys, and to give them to the module."""
        return self.kind != XBEE


class EmulatedModule(FailingModule, Protocol):
    """A module with a plug."""

    @property
    def stack(self) -> ModuleNode:
        """What it is on the air."""

    async def start(self) -> None:
        """Give it power."""

    async def stop(self) -> None:
        """Pull the plug."""

    def come_back(self) -> None:
        """Be on the air, where the network is there again in which it is."""


def make_module(
    model: Model,
    ether: Ether,
    open_collection: OpenCollection,
    *,
    clock: Clock,
    line_clock: Clock,
    seed: Random,
    bus: SignalBus,
    address: Eui64 = CHIP,
    proof: Proof | None = None,
    certificates: CertificateStore | None = None,
) -> EmulatedModule:
    """Return a module, which was made with this address.

    `clock` is that of the air, `line_clock` that of the host, `seed` what it chooses by.
    `open_collection` keeps what the module keeps; `bus` tells what it does, see `signals`.
    An XBee of Smart Energy establishes keys by `proof`; one with EZSP was made with `certificates`.
    """
    if model.kind == EZSP:
        return EzspModule(
            ether,
            open_collection,
            clock=clock,
            line_clock=line_clock,
            seed=seed,
            bus=bus,
            certificates=certificates,
            chip=address,
            version=model.ezsp_version,
        )
    if model.kind == XBEE:
        return XbeeModule(
            ether,
            open_collection,
            clock=clock,
            line_clock=line_clock,
            seed=seed,
            bus=bus,
            chip=address,
            firmware=FIRMWARE[model.firmware],
            proof=proof,
        )
    items = open_collection("znp_memory", NvId, bytes)
    return ZnpModule(ether, items, clock=clock, seed=seed, bus=bus, chip=address)
