"""The process of a plug-in: it runs hooks when the bridge asks for that, until the bridge is gone.

``python -I -B -m sebridge.plugin.worker FOLDER DESCRIPTOR OCTETS``: the plug-in's folder, the
socket that leads to the bridge, and how much memory there may be.
"""

import asyncio
from collections.abc import Awaitable, Mapping
import importlib
import inspect
import os
from pathlib import Path
import resource
import socket
import sys
import traceback
from typing import Any, Final

from sebridge.plugin import words
from sebridge.plugin.bridge import Bridge, HttpRequest, Refused
from sebridge.plugin.channel import Channel, ChannelError
from sebridge.plugin.clock import SystemClock

LIBRARIES: Final = "lib"
"""The folder of a plug-in with the packages that it brings."""
LONGEST_ANSWER: Final = 16 * 1024 * 1024
"""Octets of a line that the bridge sends."""


class Worker:
    """Answers what the bridge asks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tasks: set[asyncio.Future[Any]] = set()
        self._channel: Channel | None = None
        self._bridge = Bridge(self._opened, self._spawn, SystemClock())

    async def run(self, descriptor: int) -> None:
        """Serve until the bridge is gone."""
        reader, writer = await asyncio.open_connection(
            sock=socket.socket(fileno=descriptor), limit=LONGEST_ANSWER
        )
        self._channel = Channel(reader, writer, answer=self._answer, hear=self._hear)
        await self._channel.run()

    def _opened(self) -> Channel:
        assert self._channel is not None, "hooks run while there is one"
        return self._channel

    def _spawn(self, work: Awaitable[Any]) -> asyncio.Future[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            traceback.print_exception(error)

    def _hear(self, method: str, params: Mapping[str, Any]) -> None:
        try:
            if method == words.TOLD:
                self._bridge.hear(params["name"], params["parameters"])
            elif method == words.COMMANDED:
                self._bridge.hear_command(params["topic"], params["value"])
        except Exception:  # noqa: BLE001  # of the plug-in: the next one may be heard
            traceback.print_exc()

    async def _answer(self, method: str, params: Mapping[str, Any]) -> Any:
        try:
            return await self._carry_out(method, params)
        except Refused as error:
            raise ChannelError(words.REFUSED, str(error)) from error
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                raise
            traceback.print_exc()
            raise ChannelError(words.BROKEN, self._problem(error)) from error

    async def _carry_out(self, method: str, params: Mapping[str, Any]) -> Any:
        match method:
            case words.HOOK:
                await self._run_hook(params["function"])
            case words.CALL:
                return await self._bridge.answer(params["name"], params["params"])
            case words.ASK:
                return await self._bridge.answer_http(HttpRequest(**params))
        return {}

    async def _run_hook(self, name: str) -> None:
        module, _, function = name.partition(":")
        made = getattr(importlib.import_module(module), function)(self._bridge)
        if inspect.isawaitable(made):
            await made

    def _problem(self, error: BaseException) -> str:
        """Return what broke, with the last line of the plug-in's own that was under way."""
        problem = "".join(traceback.format_exception_only(error)[-1:]).strip()
        own = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if Path(frame.filename).is_relative_to(self._folder)
        ]
        if not own:
            return problem
        file = Path(own[-1].filename).relative_to(self._folder)
        return f"{file}, line {own[-1].lineno}: {problem}"


def main(arguments: list[str]) -> None:
    """Run as a process of its own."""
    folder, descriptor, octets = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    resource.setrlimit(resource.RLIMIT_AS, (octets, octets))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(folder)
    sys.path[:0] = [str(folder), str(folder / LIBRARIES)]
    asyncio.run(Worker(folder).run(descriptor))


if __name__ == "__main__":
    main(sys.argv[1:])
