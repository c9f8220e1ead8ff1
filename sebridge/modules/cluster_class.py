"""Classes of clusters of ours that callers may name, and how a new one is made of each."""

from collections.abc import Callable, Sequence

import msgspec

from sebridge.base.service import Service
from sebridge.gateway.cluster import LocalCluster


class ClusterHost(msgspec.Struct, frozen=True, kw_only=True):
    """What a new cluster may go by: what we are, and the time.

    `zigbee_now` is the network's, in seconds since 2000, `monotonic` seconds that never jump.
    """

    manufacturer: str
    model: str
    zigbee_now: Callable[[], int]
    monotonic: Callable[[], float]


class ClusterClass(msgspec.Struct, frozen=True):
    """A class of clusters of ours.

    `make` makes a new one. None is for those with something of ours behind them: a feature makes
    them for an endpoint, or there are no others than where that is. Those `at_first` are on each
    endpoint that is added for a device of Smart Energy.
    """

    subject: type[LocalCluster]
    make: Callable[[ClusterHost], LocalCluster] | None = None
    at_first: bool = False


def nothing() -> None:
    """Do nothing."""


class ClusterInstance(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster that was made for an endpoint, with what belongs to it.

    `services` run while it is there. `remove` is called when it was taken away: what was kept for
    it is forgotten, and nobody speaks for it any more.
    """

    cluster: LocalCluster
    services: Sequence[Service] = ()
    remove: Callable[[], object] = nothing


MakeCluster = Callable[[int], ClusterInstance]
"""Makes a cluster for the endpoint of that number."""
