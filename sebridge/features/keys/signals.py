"""News of key establishment."""

import msgspec

from sebridge.base.addresses import Eui64


class KeyEstablishmentFailed(msgspec.Struct, frozen=True):
    """An attempt to establish a key with a device came to nothing, or its time is over."""

    device: Eui64
    why: str
