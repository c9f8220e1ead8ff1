"""A cluster of ours and the remote one it speaks with."""

from typing import Final

import msgspec

from sebridge.base.addresses import Eui64, broadcast_of
from sebridge.model.data_types import Uint8, Uint16
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import HA_ENDPOINT, SE_ENDPOINT, SE_PROFILE

OURSELVES: Final = Eui64.parse("00:00:00:00:00:00:00:00")
"""Stands for the gateway where a device is named: its own address changes with its radio."""


class Pairing(msgspec.Struct, frozen=True, gc=False):
    """One side of a cluster on an endpoint of ours, and the other side on a peer.

    `server` is our side. With OURSELVES as device the peer is the endpoint itself, and its cluster
    is of the other side all the same. A manufacturer code goes with every frame, if there is one.
    """

    peer: Peer
    local_endpoint: Uint8
    cluster_id: Uint16
    server: bool
    manufacturer_code: Uint16 | None = None

    @property
    def is_broadcast(self) -> bool:
        """Say whether the other side is on many devices, which do not answer."""
        return broadcast_of(self.peer.device) is not None

    @property
    def is_local(self) -> bool:
        """Say whether no other device takes part."""
        return self.peer.device == OURSELVES


class PairedAttribute(msgspec.Struct, frozen=True, gc=False):
    """An attribute of one of two paired clusters."""

    pairing: Pairing
    attribute_id: Uint16


def local_endpoint_for(profile_id: int) -> int:
    """Return which of our endpoints speaks with devices of a profile."""
    return SE_ENDPOINT if profile_id == SE_PROFILE else HA_ENDPOINT


def pairing_with(server: Peer, cluster_id: int) -> Pairing:
    """Return the pairing of a remote server with the client side of its cluster at our end."""
    return Pairing(server, local_endpoint_for(server.profile_id), cluster_id, server=False)
