"""How long a test waits for what sockets, threads and other programs do: for the event, no time.

What happens inside one event loop has a virtual clock and needs none of this.
"""

import asyncio
from collections.abc import Callable, Iterator
import itertools
import time
from typing import Final

PATIENCE: Final = 120.0
"""Seconds after which something will not happen any more, however busy the machine is."""

_LATE: Final = f"it did not happen within {PATIENCE:g} s"
_PAUSES: Final = (0.001, 0.002, 0.004, 0.008)
_LONGEST: Final = 0.012
"""Seconds between two looks; where it takes long there are fewer, as looks take time from it."""


def eventually(condition: Callable[[], object]) -> None:
    """Wait, without an event loop, until something is so."""
    for pause in _pauses():
        if condition():
            return
        time.sleep(pause)


async def until(condition: Callable[[], object]) -> None:
    """Wait, and let the event loop work, until something is so."""
    for pause in _pauses():
        if condition():
            return
        await asyncio.sleep(pause)


def _pauses() -> Iterator[float]:
    end = time.monotonic() + PATIENCE
    for pause in itertools.chain(_PAUSES, itertools.repeat(_LONGEST)):
        yield pause
        assert time.monotonic() < end, _LATE
