"""Where heavy arithmetic is done: at once, or in another thread so that nobody waits for it."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol


class Compute(Protocol):
    """A way to have a pure function computed."""

    async def __call__(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Return what the function returns; raise what it raises."""


async def at_once(work: Callable[..., Any], *arguments: Any) -> Any:
    """Compute before anything else happens: for virtual time, which does not wait for threads."""
    return work(*arguments)


async def in_thread(work: Callable[..., Any], *arguments: Any) -> Any:
    """Compute beside the event loop, which goes on meanwhile."""
    return await asyncio.to_thread(work, *arguments)
