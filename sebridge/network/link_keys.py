"""Link keys that were established, as they are kept: with whom, by what proof, how far counted."""

from collections.abc import MutableMapping
import enum

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.model.data_types import Uint8
from sebridge.radio.frame_counters import FrameCounters


class KeyKind(enum.Enum):
    """Where the link key with a device comes from."""

    PRECONFIGURED = "preconfigured"  # from its installation code
    ESTABLISHED = "established"  # from both certificates


class LinkKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that follows from both certificates.

    `public_key` is that of the partner, compressed, on the curve of the suite (1 or 2). `sent`
    and `heard` are the frame counters from which a restart goes on (SEC-8).
    """

    key: Secret
    suite: Uint8
    public_key: bytes
    sent: int = 0
    heard: int = 0


class LinkKeys:
    """The keys of one side, and the counters of those in use."""

    def __init__(self, store: MutableMapping[Eui64, LinkKey]) -> None:
        self._store = store
        self._counters: dict[Eui64, FrameCounters] = {}

    def find(self, partner: Eui64) -> LinkKey | None:
        """Return the key with a partner, None without one."""
        return self._store.get(partner)

    def items(self) -> list[tuple[Eui64, LinkKey]]:
        """Return all partners with their keys."""
        return list(self._store.items())

    def keep(self, partner: Eui64, key: LinkKey) -> FrameCounters:
        """Keep a new key in the place of an earlier one; return its counters."""
        self._store[partner] = key
        self._counters.pop(partner, None)
        return self.counters(partner)

    def counters(self, partner: Eui64) -> FrameCounters:
        """Return the counters of a partner's key, the same as long as the key is."""
        counters = self._counters.get(partner)
        if counters is None:
            kept = self._store[partner]
            counters = FrameCounters(kept.sent, kept.heard, _Keeper(self._store, partner, kept))
            self._counters[partner] = counters
        return counters

    def drop(self, partner: Eui64) -> None:
        """Forget the key with a partner, if there is one."""
        self._store.pop(partner, None)
        self._counters.pop(partner, None)

    def settle(self) -> None:
        """Keep all counters as they are: nothing more will be sent or heard."""
        for counters in self._counters.values():
            counters.settle()
        self._counters.clear()


class _Keeper:
    """Writes the counters to the key that they count, as long as it is the one in use."""

    def __init__(self, store: MutableMapping[Eui64, LinkKey], partner: Eui64, key: LinkKey) -> None:
        self._store = store
        self._partner = partner
        self._key = key.key

    def __call__(self, sent: int, heard: int) -> None:
        kept = self._store.get(self._partner)
        if kept is not None and kept.key == self._key:
            self._store[self._partner] = replace(kept, sent=sent, heard=heard)
