"""The network that is on the simulated air, and who may be on it."""

from dataclasses import dataclass, field
import random
from typing import Final

import zigpy.state
import zigpy.types as t

from sebridge.base.errors import NotJoinedError
from sebridge.base.secret import Secret

WELL_KNOWN_KEY: Final = Secret(b"ZigBeeAlliance09")
"""The link key that Home Automation devices are made with, and that everybody knows."""
_LAST_NWK: Final = 0xFFF7


@dataclass(slots=True)
class EtherNetwork:
    """What the coordinator's memory holds: it survives a restart of whoever uses the radio.

    A device with a link key of its own gets in with that key only; the well-known key is for
    devices that have none. Who is a member comes back also while joining is closed.
    """

    info: zigpy.state.NetworkInfo
    coordinator: t.EUI64
    members: dict[t.EUI64, int] = field(default_factory=dict)  # -> network address
    link_keys: dict[t.EUI64, Secret] = field(default_factory=dict)
    open_until: float = float("-inf")  # monotonic seconds

    def admit(self, device: t.EUI64, key: Secret, now: float, choice: random.Random) -> int:
        """Return the network address of a device that may come in; NotJoinedError if it may not."""
        expected = self.link_keys.get(device)
        if expected is not None and key != expected:
            raise NotJoinedError(f"{device} was refused: its link key is not the registered one")
        if expected is None and key != WELL_KNOWN_KEY:
            raise NotJoinedError(f"{device} was refused: its link key is not registered")
        if device not in self.members:
            if now >= self.open_until:
                raise NotJoinedError(f"{device} was refused: joining is closed")
            self.members[device] = self._free_address(choice)
        return self.members[device]

    def _free_address(self, choice: random.Random) -> int:
        taken = set(self.members.values())
        while (nwk := choice.randint(1, _LAST_NWK)) in taken:
            continue
        return nwk
