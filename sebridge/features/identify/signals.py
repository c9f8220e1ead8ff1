"""News of who is asked to show itself, or shows itself."""

import msgspec

from sebridge.base.addresses import Eui64


class Identifying(msgspec.Struct, frozen=True):
    """Somebody asked an endpoint of ours to show itself for so many seconds (0 = stop)."""

    local_endpoint: int
    seconds: int


class IdentifyAnswered(msgspec.Struct, frozen=True):
    """A device that was asked says that it shows itself for so many more seconds."""

    device: Eui64
    endpoint: int
    seconds: int
