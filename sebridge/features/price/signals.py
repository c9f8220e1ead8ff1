"""News of Price clients."""

from collections.abc import Sequence
from dataclasses import dataclass

import zigpy.types as t

from sebridge.zcl.record import Record


@dataclass(frozen=True, slots=True)
class ValuesHeard:
    """A Price client has these values, given by their kinds and issuer event ids."""

    device: t.EUI64
    endpoint: int
    local_endpoint: int
    keys: Sequence[tuple[type[Record], int]]
