"""What a feature declares of itself, so that everything else goes through the list of features.

Each folder of `features/` ties what it has by one `FEATURE`, and `app/features.py` lists them.
Nothing else knows a feature by its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sebridge.api.notifications import NotificationType
from sebridge.modules.cluster_class import ClusterClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """All that there is of one feature. `name` is that of its folder.

    `method_groups` are the classes whose marked methods callers may call, `notifications` what it
    tells without being asked. Callers may name its `cluster_classes`, on endpoints of ours, and its
    `records`, which they meet in calls or may send in frames of their own.
    """

    name: str
    method_groups: Sequence[type[Any]] = ()
    notifications: Sequence[NotificationType[Any]] = ()
    cluster_classes: Sequence[ClusterClass] = ()
    records: Sequence[type[Any]] = ()
