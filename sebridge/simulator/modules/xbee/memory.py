"""The non-volatile memory: what is written by WR, and what the stack keeps by itself."""

from collections.abc import MutableMapping
from typing import Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.storage.collection import OpenCollection

MOST_MEMBERS: Final = 64
"""Devices whose addresses are known."""
_NETWORK: Final = 0


class KeptNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A network; `made_for` is what was in the registers whose change ends it."""

    extended_pan_id: Eui64
    pan_id: int
    channel: int  # 11..26
    key: Secret
    link_key: Secret
    made_for: Secret


class KeptKey(msgspec.Struct, frozen=True, kw_only=True):
    """With which key a device joined, which it established since, and its frame counters."""

    joining: Secret | None = None
    established: Secret | None = None
    sent: int = 0
    heard: int = 0


class Memory:
    """What is kept; `open_collection` says where."""

    def __init__(self, open_collection: OpenCollection) -> None:
        self.registers: MutableMapping[str, Secret] = open_collection("xbee_registers", str, Secret)
        self.members: MutableMapping[Eui64, int] = open_collection("xbee_members", Eui64, int)
        self.keys: MutableMapping[Eui64, KeptKey] = open_collection("xbee_keys", Eui64, KeptKey)
        self._networks = open_collection("xbee_network", int, KeptNetwork)

    @property
    def network(self) -> KeptNetwork | None:
        """The network that it is on, or was on when it lost its power."""
        return self._networks.get(_NETWORK)

    def keep_network(self, network: KeptNetwork) -> None:
        """Keep a network in the place of an earlier one."""
        self._networks[_NETWORK] = network

    def keep_member(self, device: Eui64, nwk: int) -> bool:
        """Keep a device; False where there is no room."""
        if device not in self.members and len(self.members) >= MOST_MEMBERS:
            return False
        self.members[device] = nwk
        return True

    def forget_network(self) -> None:
        """Be on no network, and know nobody of it, nor a key of theirs."""
        self._networks.pop(_NETWORK, None)
        self.members.clear()
        self.keys.clear()
