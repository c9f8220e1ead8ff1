"""News of our Basic clusters."""

import msgspec

from sebridge.base.addresses import Eui64


class FactoryReset(msgspec.Struct, frozen=True):
    """A peer that may do so put an endpoint of ours back to its factory defaults."""

    device: Eui64
    local_endpoint: int
