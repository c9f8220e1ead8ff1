"""News of what devices say to our endpoints."""

import msgspec

from sebridge.base.addresses import Eui64


class CommandHeard(msgspec.Struct, frozen=True):
    """A device sent a command of a cluster, whether or not we have that: as it was on the air."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    profile_id: int
    cluster_id: int
    server_or_client: int  # side of the cluster that sent it: 0 server, 1 client
    manufacturer_code: int | None
    command_id: int
    payload: bytes
