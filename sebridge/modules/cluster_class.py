"""Classes of clusters of ours that callers may name, and how a new one is made of each."""

from collections.abc import Callable
from dataclasses import dataclass

from sebridge.gateway.cluster import LocalCluster


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterHost:
    """What a new cluster may go by: what we are, and the network's time in seconds since 2000."""

    manufacturer: str
    model: str
    zigbee_now: Callable[[], int]


@dataclass(frozen=True, slots=True)
class ClusterClass:
    """A class of clusters of ours.

    `make` makes a new one. None is for those with something of ours behind them, of which there
    are no others than where that is. Those `at_first` are on each endpoint that is added for a
    device of Smart Energy.
    """

    subject: type[LocalCluster]
    make: Callable[[ClusterHost], LocalCluster] | None = None
    at_first: bool = False
