"""A place on a remote device that can be spoken to."""

from dataclasses import dataclass

from sebridge.base.addresses import Eui64


@dataclass(frozen=True, slots=True)
class Peer:
    """An endpoint of a remote device, and the profile it speaks."""

    device: Eui64
    endpoint: int
    profile_id: int
