"""News of Price clients."""

from collections.abc import Sequence
from dataclasses import dataclass

from sebridge.base.addresses import Eui64
from sebridge.zcl.record import Record


@dataclass(frozen=True, slots=True)
class ValuesHeard:
    """A Price client has these values, given by their kinds and issuer event ids."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    keys: Sequence[tuple[type[Record], int]]
