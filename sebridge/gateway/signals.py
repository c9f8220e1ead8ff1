"""News of what devices say to our endpoints."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.model.record import Record


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


class ButtonPressed(msgspec.Struct, frozen=True):
    """A device sent us a command of a cluster that is bound to us, as its buttons are pressed."""

    device: Eui64
    endpoint: int
    cluster: str
    command: str
    parameters: Record
