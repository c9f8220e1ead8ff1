"""The stack itself: on the air as the coordinator or a router, with its network and its keys."""

import itertools
from typing import Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_network import EtherNetwork, Membership
from sebridge.radio.zdo_server import node_descriptor
from sebridge.simulator.modules.ezsp.keys import Keys
from sebridge.simulator.modules.ezsp.tokens import KeptNetwork, Tokens
from sebridge.simulator.modules.node import COORDINATOR_NWK, ModuleNode
from sebridge.simulator.modules.signals import (
    ChannelChanged,
    KeyShared,
    NetworkCameUp,
    NetworkWentDown,
)
from sebridge.zcl.identifiers import ZDO_ENDPOINT, ZDO_PROFILE
from sebridge.zcl.zdo import ZdoCommand, encode

_STARTING: Final = 0.05  # seconds
NEIGHBOURS: Final = 26
"""Members that the stack knows by itself; others are further away."""


class Stack(ModuleNode):
    """A node of the simulated air; what it hears is told on `bus`."""

    def __init__(
        self, ether: Ether, tokens: Tokens, keys: Keys, address: Eui64, bus: SignalBus
    ) -> None:
        super().__init__(ether, address, bus)
        self._tokens = tokens
        self._keys = keys
        self._is_joining = False
        self._next_key: Secret | None = None
        self.addresses: dict[int, tuple[Eui64, int]] = {}
        """The address table of the host, by index."""
        self.groups: dict[int, tuple[int, int]] = {}
        """The multicast table of the host, by index: a group, and the endpoint that is in it.

        One that is zero makes the place a free one.
        """

    @property
    def is_up(self) -> bool:
        """Whether it is on its network."""
        return self._network is not None

    @property
    def is_starting(self) -> bool:
        """Whether it is about to be on its network."""
        return self._starting is not None or self._is_joining

    # ------------------------------------------------------------------ life

    def switch_off(self) -> None:
        """Go off the air; the network stays in the memory."""
        self._cancel_start()
        self._leave_air()
        self._keys.leave()

    def form(self, network: KeptNetwork) -> None:
        """Have this network in the place of an earlier one, and be on it a moment later."""
        self._tokens.forget_network()
        self._tokens.keep_network(network)
        self.start(network)

    def start(self, network: KeptNetwork) -> None:
        """Be on the network of the memory a moment later."""
        self._start_after(_STARTING, lambda: self._go_up(network))

    def _go_up(self, network: KeptNetwork) -> None:
        if network.trust_center is None:
            on_air = self._on_air(_formed(network, self._address), self._tokens.members)
            self._keys.enter(on_air)
            self._enter(on_air)
        else:
            own = _formed(network, network.trust_center).as_member(network.link_key)
            self._keys.enter(own)
            self._keys.use_own(own)
            self._enter(own, network.nwk)
        self._bus.send(NetworkCameUp())

    async def join(
        self, network: KeptNetwork, known: Secret | None = None, *, is_new: bool
    ) -> None:
        """Come into a network, or back into it, and be on it; NotJoinedError when that fails.

        Who does not come with the network's key, as the one that is `known`, gets it only from a
        trust centre with the same link key.
        """
        self._is_joining = True
        try:
            kept = None if known is None else Membership(known, network.link_key)
            nwk = await self._ether.join(self, network.link_key, kept)
        finally:
            self._is_joining = False
        if is_new:
            self._tokens.forget_network()
        joined = replace(network, nwk=nwk)
        self._tokens.keep_network(joined)
        self._go_up(joined)
        self._announce()

    def _announce(self) -> None:
        flags = node_descriptor().mac_capability_flags
        command = ZdoCommand.Device_annce
        data = encode(command, 0, self.nwk, self.address, flags)
        ends = (ZDO_PROFILE, command, ZDO_ENDPOINT, ZDO_ENDPOINT)
        self.broadcast(AirFrame(self.address, self.nwk, Broadcast.LISTENING, *ends, data))

    def dissolve(self) -> None:
        """Leave the network for good; a coordinator takes all its members with it."""
        if self.nwk == COORDINATOR_NWK:
            self._ether.dissolve()
        else:
            self._ether.leave(self)
        self._tokens.forget_network()
        self.switch_off()

    def expel(self, device: Eui64) -> None:
        """Make a device leave."""
        self._ether.expel(device)

    @override
    def _keep_channel(self, network: EtherNetwork) -> None:
        kept = self._tokens.network
        if kept is not None:
            channel, update_id = int(network.info.channel), int(network.info.nwk_update_id)
            self._tokens.keep_network(replace(kept, channel=channel, update_id=update_id))
        self._bus.send(ChannelChanged())

    def send_next_key(self, key: Secret) -> bool:
        """Send the next network key to all, as their trust centre; False where it is another."""
        if self.nwk != COORDINATOR_NWK:
            return False
        self._next_key = key
        self._ether.send_next_key(self)
        return True

    def switch_key(self) -> bool:
        """Use the network key that was sent; False where none was."""
        key, self._next_key = self._next_key, None
        if key is None or self.nwk != COORDINATOR_NWK:
            return False
        self._ether.switch_key(key)
        return True

    @override
    def rekey(self, key: Secret) -> None:
        super().rekey(key)
        kept = self._tokens.network
        if kept is not None:
            number = (kept.key_number + 1) & 0xFF
            self._tokens.keep_network(replace(kept, key=key, key_number=number))

    @override
    def secured(self, frame: AirFrame) -> AirFrame | None:
        """Return the frame under the link key with its receiver; None where that cannot be.

        It takes the receiver's EUI-64: of who is no neighbour the host must have told it.
        """
        nwk = frame.destination_nwk
        neighbours = itertools.islice(self._members, NEIGHBOURS)
        told = (one for _, one in self.addresses.values())
        return super().secured(frame) if nwk in {*neighbours, *told} else None

    # ------------------------------------------------------------------ what the air does

    @override
    def _keep_member(self, device: Eui64, nwk: int) -> None:
        self._tokens.keep_member(device, nwk)

    @override
    def _drop_member(self, device: Eui64) -> None:
        self._tokens.members.pop(device, None)

    @override
    def left(self, device: Eui64) -> None:
        if device == self._address:  # the trust centre has put us out
            self._tokens.forget_network()
            self.switch_off()
            self._bus.send(NetworkWentDown())
        else:
            super().left(device)

    @override
    def share(self, partner: Eui64, key: Secret) -> None:
        self._bus.send(KeyShared(partner, is_stored=self._keys.share(partner, key)))


def _formed(network: KeptNetwork, trust_center: Eui64) -> EtherNetwork:
    """Return a network as the memory has it, of this trust centre."""
    return EtherNetwork.of(
        trust_center,
        pan_id=network.pan_id,
        extended_pan_id=network.extended_pan_id,
        channel=network.channel,
        network_key=network.key,
        update_id=network.update_id,
    )
