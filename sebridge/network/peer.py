"""A place on a remote device that can be spoken to."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.model.data_types import Uint8, Uint16


class Peer(msgspec.Struct, frozen=True, gc=False):
    """An endpoint of a remote device, and the profile it speaks.

    `device` may be a broadcast address (`base.addresses.broadcast_of`): then it is that endpoint of
    many, which can be told something and not be asked.
    """

    device: Eui64
    endpoint: Uint8
    profile_id: Uint16
