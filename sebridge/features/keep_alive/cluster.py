"""Keep-Alive of the trust centre, both sides (NET-6).

The names of the attributes are those of zigpy; their defaults of 10 minutes and 300 seconds are
from memory of the specification.
"""

from random import Random
from typing import ClassVar, Final

import msgspec

from sebridge.features.keep_alive.records import KEEP_ALIVE_CLUSTER
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.cluster import ClusterDefinition

BASE: Final = 0x0000
JITTER: Final = 0x0001

_UINT8: Final = 0x20
_UINT16: Final = 0x21
DEFAULT_BASE: Final = 10
"""Minutes between two looks whether the trust centre is there."""
DEFAULT_JITTER: Final = 300
"""Seconds: the largest random time by which a look comes later."""
_SOONEST: Final = 60.0  # seconds, whatever a server asks for
FAILURES: Final = 3
"""After so many looks in vain the network is searched for."""


class KeepAliveServer(LocalCluster):
    """Tells devices how often to look for us: every `base` minutes and up to `jitter` seconds."""

    definition: ClassVar[ClusterDefinition] = KEEP_ALIVE_CLUSTER
    server = True

    def __init__(self, base: int = DEFAULT_BASE, jitter: int = DEFAULT_JITTER) -> None:
        super().__init__(
            LocalAttributes(
                [LocalAttribute(BASE, _UINT8, base), LocalAttribute(JITTER, _UINT16, jitter)]
            )
        )


class KeepAliveClient(LocalCluster):
    """Asks the trust centre for a sign of life."""

    definition: ClassVar[ClusterDefinition] = KEEP_ALIVE_CLUSTER
    server = False


class Lifeline(msgspec.Struct):
    """When a device looks for its trust centre next, and when it gives it up. Pure.

    Until the trust centre has told, and for an older one which lacks the cluster, so that
    another attribute is read in its place, the defaults hold.
    """

    base: int = DEFAULT_BASE  # minutes
    jitter: int = DEFAULT_JITTER  # seconds
    failures: int = 0

    def answered(self, base: int | None = None, jitter: int | None = None) -> None:
        """Note that the trust centre answered, and what it asks for; None is not told."""
        self.failures = 0
        self.base = self.base if base is None else base
        self.jitter = self.jitter if jitter is None else jitter

    def failed(self) -> bool:
        """Note that it did not answer; return whether the network is to be searched for now."""
        self.failures += 1
        if self.failures < FAILURES:
            return False
        self.failures = 0
        return True

    def pause(self, random: Random) -> float:
        """Return the seconds until the next look."""
        return max(60.0 * self.base, _SOONEST) + random.uniform(0.0, self.jitter)
