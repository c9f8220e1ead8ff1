"""Where pushed files go: a target, and a directory as one."""

import asyncio
import os
from pathlib import Path
from typing import Protocol

from sebridge.base.errors import SebridgeError


class PushError(SebridgeError):
    """The target takes nothing at the moment."""


class FileRefusedError(PushError):
    """The target is there, but does not want this file; others may be welcome."""


class Target(Protocol):
    """Takes files."""

    async def put(self, name: str, content: bytes) -> None:
        """Return when the file is safe there; raise PushError or FileRefusedError otherwise."""

    async def close(self) -> None:
        """Let go of connections."""


class DirectoryTarget:
    """Writes files into a directory, which is made if it is not there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def put(self, name: str, content: bytes) -> None:
        """Return when the file is on the disk; PushError when it cannot be written."""
        try:
            await asyncio.to_thread(_write, self._directory, name, content)
        except OSError as error:
            raise PushError(f"{self._directory}: {error.strerror or error}") from error

    async def close(self) -> None:
        """Nothing is open."""


def _write(directory: Path, name: str, content: bytes) -> None:
    """Write beside, then rename: whoever watches the directory sees no half file."""
    directory.mkdir(parents=True, exist_ok=True)
    unfinished = directory / f".{name}.part"
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(directory / name)
    held = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(held)  # the name is on the disk too
    finally:
        os.close(held)
