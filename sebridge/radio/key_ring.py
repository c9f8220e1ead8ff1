"""The link keys of one end of the simulated air: what it encrypts with, what it can decipher."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.radio.radio import Counters


class SharedKey(msgspec.Struct, frozen=True):
    """A key that was established, with the counters of its frames."""

    key: Secret
    counters: Counters


class Lock(msgspec.Struct, frozen=True):
    """What a frame is encrypted with; a key that a device was made with has no counter here."""

    key: Secret
    counter: int | None = None


class KeyRing:
    """The preconfigured key for each partner, until one was established in its place."""

    def __init__(self) -> None:
        self.preconfigured: dict[Eui64, Secret] = {}
        self._established: dict[Eui64, SharedKey] = {}

    def establish(self, partner: Eui64, shared: SharedKey) -> None:
        """Use a new key from now on."""
        self._established[partner] = shared

    def is_established(self, partner: Eui64) -> bool:
        """Say whether the key for a partner is one that was established."""
        return partner in self._established

    def in_use(self, partner: Eui64) -> Secret | None:
        """Return the key with a partner that counts now; None without one."""
        shared = self._established.get(partner)
        return self.preconfigured.get(partner) if shared is None else shared.key

    def lock(self, partner: Eui64) -> Lock | None:
        """Return what the next frame for a partner is encrypted with; None without a key."""
        shared = self._established.get(partner)
        if shared is not None:
            return Lock(shared.key, shared.counters.next_sent())
        key = self.preconfigured.get(partner)
        return None if key is None else Lock(key)

    def opens(self, partner: Eui64, lock: Lock) -> bool:
        """Say whether a frame can be deciphered and is no replay."""
        shared = self._established.get(partner)
        if shared is None:
            return lock.key == self.preconfigured.get(partner)
        return (
            lock.key == shared.key
            and lock.counter is not None
            and shared.counters.is_new(lock.counter)
        )

    def forget(self, partner: Eui64) -> None:
        """Drop all keys for a partner."""
        self.preconfigured.pop(partner, None)
        self._established.pop(partner, None)
