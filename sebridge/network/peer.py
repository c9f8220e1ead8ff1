"""A place on a remote device that can be spoken to."""

from dataclasses import dataclass

import zigpy.types as t


@dataclass(frozen=True, slots=True)
class Peer:
    """An endpoint of a remote device, and the profile it speaks."""

    device: t.EUI64
    endpoint: int
    profile_id: int
