"""News of key establishment."""

from dataclasses import dataclass

from sebridge.base.addresses import Eui64


@dataclass(frozen=True, slots=True)
class KeyEstablishmentFailed:
    """An attempt to establish a key with a device came to nothing, or its time is over."""

    device: Eui64
    why: str
