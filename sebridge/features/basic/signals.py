"""News of our Basic clusters."""

from dataclasses import dataclass

from sebridge.base.addresses import Eui64


@dataclass(frozen=True, slots=True)
class FactoryReset:
    """A peer that may do so put an endpoint of ours back to its factory defaults."""

    device: Eui64
    local_endpoint: int
