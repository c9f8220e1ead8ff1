"""How many connections there are, of all clients and of one. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
import ipaddress
from typing import Final

import msgspec

_HOME_PREFIX: Final = 64  # bits of an IPv6 address that one customer has
_REMEMBERED: Final = 256  # addresses that are not taken apart anew


class ConnectionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How many connections there may be, and how long they may take."""

    connections: int
    """Of all clients."""
    connections_per_address: int
    handshake_seconds: float
    """For TLS."""
    write_seconds: float
    """In which a client must have taken what was sent to it."""


class Connections:
    """Counts the connections there are; `turned_away` those that were too many.

    `slow` counts those that were closed because nobody read. `admits` says of an address whether
    anybody may come from there.
    """

    def __init__(
        self, limits: ConnectionLimits, admits: Callable[[str], bool] = lambda _address: True
    ) -> None:
        self.limits = limits
        self._admits = admits
        self.turned_away = 0
        self.slow = 0
        self._of_address: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return how many there are."""
        return self._of_address.total()

    @property
    def counters(self) -> Mapping[str, int]:
        """How many there are, and how many were closed for being too many or too slow."""
        return {"open": len(self), "turned_away": self.turned_away, "slow": self.slow}

    def enter(self, address: str) -> str | None:
        """Count a connection; return the key by which it leaves, None when there is no room."""
        key = home_of(address)
        full = len(self) >= self.limits.connections
        if (
            full
            or not self._admits(address)
            or self._of_address[key] >= self.limits.connections_per_address
        ):
            self.turned_away += 1
            return None
        self._of_address[key] += 1
        return key

    def count_slow(self) -> None:
        """Count a connection that is closed because nobody read."""
        self.slow += 1

    def leave(self, key: str) -> None:
        """Count a connection no more."""
        self._of_address[key] -= 1
        if not self._of_address[key]:
            del self._of_address[key]


@lru_cache(_REMEMBERED)
def home_of(address: str) -> str:
    """Return the address, of IPv6 the part that a client cannot change at will."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    return str(ipaddress.ip_network((int(found), _HOME_PREFIX), strict=False))
