"""News of key establishment."""

from dataclasses import dataclass

import zigpy.types as t


@dataclass(frozen=True, slots=True)
class KeyEstablishmentFailed:
    """An attempt to establish a key with a device came to nothing, or its time is over."""

    device: t.EUI64
    why: str
