"""Link keys: of devices that are still to join, which expire, and of those that did.

Source: Digi, XBee 3 Zigbee RF Module User Guide, Register Joining Device - 0x24 and KT. How long
the key of a device that joined is kept is not said there: here it is for good.
"""

from collections.abc import Callable
import enum
from typing import Final

from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, Timer
from sebridge.base.secret import Secret
from sebridge.radio.ether_network import EtherNetwork
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.key_ring import SharedKey
from sebridge.simulator.modules.xbee.firmware import KEY_OCTETS
from sebridge.simulator.modules.xbee.memory import MOST_MEMBERS, KeptKey, Memory

MOST_REGISTERED: Final = 10
"""Keys of devices that are still to join, for which there is room at one time."""
_NOBODY: Final = (Eui64(0), Eui64((1 << 64) - 1))


class RegistrationStatus(enum.IntEnum):
    """What becomes of a registration."""

    SUCCESS = 0x00
    KEY_TOO_LONG = 0x01
    TRANSIENT_TABLE_FULL = 0x18
    NOT_FOUND = 0xB1
    KEY_INVALID = 0xB2
    ADDRESS_INVALID = 0xB3
    TABLE_FULL = 0xB4
    CODE_INVALID = 0xBD  # its check is wrong
    SE_NOT_FOUND = 0xFF  # in Smart Energy firmware


class Keys:
    """The keys, and what the network on the air has of them.

    `lifetime` says for how many seconds a key waits for its device. That of a device which has
    joined stays until it is de-registered or the network is left.
    """

    def __init__(self, memory: Memory, lifetime: Callable[[], int], clock: Clock) -> None:
        self._memory = memory
        self._lifetime = lifetime
        self._clock = clock
        self._network: EtherNetwork | None = None
        self._waiting: dict[Eui64, tuple[Secret, Timer]] = {}

    def enter(self, network: EtherNetwork) -> None:
        """Be on a network of our own: its keys are ours."""
        network.link_keys.clear()
        for device, (key, _) in self._waiting.items():
            network.link_keys[device] = key
        self.join(network)

    def join(self, network: EtherNetwork) -> None:
        """Be on the network of another, of which we know as much as this."""
        self._network = network
        for device, kept in self._memory.keys.items():
            self._use(network, device, kept)

    def leave(self) -> None:
        """Be on none, and forget the keys of those who are still to join."""
        for device in tuple(self._waiting):
            self._drop_waiting(device)
        self._network = None

    # ------------------------------------------------------------------ the host's

    def register(self, device: Eui64, key: bytes) -> RegistrationStatus:
        """Let a device join with a key; without one, de-register it."""
        if device in _NOBODY:
            return RegistrationStatus.ADDRESS_INVALID
        if not key:
            return self._deregister(device)
        if len(key) > KEY_OCTETS:
            return RegistrationStatus.KEY_TOO_LONG
        link_key = Secret(key.rjust(KEY_OCTETS, b"\0"))
        if device in self._memory.members:
            return self._keep_joining(device, link_key)
        return self._wait_for(device, link_key)

    def _wait_for(self, device: Eui64, key: Secret) -> RegistrationStatus:
        if device not in self._waiting and len(self._waiting) >= MOST_REGISTERED:
            return RegistrationStatus.TRANSIENT_TABLE_FULL
        self._drop_waiting(device)
        timer = self._clock.call_later(self._lifetime(), lambda: self._drop_waiting(device))
        self._waiting[device] = key, timer
        if self._network is not None:
            self._network.link_keys[device] = key
        return RegistrationStatus.SUCCESS

    def _drop_waiting(self, device: Eui64) -> None:
        _, timer = self._waiting.pop(device, (None, None))
        if timer is None:
            return
        timer.cancel()
        if self._network is not None and device not in self._memory.keys:
            self._network.link_keys.pop(device, None)

    def _deregister(self, device: Eui64) -> RegistrationStatus:
        if device not in self._waiting and device not in self._memory.keys:
            return RegistrationStatus.NOT_FOUND
        self._drop_waiting(device)
        self._memory.keys.pop(device, None)
        if self._network is not None:
            self._network.ring.forget(device)
        return RegistrationStatus.SUCCESS

    # ------------------------------------------------------------------ the stack's

    def joined(self, device: Eui64) -> None:
        """Keep the key with which a device has joined."""
        key, _ = self._waiting.get(device, (None, None))
        if key is not None:
            self._keep_joining(device, key)
            self._drop_waiting(device)

    def is_established(self, device: Eui64) -> bool:
        """Say whether there is a key that was established with a device."""
        kept = self._memory.keys.get(device)
        return kept is not None and kept.established is not None

    def establish(self, device: Eui64, key: Secret) -> bool:
        """Use a key that was established; False where there is no room for it."""
        kept = self._entry(device)
        if kept is None:
            return False
        new = KeptKey(joining=kept.joining, established=key)
        self._memory.keys[device] = new
        if self._network is not None:
            self._use(self._network, device, new)
        return True

    def _keep_joining(self, device: Eui64, key: Secret) -> RegistrationStatus:
        kept = self._entry(device)
        if kept is None:
            return RegistrationStatus.TABLE_FULL
        self._memory.keys[device] = replace(kept, joining=key)
        if self._network is not None:
            self._network.link_keys[device] = key
        return RegistrationStatus.SUCCESS

    def _entry(self, device: Eui64) -> KeptKey | None:
        """Return what is kept of a device; None where nothing is, nor is there room."""
        keys = self._memory.keys
        is_full = len(keys) >= MOST_MEMBERS
        return keys.get(device) or (None if is_full else KeptKey())

    def _use(self, network: EtherNetwork, device: Eui64, kept: KeptKey) -> None:
        if kept.joining is not None:
            network.link_keys[device] = kept.joining
        if kept.established is None:
            return

        def keep(sent: int, heard: int) -> None:
            now = self._memory.keys.get(device)
            if now is not None and now.established == kept.established:
                self._memory.keys[device] = replace(now, sent=sent, heard=heard)

        counters = FrameCounters(kept.sent, kept.heard, keep)
        network.ring.establish(device, SharedKey(kept.established, counters))
