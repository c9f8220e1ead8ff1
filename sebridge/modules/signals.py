"""The news that code of the user has for the world."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Notice(msgspec.Struct, frozen=True):
    """What a cluster of the user puts among the signals of an Outcome to have it told.

    It goes out as the notification of that name, an identifier, with these plain parameters.
    """

    name: str
    parameters: Mapping[str, Any] = msgspec.field(default_factory=dict)
