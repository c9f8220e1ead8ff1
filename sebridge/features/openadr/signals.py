"""News of OpenADR: whether the VTN is there, what it says, and what nothing can be made of."""

from collections.abc import Mapping
from typing import Any

import msgspec


class OpenAdrTold(msgspec.Struct, frozen=True):
    """How the connection is, in plain values; None where OpenADR is not configured."""

    facts: Mapping[str, Any] | None


class VtnLost(msgspec.Struct, frozen=True):
    """The VTN cannot be asked, or its answer not be used, and why."""

    problem: str


class VtnFound(msgspec.Struct, frozen=True):
    """The VTN can be asked again."""


class VtnStale(msgspec.Struct, frozen=True):
    """The VTN has said nothing for so long (seconds) that what it said may be wrong by now."""

    age: float


class GridEventUnclear(msgspec.Struct, frozen=True):
    """Something of an event of the VTN becomes nothing of ours, and why."""

    event: str
    problem: str
