"""The link keys of the stack: those to join with, which expire, and the table of the others."""

from typing import Final

from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, Timer
from sebridge.base.secret import Secret
from sebridge.radio.ether_network import EtherNetwork
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.key_ring import SharedKey
from sebridge.simulator.modules.ezsp.settings import GRANT_KEYS, Config, Joins, Policy, Settings
from sebridge.simulator.modules.ezsp.status import Status
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
        for index, kept in self._tokens.keys.items():
            self._use(network, index, kept)
        self.decide()

    def use_own(self, network: EtherNetwork) -> None:
        """Have the link key with the trust centre of a network that was joined."""
        kept = self._tokens.network
        assert kept is not None, "it was joined"
        network.link_keys[network.coordinator] = kept.link_key
        own = self._tokens.own_key
        if own is not None:
            counters = FrameCounters(own.sent, own.heard, self._keep_own)
            network.ring.establish(network.coordinator, SharedKey(own.key, counters))

    def put_own(self, key: Secret) -> Status:
        """Use another link key with the trust centre, whose frames are counted from 0."""
        kept, network = self._tokens.network, self._network
        if kept is None or kept.trust_center is None or network is None:
            return Status.INVALID_CALL
        self._tokens.keep_own_key(KeptKey(device=kept.trust_center, key=key))
        self.use_own(network)
        return Status.OK

    def _keep_own(self, sent: int, heard: int) -> None:
        own = self._tokens.own_key
        assert own is not None, "who left its network has no ring any more"
        self._tokens.keep_own_key(replace(own, sent=sent, heard=heard))

    @property
    def own(self) -> Secret | None:
        """The link key with the trust centre; None where there is no network."""
        own, kept = self._tokens.own_key, self._tokens.network
        if own is not None:
            return own.key
        return None if kept is None else kept.link_key

    def establish(self, partner: Eui64, key: Secret) -> Status:
        """Use a key that the stack has established, with its trust centre or as one."""
        kept = self._tokens.network
        if kept is not None and kept.trust_center == partner:
            return self.put_own(key)
        return Status.OK if self.share(partner, key) else Status.TABLE_FULL

    def share(self, partner: Eui64, key: Secret) -> bool:
        """Take a key with another device that the trust centre granted, if there is room."""
        index = self.index_of(partner)
        if index is None:
            index = self.index_of(Eui64(0))
        return index is not None and self.put(index, partner, key) is Status.OK

    def leave(self) -> None:
        """Be on none, and forget the keys to join with."""
        self.clear_transient()
        self._network = None

    # ------------------------------------------------------------------ keys to join with

    def admit(self, device: Eui64, key: Secret) -> Status:
        """Let a device join with a key, or anybody with the common one."""
        if device not in self._transient and len(self._transient) >= MOST_TRANSIENT:
            return Status.TABLE_FULL
        self._drop(device)
        seconds = self._settings.configuration[Config.TRANSIENT_KEY_TIMEOUT]
        timer = self._clock.call_later(seconds, lambda: self._drop(device))
        self._transient[device] = key, timer
        if self._network is not None:
            self._admit(self._network, device, key)
            self.decide()
        return Status.OK

    def clear_transient(self) -> None:
        """Forget the keys to join with."""
        for device in tuple(self._transient):
            self._drop(device)

    def _drop(self, device: Eui64) -> None:
        _, timer = self._transient.pop(device, (None, None))
        if timer is not None:
            timer.cancel()
        if self._network is not None:
            kept = self._of(device)
            if kept is None or not kept.is_as_made:
                self._network.link_keys.pop(device, None)
            self.decide()

    def _admit(self, network: EtherNetwork, device: Eui64, key: Secret) -> None:
        if device not in ANYBODY:
            network.link_keys[device] = key

    def decide(self) -> None:
        """Let in whom the policies and the keys allow, and grant keys as they say."""
        if self._network is None:
            return
        policies = self._settings.policies
        common = [key for device, (key, _) in self._transient.items() if device in ANYBODY]
        only_own = policies[Policy.TRUST_CENTER] & Joins.ONLY_WITH_OWN_KEY
        self._network.refuse_unregistered(refuse=bool(only_own) or not common)
        rejoins = policies[Policy.TRUST_CENTER] & Joins.REJOINING
        self._network.allows_unsecured_rejoins = bool(rejoins)
        if common:
            self._network.use_common_key(common[0])
        self._network.grants_keys = policies[Policy.APP_KEY_REQUEST] == GRANT_KEYS

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

    def put(self, index: int, device: Eui64, key: Secret) -> Status:
        """Write an entry.

        What is heard from the device is counted anew, also where the key is the one before. The
        frames under another key are counted from the number that the host has set.
        """
        if index >= self.size:
            return Status.INDEX_OUT_OF_RANGE
        network = self._tokens.network
        if network is not None and device == network.trust_center:
            return Status.INVALID_KEY_ADDRESS
        before = self._tokens.keys.get(index)
        sent = (
            before.sent if before is not None and before.key == key else self._settings.first_frame
        )
        self.erase(index)
        made_with, _ = self._transient.get(device, (None, None))
        kept = KeptKey(device=device, key=key, sent=sent, is_as_made=key == made_with)
        self._tokens.keys[index] = kept
        if self._network is not None:
            self._use(self._network, index, kept)
        return Status.OK

    def _use(self, network: EtherNetwork, index: int, kept: KeptKey) -> None:
        if kept.is_as_made:
            network.link_keys[kept.device] = kept.key
        else:
            network.ring.establish(kept.device, self._shared(index, kept))

    def _of(self, device: Eui64) -> KeptKey | None:
        index = self.index_of(device)
        return None if index is None else self.at(index)

    def erase(self, index: int) -> bool:
        """Clear an entry; False where there is none."""
        kept = self._tokens.keys.pop(index, None)
        if kept is None:
            return False
        if self._network is not None:
            self._network.ring.forget(kept.device)
            made_with, _ = self._transient.get(kept.device, (None, None))
            if made_with is not None:
                self._network.link_keys[kept.device] = made_with
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
