"""Endpoint classes: what add_endpoint makes an endpoint of."""

from collections.abc import Sequence
from typing import ClassVar

from sebridge.gateway.cluster import LocalCluster


class EndpointClass:
    """A kind of endpoint: its defaults, and the clusters that each of its endpoints begins with.

    Without a `profile_id`, the request has to give one. Without a `device_id` there is none, and
    devices that ask are told 0. `device_version` has 4 bits.
    """

    profile_id: ClassVar[int | None] = None
    device_id: ClassVar[int | None] = None
    device_version: ClassVar[int | None] = None

    def clusters(self) -> Sequence[LocalCluster]:
        """Return new clusters for an endpoint; by itself, none."""
        return ()
