"""The stack itself: on the air as the coordinator, with its network, its members and their keys."""

from dataclasses import replace
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Timer
from sebridge.base.errors import DeliveryError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_network import EtherNetwork
from sebridge.simulator.modules.ezsp.keys import Keys
from sebridge.simulator.modules.ezsp.tokens import KeptNetwork, Tokens
from sebridge.simulator.modules.signals import (
    DeviceJoined,
    DeviceLeft,
    FrameHeard,
    JoiningOpened,
    NetworkCameUp,
)

COORDINATOR_NWK: Final = 0x0000
_STARTING: Final = 0.05  # seconds
_FOR_EVER: Final = 0xFF
_STRONGEST: Final = 0xFF  # link quality


class Stack:
    """A node of the simulated air; what it hears is told on `bus`."""

    def __init__(
        self, ether: Ether, tokens: Tokens, keys: Keys, address: Eui64, bus: SignalBus
    ) -> None:
        self._ether = ether
        self._tokens = tokens
        self._keys = keys
        self._address = address
        self._bus = bus
        self._starting: Timer | None = None
        self._network: EtherNetwork | None = None
        self._members: dict[int, Eui64] = {}  # by network address

    @property
    def address(self) -> Eui64:
        """The stack's own EUI-64."""
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
        self._ether.detach(self)
        self._network = None
        self._members.clear()
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
        self._network = self._on_air(network)
        self._members = {nwk: device for device, nwk in self._network.members.items()}
        self._keys.enter(self._network)
        self._ether.attach(self, COORDINATOR_NWK)
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

    def open_joining(self, seconds: int) -> None:
        """Let devices in for so many seconds: 0 closes the network, 255 leaves it open."""
        self._ether.open_joining(10**9 if seconds == _FOR_EVER else seconds)
        self._bus.send(JoiningOpened(seconds))

    # ------------------------------------------------------------------ sending

    def device_at(self, nwk: int) -> Eui64 | None:
        """Return whose network address this is; None for nobody's."""
        return self._members.get(nwk)

    def address_of(self, device: Eui64) -> int | None:
        """Return the network address of a member; None for who is none."""
        return None if self._network is None else self._network.members.get(device)

    def secured(self, frame: AirFrame) -> AirFrame | None:
        """Return the frame under the link key with its receiver; None where there is no key.

        A key whose numbers are used up is none any more.
        """
        device = self.device_at(frame.destination_nwk)
        if device is None or self._network is None:
            return None
        try:
            lock = self._network.ring.lock(device)
        except DeliveryError:
            return None
        return None if lock is None else replace(frame, lock=lock)

    def broadcast(self, frame: AirFrame) -> None:
        """Let everybody hear a frame."""
        self._ether.broadcast(frame)

    async def send(self, frame: AirFrame) -> None:
        """Return when the frame was acknowledged; DeliveryError when it was not.

        What is for ourselves never goes on the air.
        """
        if frame.destination_nwk == COORDINATOR_NWK:
            await self._ether.clock.sleep(0)
            self._bus.send(FrameHeard(frame, _STRONGEST, 0))
        else:
            await self._ether.send(frame)

    def expel(self, device: Eui64) -> None:
        """Make a device leave."""
        self._ether.expel(device)

    # ------------------------------------------------------------------ what the air does

    def hear(self, frame: AirFrame, lqi: int, rssi: int) -> bool:
        """Take a frame; False when it is a replay, or under another key than ours."""
        network = self._network
        if network is None:
            return False
        if frame.lock is not None and not network.ring.opens(frame.source, frame.lock):
            return False
        self._bus.send(FrameHeard(frame, lqi, rssi))
        return True

    def joined(self, device: Eui64, nwk: int) -> None:
        """Know that a device was let in."""
        came_back = self._members.get(nwk) == device
        self._members[nwk] = device
        self._tokens.keep_member(device, nwk)
        self._bus.send(DeviceJoined(device, nwk, came_back=came_back))

    def left(self, device: Eui64) -> None:
        """Know that a device left."""
        nwk = next((nwk for nwk, one in self._members.items() if one == device), None)
        if nwk is not None:
            del self._members[nwk]
            self._tokens.members.pop(device, None)
            self._bus.send(DeviceLeft(device, nwk))

    def network_lost(self) -> None:
        """Ignore: whose network it was ended it himself."""

    def share(self, partner: Eui64, key: Secret) -> None:
        """Ignore: the trust centre asks itself for no key."""
