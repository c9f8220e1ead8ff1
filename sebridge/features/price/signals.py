"""News of Price clients."""

from collections.abc import Sequence

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.model.record import Record


class ValuesHeard(msgspec.Struct, frozen=True):
    """A Price client has these values, given by their kinds and issuer event ids."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    keys: Sequence[tuple[type[Record], int]]
