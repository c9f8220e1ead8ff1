"""The stack itself: on the air as the coordinator, with its network, its members and their keys."""

import itertools
from typing import Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Timer
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_network import EtherNetwork
from sebridge.simulator.modules.ezsp.keys import Keys
from sebridge.simulator.modules.ezsp.tokens import KeptNetwork, Tokens
from sebridge.simulator.modules.node import CoordinatorNode
from sebridge.simulator.modules.signals import DeviceJoined, DeviceLeft, NetworkCameUp

_STARTING: Final = 0.05  # seconds
NEIGHBOURS: Final = 26
"""Members that the stack knows by itself; others are further away."""


class Stack(CoordinatorNode):
    """A node of the simulated air; what it hears is told on `bus`."""

    def __init__(
        self, ether: Ether, tokens: Tokens, keys: Keys, address: Eui64, bus: SignalBus
    ) -> None:
        super().__init__(ether, bus)
        self._tokens = tokens
        self._keys = keys
        self._address = address
        self._starting: Timer | None = None
        self.addresses: dict[int, tuple[Eui64, int]] = {}
        """The address table of the host, by index."""

    @property
    @override
    def address(self) -> Eui64:
        return self._address

    @property
    def is_up(self) -> bool:
        """Whether it is on its network."""
        return self._network is not None

    @property
    def is_starting(self) -> bool:
        """Whether it is about to be on its network."""
        return self._starting is not None

    # ------------------------------------------------------------------ life

    def switch_off(self) -> None:
        """Go off the air; the network stays in the memory."""
        if self._starting is not None:
            self._starting.cancel()
            self._starting = None
        self._leave_air()
        self._keys.leave()

    def form(self, network: KeptNetwork) -> None:
        """Have this network in the place of an earlier one, and be on it a moment later."""
        self._tokens.forget_network()
        self._tokens.keep_network(network)
        self.start(network)

    def start(self, network: KeptNetwork) -> None:
        """Be on the network of the memory a moment later."""
        self._starting = self._ether.clock.call_later(_STARTING, lambda: self._go_up(network))

    def _go_up(self, network: KeptNetwork) -> None:
        self._starting = None
        on_air = self._on_air(network)
        self._keys.enter(on_air)
        self._enter(on_air)
        self._bus.send(NetworkCameUp())

    def _on_air(self, network: KeptNetwork) -> EtherNetwork:
        """Return the network as the air has it: the same as before, unless it is another one."""
        formed = EtherNetwork.of(
            self._address,
            pan_id=network.pan_id,
            extended_pan_id=network.extended_pan_id,
            channel=network.channel,
            network_key=network.key,
        )
        present = self._ether.network
        if present is not None and present.is_same(formed):
            return present
        formed.members.update(self._tokens.members)
        self._ether.form(formed)
        return formed

    def dissolve(self) -> None:
        """Leave the network for good, and all its members with it."""
        self._ether.dissolve()
        self._tokens.forget_network()
        self.switch_off()

    def expel(self, device: Eui64) -> None:
        """Make a device leave."""
        self._ether.expel(device)

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
    def joined(self, device: Eui64, nwk: int) -> None:
        came_back = self._remember(device, nwk)
        self._tokens.keep_member(device, nwk)
        self._bus.send(DeviceJoined(device, nwk, came_back=came_back))

    @override
    def left(self, device: Eui64) -> None:
        nwk = self._forget(device)
        if nwk is not None:
            self._tokens.members.pop(device, None)
            self._bus.send(DeviceLeft(device, nwk))
