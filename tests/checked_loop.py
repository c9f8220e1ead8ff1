"""The event loop of the tests: Python's, which refuses what another thread asks of it.

asyncio's debug mode does so too, and notes besides where each callback was made: that takes as much
time again as all of the tests.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context
import threading
from typing import TypeVarTuple, Unpack

from typing_extensions import override

Arguments = TypeVarTuple("Arguments")


class WrongThreadError(RuntimeError):
    """Something called the event loop of another thread, other than by `call_soon_threadsafe`."""


class CheckedLoop(asyncio.SelectorEventLoop):
    """Lets callbacks be made in its own thread only, from when it runs."""

    _thread: int | None = None

    @override
    def run_forever(self) -> None:
        self._thread = threading.get_ident()
        try:
            super().run_forever()
        finally:
            self._thread = None

    @override
    def call_soon(
        self,
        callback: Callable[[Unpack[Arguments]], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.Handle:
        self._check(callback)
        return super().call_soon(callback, *args, context=context)

    @override
    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Arguments]], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self._check(callback)
        return super().call_at(when, callback, *args, context=context)

    def _check(self, callback: object) -> None:
        if self._thread not in {None, threading.get_ident()}:
            raise WrongThreadError(f"{callback} is handed to the event loop of another thread")
