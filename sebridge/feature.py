"""What a feature declares of itself, so that everything else goes through the list of features.

Each folder of `features/` ties what it has by one `FEATURE`, and `app/features.py` lists them.
Nothing else knows a feature by its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sebridge.api.notifications import NotificationType


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """All that there is of one feature. `name` is that of its folder.

    `notifications` are what it tells without being asked.
    """

    name: str
    notifications: Sequence[NotificationType[Any]] = ()
