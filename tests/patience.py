"""How long a test waits for what sockets, threads and other programs do: for the event, no time.

What happens inside one event loop has a virtual clock and needs none of this.
"""

import asyncio
from collections.abc import Callable
import time
from typing import Final

PATIENCE: Final = 120.0
"""Seconds after which something will not happen any more, however busy the machine is."""

_LATE: Final = f"it did not happen within {PATIENCE:g} s"


def eventually(condition: Callable[[], object]) -> None:
    """Wait, without an event loop, until something is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, _LATE
        time.sleep(0.01)


async def until(condition: Callable[[], object]) -> None:
    """Wait, and let the event loop work, until something is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, _LATE
        await asyncio.sleep(0.002)
