"""Service: something that runs until it is stopped, and whose tasks' deaths are noticed."""

import asyncio
from collections.abc import Coroutine
import logging
from typing import Any

_LOGGER = logging.getLogger(__name__)


class Service:
    """Start, stop, and tasks with a name and an owner.

    A subclass writes `run()`. Whoever starts the service may wait for it: `wait()` ends when
    `run()` ends, and raises what killed it.
    """

    def __init__(self) -> None:
        self._main: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def name(self) -> str:
        """What the service is called in logs."""
        return type(self).__name__

    async def run(self) -> None:
        """Do the work until cancelled; a service without a loop of its own just waits."""
        await asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        """Begin; returns as soon as the service runs."""
        if self._main is None or self._main.done():
            self._main = asyncio.get_running_loop().create_task(self.run(), name=self.name)

    async def wait(self) -> None:
        """Return when the service has ended by itself; raise what killed it."""
        if self._main is not None:
            await asyncio.shield(self._main)

    async def stop(self) -> None:
        """Cancel everything the service does, and wait until it is done.

        Who is cancelled while waiting hears of it; what the service did is cancelled all the same.
        """
        tasks = {task for task in (self._main, *self._tasks) if task is not None}
        self._main = None
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        others = tasks - {asyncio.current_task()}
        if others:
            ended, _ = await asyncio.wait(others)
            for task in ended:
                if not task.cancelled():
                    task.exception()  # it is no news any more

    def spawn(self, work: Coroutine[Any, Any, object], name: str) -> asyncio.Task[Any]:
        """Do something beside `run()`; an error in it is logged with its trace."""
        task = asyncio.get_running_loop().create_task(work, name=f"{self.name}: {name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.error("%s failed", task.get_name(), exc_info=error)
