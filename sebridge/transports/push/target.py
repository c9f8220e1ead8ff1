"""Where pushed files go."""

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
