"""How a part of a module's stack declares the commands that it takes."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from sebridge.model.record import Record


class Command(msgspec.Struct, frozen=True):
    """A command: the fields of its request, and what returns the data of its response.

    What is no request, but is only told, has no response: None.
    """

    request: type[Record]
    carry_out: Callable[[Any], bytes | None]


class Part(Protocol):
    """A part of the stack."""

    @property
    def commands(self) -> Mapping[int, Command]:
        """What it takes, by the number of the command."""


class Nothing(Record):
    """A request without fields; octets behind what is known are ignored, as the stack does."""
