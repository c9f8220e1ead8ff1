"""News of who is asked to show itself, or shows itself."""

from dataclasses import dataclass

from sebridge.base.addresses import Eui64


@dataclass(frozen=True, slots=True)
class Identifying:
    """Somebody asked an endpoint of ours to show itself for so many seconds (0 = stop)."""

    local_endpoint: int
    seconds: int


@dataclass(frozen=True, slots=True)
class IdentifyAnswered:
    """A device that was asked says that it shows itself for so many more seconds."""

    device: Eui64
    endpoint: int
    seconds: int
