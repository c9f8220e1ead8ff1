"""What a module's serial line is to its two ends."""

from collections.abc import Callable
from typing import Protocol

Write = Callable[[bytes], object]
"""How a host is sent octets."""


class SerialLine(Protocol):
    """The module's end of the line to its host."""

    def open(self, write: Write) -> None:
        """Speak to this host from now on."""

    def close(self) -> None:
        """Speak to nobody; what was begun is forgotten."""

    def feed(self, octets: bytes) -> None:
        """Take what the host sends, in pieces of any size."""
