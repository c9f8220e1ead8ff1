"""The stack itself: on the air as the coordinator of its network, or as a router of another's.

Source: Digi, XBee 3 Zigbee RF Module User Guide, coordinator operation, router operation,
association indication.
"""

import asyncio
import enum
from random import Random
from typing import Final

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.clock import Timer
from sebridge.base.errors import NotJoinedError
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_network import EtherNetwork
from sebridge.radio.radio import Association, NetworkPlan
from sebridge.radio.zdo_server import node_descriptor
from sebridge.simulator.modules.node import COORDINATOR_NWK, ModuleNode
from sebridge.simulator.modules.signals import ChannelChanged, NetworkCameUp
from sebridge.simulator.modules.xbee.firmware import KEY_OCTETS
from sebridge.simulator.modules.xbee.keys import Keys
from sebridge.simulator.modules.xbee.memory import KeptNetwork, Memory
from sebridge.simulator.modules.xbee.signals import Associated, NetworkKeyUpdated, NetworkLost
from sebridge.zcl.identifiers import ZDO_ENDPOINT, ZDO_PROFILE
from sebridge.zcl.zdo import ZdoCommand, encode

_SCANNING: Final = 1.5  # seconds, of the channels, before a network is formed
_RESUMING: Final = 0.1  # seconds, until the one from before is there again
_LOOKING_AGAIN: Final = 5.0  # seconds
_SPREADING: Final = 5.0  # seconds, until the next network key has reached all who are awake
_ANY_PAN: Final = 0xFFFF
_LAST_PAN: Final = 0xFFFE


class Indication(enum.IntEnum):
    """The association indication, AI."""

    UP = 0x00
    NO_NETWORK = 0x21
    NO_FITTING_NETWORK = 0x22
    JOINING_CLOSED = 0x23
    JOINING_FAILED = 0x27
    NO_ANSWER = 0xAB
    WRONG_KEY = 0xAF
    INITIALISING = 0xFF


_REASONS: Final = {
    Association.NO_NETWORK: Indication.NO_ANSWER,
    Association.NOT_ALLOWED: Indication.JOINING_CLOSED,
    Association.REFUSED: Indication.WRONG_KEY,
}


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What the registers say of the network; `decides` are those that may not change.

    Who `proves_itself` has joined another's only when it has a key with its trust centre.
    """

    is_coordinator: bool
    is_encrypted: bool
    proves_itself: bool
    plan: NetworkPlan
    pan_id: int
    network_key: Secret
    decides: Secret

    def fits(self, network: KeptNetwork) -> bool:
        """Say whether a network is one as the registers want it."""
        is_allowed = self.plan.allows(network.extended_pan_id, network.channel)
        return is_allowed and network.made_for == self.decides


class _Errands(Service):
    """What the stack does in time."""


class Stack(ModuleNode):
    """A node of the simulated air; what it hears is told on `bus`.

    The network that it formed stays for as long as the registers say the same of it. Fragments are
    put together up to `longest` octets.
    """

    def __init__(
        self,
        ether: Ether,
        memory: Memory,
        keys: Keys,
        address: Eui64,
        seed: Random,
        bus: SignalBus,
        *,
        longest: int,
    ) -> None:
        super().__init__(ether, address, bus)
        self._longest = longest
        self.indication = Indication.INITIALISING
        self.kept: KeptNetwork | None = None
        self._memory = memory
        self._keys = keys
        self._seed = seed
        self._switching: Timer | None = None  # to the next network key
        self._errands = _Errands()
        self._joining: asyncio.Task[None] | None = None
        self._setup: Setup | None = None

    @property
    def is_up(self) -> bool:
        """Whether it is on a network, be it one in which it has not proved itself yet."""
        return self.kept is not None

    # ------------------------------------------------------------------ life

    def switch_off(self) -> None:
        """Go off the air; the network stays in the memory."""
        self._cancel_start()
        if self._switching is not None:
            self._switching.cancel()
            self._switching = None
        if self._joining is not None:
            self._joining.cancel()
            self._joining = None
        self._leave_air()
        self._keys.leave()
        self.kept = None
        self.indication = Indication.INITIALISING

    def start(self, setup: Setup) -> None:
        """Be on the network of the memory, or on one as it is set up, a moment later."""
        self._setup = setup
        kept = self._memory.network
        if kept is not None and not setup.fits(kept):
            self.dissolve()
            kept = None
        wait = _SCANNING if kept is None else _RESUMING
        self._start_after(wait, lambda: self._begin(setup))

    def dissolve(self) -> None:
        """Leave the network for good, and all its members with it."""
        network = self._ether.network
        if self.is_router:
            self._ether.leave(self)
        elif network is not None and network.coordinator == self._address:
            self._ether.dissolve()
        self._memory.forget_network()
        self.switch_off()

    def _begin(self, setup: Setup) -> None:
        if setup.is_coordinator:
            self._form(setup)
        else:
            self._joining = self._errands.spawn(self._join(setup), "join")

    async def _join(self, setup: Setup) -> None:
        """Look for a network again and again, until one lets us in (NET-2)."""
        while (network := await self._joined_network(setup)) is None:
            await self._ether.clock.sleep(_LOOKING_AGAIN)
        self._joining = None
        info = network.info
        self.kept = KeptNetwork(
            extended_pan_id=network.extended_pan_id,
            pan_id=int(info.pan_id),
            channel=int(info.channel),
            key=Secret(b""),
            link_key=Secret(b""),
            made_for=setup.decides,
        )
        flags = node_descriptor().mac_capability_flags
        announcement = encode(ZdoCommand.Device_annce, 1, self._nwk, self._address, flags)
        ends = (ZDO_PROFILE, ZdoCommand.Device_annce, ZDO_ENDPOINT, ZDO_ENDPOINT)
        everybody = Broadcast.LISTENING
        self.broadcast(AirFrame(self._address, self._nwk, everybody, *ends, announcement))
        self.indication = Indication.INITIALISING
        if not setup.proves_itself or self._keys.is_established(network.coordinator):
            self.be_associated()
        self._bus.send(NetworkCameUp())

    @property
    def unconvinced(self) -> Eui64 | None:
        """The trust centre to which it is still to prove itself; None where it is to none."""
        if self._network is None or self.indication is Indication.UP:
            return None
        return self._network.coordinator

    def be_associated(self) -> None:
        """Have joined, with all that belongs to that."""
        self.indication = Indication.UP
        self._bus.send(Associated())

    def give_up(self) -> None:
        """Leave the network, as it cannot prove itself there, and look for one a while later."""
        setup = self._setup
        assert setup is not None, "it was started"
        self.dissolve()
        self.indication = Indication.JOINING_FAILED
        self._start_after(_LOOKING_AGAIN, lambda: self._begin(setup))

    async def _joined_network(self, setup: Setup) -> EtherNetwork | None:
        """Return the network that let us in; None where the indication says why none did."""
        network = self._ether.network
        if network is None:
            self.indication = Indication.NO_NETWORK
            return None
        if not setup.plan.allows(network.extended_pan_id, int(network.info.channel)):
            self.indication = Indication.NO_FITTING_NETWORK
            return None
        is_open = network.is_open(self._ether.clock.monotonic())
        if self.scan() is not None and not is_open and self._address not in network.members:
            self.indication = Indication.JOINING_CLOSED
            return None
        key = setup.plan.link_key
        if not setup.is_encrypted or key is None:
            self.indication = Indication.JOINING_FAILED
            return None
        try:
            nwk = await self._ether.join(self, key)
        except NotJoinedError as error:
            self.indication = _REASONS[Association(error.association)]
            return None
        known = network.as_member(key)
        self._keys.join(known)
        self._enter(known, nwk)
        return network

    def _form(self, setup: Setup) -> None:
        kept = self._memory.network or self._new_network(setup)
        self._memory.keep_network(kept)
        self.kept = kept
        self.indication = Indication.UP
        self._nwk = COORDINATOR_NWK
        if setup.is_encrypted:  # nobody in this house joins one that is not
            network = self._on_air(self._formed(kept), self._memory.members)
            self._keys.enter(network)
            self._enter(network)
        self._bus.send(NetworkCameUp())

    def _new_network(self, setup: Setup) -> KeptNetwork:
        plan = setup.plan
        extended_pan_id = plan.extended_pan_id or self._seed.randrange(1, 1 << 64)
        pan_id = setup.pan_id
        if pan_id == _ANY_PAN:
            pan_id = self._seed.randrange(1, _LAST_PAN)
        return KeptNetwork(
            extended_pan_id=Eui64(extended_pan_id),
            pan_id=pan_id,
            channel=self._seed.choice(plan.channels),  # all are equally quiet here
            key=self._or_random(setup.network_key),
            link_key=self._or_random(plan.link_key),
            made_for=setup.decides,
        )

    def _or_random(self, key: Secret | None) -> Secret:
        """Return a key; where it is 0, a random one."""
        if key is None or not any(key.reveal()):
            return Secret(self._seed.randbytes(KEY_OCTETS))
        return key

    def _formed(self, kept: KeptNetwork) -> EtherNetwork:
        """Return the network as the memory has it."""
        return EtherNetwork.of(
            self._address,
            pan_id=kept.pan_id,
            extended_pan_id=kept.extended_pan_id,
            channel=kept.channel,
            network_key=kept.key,
            link_key=kept.link_key,
        )

    def update_network_key(self, key: Secret) -> None:
        """Send another network key to all as their trust centre, and use it a moment later.

        Where it is 0, it is a random one.
        """
        if self._switching is not None:
            self._switching.cancel()
        new = self._or_random(key)
        self._ether.send_next_key(self)
        self._switching = self._ether.clock.call_later(_SPREADING, lambda: self._switch_to(new))

    def _switch_to(self, key: Secret) -> None:
        assert self.kept is not None, "it is on a network"
        self._switching = None
        self._ether.switch_key(key)
        self.kept = replace(self.kept, key=key)
        self._memory.keep_network(self.kept)
        self._bus.send(NetworkKeyUpdated())

    # ------------------------------------------------------------------ whom it knows

    def find(self, device: Eui64) -> int | None:
        """Return the network address of a device; None where it does not answer for it."""
        known = self.address_of(device)
        return self._ether.nwk_of(device) if known is None else known

    # ------------------------------------------------------------------ what the air does

    @override
    def hear(self, frame: AirFrame, lqi: int, rssi: int) -> bool:
        """Take a frame; False also where it is too long to be put together."""
        return len(frame.data) <= self._longest and super().hear(frame, lqi, rssi)

    @override
    def _keep_channel(self, network: EtherNetwork) -> None:
        assert self.kept is not None, "it is on a network"
        self.kept = replace(self.kept, channel=int(network.info.channel))
        if not self.is_router:
            self._memory.keep_network(self.kept)
        self._bus.send(ChannelChanged())

    @override
    def rekey(self, key: Secret) -> None:
        super().rekey(key)
        if self.is_router:
            self._bus.send(NetworkKeyUpdated())

    @override
    def _keep_member(self, device: Eui64, nwk: int) -> None:
        self._memory.keep_member(device, nwk)
        self._keys.joined(device)

    @override
    def _drop_member(self, device: Eui64) -> None:
        self._memory.members.pop(device, None)

    @override
    def network_lost(self) -> None:
        """Look for another network, as a router; whose network it was ended it himself."""
        setup = self._setup
        if self.is_router and setup is not None:
            self._memory.forget_network()
            self.switch_off()
            self._bus.send(NetworkLost())
            self.start(setup)

    @override
    def left(self, device: Eui64) -> None:
        if device == self._address:
            self.network_lost()
        else:
            super().left(device)
