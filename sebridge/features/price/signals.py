"""News of Price clients, and of the source of prices."""

from collections.abc import Mapping, Sequence

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.model.record import Record


class ValuesHeard(msgspec.Struct, frozen=True):
    """A Price client has these values, given by their kinds and issuer event ids."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    keys: Sequence[tuple[type[Record], int]]


class PricesBelowZero(msgspec.Struct, frozen=True):
    """What prices of a commodity truly are that are sent as zero, by their start: all there are."""

    commodity: str
    prices: Mapping[int, float]


class PriceSourceFailed(msgspec.Struct, frozen=True):
    """The source of prices said something that cannot be told to devices, and why."""

    source: str
    problem: str
