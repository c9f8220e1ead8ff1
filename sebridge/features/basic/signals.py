"""News of our Basic clusters."""

from dataclasses import dataclass

import zigpy.types as t


@dataclass(frozen=True, slots=True)
class FactoryReset:
    """A peer that may do so put an endpoint of ours back to its factory defaults."""

    device: t.EUI64
    local_endpoint: int
