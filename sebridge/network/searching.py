"""How often a device looks for its network, and for who serves energy there: NET-2, NET-5. Pure.

Pauses are seconds, and without end: who has found what it looked for takes no more of them.
"""

from collections.abc import Callable, Iterable, Iterator
import itertools
from typing import Final

import msgspec

SCANS: Final = 3
"""Scans of the channels make one attempt to join (NET-2)."""
SCAN_AGAIN: Final = 1.0
"""Seconds between two scans of one attempt."""
SCAN_PAUSES: Final = (60.0, 3600.0)
"""Seconds between the first two attempts, and at most; how the pause grows is our choice."""
REJOIN_PAUSES: Final = (60.0, 900.0)
"""The same for a device that is a member, and lost its network."""

REGISTER_AGAIN: Final = 32.0
"""Seconds until a new attempt to register, where the other side named no time (NET-5)."""
ERRORS: Final = 3
"""After so many errors in a row the other side is looked for anew."""
REDISCOVERY: Final = 3 * 3600.0
"""Seconds after which the energy services are looked for anew in any case."""


def growing(first: float, longest: float) -> Iterator[float]:
    """Return pauses that double until they are `longest`."""
    pause = first
    while True:
        yield pause
        pause = min(2 * pause, longest)


def scanning(pauses: Iterable[float] | None = None) -> Iterator[float]:
    """Return the pauses of a device without a network, after each scan in vain.

    `pauses` are those between attempts, of three scans each.
    """
    for pause in growing(*SCAN_PAUSES) if pauses is None else pauses:
        yield from itertools.repeat(SCAN_AGAIN, SCANS - 1)
        yield pause


def rejoining() -> Iterator[float]:
    """Return the pauses of a device that lost the network which it is a member of."""
    return growing(*REJOIN_PAUSES)


def joining_every(interval: Callable[[], float]) -> Iterator[float]:
    """Return the pauses of our own routers, with an attempt each `interval` seconds.

    The interval is asked for each time (ZDO_Device_Manager.join_interval).
    """
    return scanning(iter(interval, None))


def rediscovering() -> Iterator[float]:
    """Return the pauses of who has not found an energy service yet."""
    return growing(REGISTER_AGAIN, REDISCOVERY)


class Registration(msgspec.Struct):
    """How the attempts to register with one server went."""

    errors: int = 0

    def failed(self) -> bool:
        """Note an error; return whether the server is to be looked for anew."""
        self.errors = (self.errors + 1) % ERRORS
        return self.errors == 0
