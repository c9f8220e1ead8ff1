"""The link keys of the stack: those to join with, which expire, and the table of the others."""

from dataclasses import replace
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, Timer
from sebridge.base.secret import Secret
from sebridge.radio.ether_network import EtherNetwork
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.key_ring import SharedKey
from sebridge.simulator.modules.ezsp.settings import Config, Settings
from sebridge.simulator.modules.ezsp.status import SlStatus
from sebridge.simulator.modules.ezsp.tokens import KeptKey, Tokens

MOST_TRANSIENT: Final = 10
"""Keys to join with, for which there is room at one time."""
ANYBODY: Final = (Eui64(0), Eui64((1 << 64) - 1))
"""For whom a key is with which everybody may join."""


class Keys:
    """Both kinds of keys, and what the network on the air has of them.

    A key to join with is forgotten after the time of the configuration, and at a reset; then its
    device has none, unless it has established one. The key for anybody is the common one of the
    air: without it only devices join whose own key is there.
    """

    def __init__(self, tokens: Tokens, settings: Settings, clock: Clock) -> None:
        self._tokens = tokens
        self._settings = settings
        self._clock = clock
        self._network: EtherNetwork | None = None
        self._transient: dict[Eui64, tuple[Secret, Timer]] = {}

    def enter(self, network: EtherNetwork) -> None:
        """Be on a network: its keys are ours."""
        self._network = network
        network.link_keys.clear()
        for device, (key, _) in self._transient.items():
            self._admit(network, device, key)
        self._limit(network)
        for index, kept in self._tokens.keys.items():
            network.ring.establish(kept.device, self._shared(index, kept))

    def leave(self) -> None:
        """Be on none, and forget the keys to join with."""
        self.clear_transient()
        self._network = None

    # ------------------------------------------------------------------ keys to join with

    def admit(self, device: Eui64, key: Secret) -> SlStatus:
        """Let a device join with a key, or anybody with the common one."""
        if device not in self._transient and len(self._transient) >= MOST_TRANSIENT:
            return SlStatus.FULL
        self._drop(device)
        seconds = self._settings.configuration[Config.TRANSIENT_KEY_TIMEOUT]
        timer = self._clock.call_later(seconds, lambda: self._drop(device))
        self._transient[device] = key, timer
        if self._network is not None:
            self._admit(self._network, device, key)
            self._limit(self._network)
        return SlStatus.OK

    def clear_transient(self) -> None:
        """Forget the keys to join with."""
        for device in tuple(self._transient):
            self._drop(device)

    def _drop(self, device: Eui64) -> None:
        _, timer = self._transient.pop(device, (None, None))
        if timer is not None:
            timer.cancel()
        if self._network is not None:
            self._network.link_keys.pop(device, None)
            self._limit(self._network)

    def _admit(self, network: EtherNetwork, device: Eui64, key: Secret) -> None:
        if device not in ANYBODY:
            network.link_keys[device] = key

    def _limit(self, network: EtherNetwork) -> None:
        common = [key for device, (key, _) in self._transient.items() if device in ANYBODY]
        network.refuse_unregistered(refuse=network.common_key not in common)

    # ------------------------------------------------------------------ the table

    @property
    def size(self) -> int:
        """Entries that there is room for."""
        return self._settings.configuration[Config.KEY_TABLE]

    def at(self, index: int) -> KeptKey | None:
        """Return an entry; None for a free one, and for what lies outside of the table."""
        return self._tokens.keys.get(index) if index < self.size else None

    def index_of(self, device: Eui64) -> int | None:
        """Return where the entry of a device is; for nobody's address, where there is room."""
        for index in range(self.size):
            kept = self._tokens.keys.get(index)
            if (kept.device if kept is not None else Eui64(0)) == device:
                return index
        return None

    def put(self, index: int, device: Eui64, key: Secret) -> SlStatus:
        """Write an entry.

        What is heard from the device is counted anew, also where the key is the one before. The
        frames under another key are counted from the number that the host has set.
        """
        if index >= self.size:
            return SlStatus.INVALID_INDEX
        before = self._tokens.keys.get(index)
        sent = (
            before.sent if before is not None and before.key == key else self._settings.first_frame
        )
        self.erase(index)
        kept = KeptKey(device=device, key=key, sent=sent)
        self._tokens.keys[index] = kept
        if self._network is not None:
            self._network.ring.establish(device, self._shared(index, kept))
        return SlStatus.OK

    def erase(self, index: int) -> bool:
        """Clear an entry; False where there is none."""
        kept = self._tokens.keys.pop(index, None)
        if kept is None:
            return False
        if self._network is not None:
            preconfigured = self._network.link_keys.get(kept.device)
            self._network.ring.forget(kept.device)
            if preconfigured is not None:
                self._network.link_keys[kept.device] = preconfigured
        return True

    def clear(self) -> None:
        """Clear the table."""
        for index in tuple(self._tokens.keys):
            self.erase(index)

    def _shared(self, index: int, kept: KeptKey) -> SharedKey:
        """Return a key whose counters are kept as they go on."""

        def keep(sent: int, heard: int) -> None:
            if index in self._tokens.keys:
                self._tokens.keys[index] = replace(kept, sent=sent, heard=heard)

        return SharedKey(kept.key, FrameCounters(kept.sent, kept.heard, keep))
