"""The stack itself: on the air as the coordinator, with its network, its members and their keys."""

import enum
import random
from typing import Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import EtherNetwork
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.key_ring import SharedKey
from sebridge.simulator.modules.node import ModuleNode
from sebridge.simulator.modules.signals import (
    NetworkCameUp,
    StackRestarted,
)
from sebridge.simulator.modules.znp.items import own_address, restart
from sebridge.simulator.modules.znp.network import (
    Network,
    form,
    keep_next_key,
    move,
    network_of,
    switch_key,
)
from sebridge.simulator.modules.znp.nv import NvMemory
from sebridge.simulator.modules.znp.signals import StateChanged
from sebridge.simulator.modules.znp.status import Status
from sebridge.simulator.modules.znp.tables import DeviceTables, EstablishedKey

_STARTING: Final = 0.1  # seconds


class State(enum.IntEnum):
    """Where the device object stands."""

    HOLD = 0
    COORDINATOR_STARTING = 8
    COORDINATOR = 9


class Stack(ModuleNode):
    """A node of the simulated air, which obeys the module's subsystems.

    `chip` is the address that it was made with. What it hears is told on `bus`.
    """

    def __init__(
        self, ether: Ether, memory: NvMemory, chip: Eui64, seed: random.Random, bus: SignalBus
    ) -> None:
        restart(memory, chip, seed)
        super().__init__(ether, own_address(memory), bus)
        self.state = State.HOLD
        self._memory = memory
        self._tables = DeviceTables(memory)
        self._chip = chip
        self._seed = seed

    @property
    def is_up(self) -> bool:
        """Whether it is on its network."""
        return self.state is State.COORDINATOR

    # ------------------------------------------------------------------ life

    def switch_off(self) -> None:
        """Go off the air; the network stays in the memory."""
        self._cancel_start()
        self._leave_air()
        self.state = State.HOLD

    def reset(self) -> None:
        """Begin anew, off the air; the network stays in the memory unless that is cleared."""
        self.switch_off()
        restart(self._memory, self._chip, self._seed)
        self._address = own_address(self._memory)
        self._bus.send(StackRestarted())

    def start(self, channels: int) -> bool:
        """Go on with the network of the memory, or form one on these channels.

        Return whether it is a new one. It is up a moment later.
        """
        network = network_of(self._memory)
        is_new = network is None
        if network is None:
            self._tables.clear()
            network = form(self._memory, channels, self._seed)
        self._be(State.COORDINATOR_STARTING)
        self._start_after(_STARTING, lambda: self._go_up(network))
        return is_new

    def _go_up(self, network: Network) -> None:
        on_air = self._on_air(self._formed(network), self._tables.members())
        on_air.move(network.channel, network.update_id)
        on_air.refuse_unregistered(refuse=False)
        self._enter(on_air)
        self._be(State.COORDINATOR)
        self._bus.send(NetworkCameUp())

    def _formed(self, network: Network) -> EtherNetwork:
        """Return the network as the memory has it, with the keys of its devices."""
        formed = EtherNetwork.of(
            self._address,
            pan_id=network.pan_id,
            extended_pan_id=network.extended_pan_id,
            channel=network.channel,
            network_key=network.key,
            update_id=network.update_id,
        )
        formed.link_keys.update(self._tables.joining_keys())
        for device, established in self._tables.established().items():
            formed.ring.establish(device, self._shared(device, established))
        return formed

    def _shared(self, device: Eui64, established: EstablishedKey) -> SharedKey:
        """Return a key whose counters are kept as they go on."""

        def keep(sent: int, heard: int) -> None:
            self._tables.put_established(device, EstablishedKey(established.key, sent, heard))

        return SharedKey(established.key, FrameCounters(established.sent, established.heard, keep))

    @override
    def _keep_channel(self, network: EtherNetwork) -> None:
        move(self._memory, int(network.info.channel), int(network.info.nwk_update_id))

    def _be(self, state: State) -> None:
        self.state = state
        self._bus.send(StateChanged(state))

    # ------------------------------------------------------------------ who may be there

    def require_own_keys(self, *, required: bool) -> None:
        """Let in only devices whose own key is known, or also those with the common one."""
        if self._network is not None:
            self._network.refuse_unregistered(refuse=required)

    def admit_with(self, device: Eui64, key: Secret) -> Status:
        """Let a device join with a link key of its own."""
        network = self._network
        if network is None:
            return Status.NOT_PERMITTED
        if not self._tables.put_joining_key(device, key):
            return Status.TABLE_FULL
        network.link_keys[device] = key
        return Status.SUCCESS

    def set_link_key(self, device: Eui64, key: Secret) -> Status:
        """Use a link key with a device that is known, from now on.

        The frames of a new key are counted from 0, and those of one that was verified go on; who
        sets the present one again changes nothing.
        """
        network = self._network
        if network is None:
            return Status.NOT_PERMITTED
        if device not in network.members and device not in network.link_keys:
            return Status.INVALID_PARAMETER
        present = self._tables.established().get(device)
        if present is not None and present.key == key:
            return Status.SUCCESS
        established = self._tables.verified(device)
        if established is None or established.key != key:
            established = EstablishedKey(key, 0, 0)
        if not self._tables.put_established(device, established):
            return Status.TABLE_FULL
        network.ring.establish(device, self._shared(device, established))
        return Status.SUCCESS

    def drop_link_key(self, device: Eui64) -> Status:
        """Forget all link keys with a device."""
        network = self._network
        if network is None or not (
            device in network.link_keys or network.ring.is_established(device)
        ):
            return Status.INVALID_PARAMETER
        network.ring.forget(device)
        self._tables.drop_joining_key(device)
        self._tables.drop_established(device)
        return Status.SUCCESS

    # ------------------------------------------------------------------ the network key

    def send_next_key(self, number: int, key: Secret) -> Status:
        """Send the next network key and its number to all."""
        if not self.is_up:
            return Status.NOT_PERMITTED
        keep_next_key(self._memory, number, key)
        self._ether.send_next_key(self)
        return Status.SUCCESS

    def switch_key(self, number: int) -> Status:
        """Use the network key that was sent with a number, and tell all to do so."""
        if not self.is_up:
            return Status.NOT_PERMITTED
        key = switch_key(self._memory, number)
        if key is None:
            return Status.INVALID_PARAMETER
        self._ether.switch_key(key)
        return Status.SUCCESS

    # ------------------------------------------------------------------ what the air does

    @override
    def _keep_member(self, device: Eui64, nwk: int) -> None:
        self._tables.put_member(device, nwk)

    @override
    def _drop_member(self, device: Eui64) -> None:
        self._tables.drop_member(device)
