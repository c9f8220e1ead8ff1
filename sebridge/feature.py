"""What a feature declares of itself, so that everything else goes through the list of features.

Each folder of `features/` ties what it has by one `FEATURE`, and `app/features.py` lists them.
Nothing else knows a feature by its name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sebridge.api.notifications import NotificationType
from sebridge.homeassistant.entity import Entities, EntityHost
from sebridge.modules.cluster_class import ClusterClass
from sebridge.simulator.vocabulary import Simulate
from sebridge.transports.mqtt.states import TopicHost


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """All that there is of one feature. `name` is that of its folder.

    `told_as` is the word by which the topic `info` tells that the gateway has it, if it does.
    `method_groups` are the classes whose marked methods callers may call, `notifications` what it
    tells without being asked. Callers may name its `cluster_classes`, on endpoints of ours, and its
    `records`, which they meet in calls or may send in frames of their own.
    `topics` builds what keeps the feature's topics on MQTT; from then on it goes by signals.
    `entities` builds who says which components Home Assistant shows because of the feature.
    `simulated` gives what a simulated device does of the feature, of each kind that takes part.
    """

    name: str
    told_as: str | None = None
    method_groups: Sequence[type[Any]] = ()
    notifications: Sequence[NotificationType[Any]] = ()
    cluster_classes: Sequence[ClusterClass] = ()
    records: Sequence[type[Any]] = ()
    topics: Callable[[TopicHost], object] | None = None
    entities: Callable[[EntityHost], Entities] | None = None
    simulated: Simulate | None = None
