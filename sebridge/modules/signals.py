"""The news that code of the user has for the world."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """What a cluster of the user puts among the signals of an Outcome to have it told.

    It goes out as the notification of that name, an identifier, with these plain parameters.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
