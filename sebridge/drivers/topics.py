"""Keep what devices are capable of on topics below their endpoints."""

from collections.abc import Callable, Sequence

from sebridge.drivers.capability import Capability
from sebridge.transports.mqtt.shown_values import ShownValueTopics
from sebridge.transports.mqtt.states import TopicHost


def topics_of(capabilities: Sequence[Capability]) -> Callable[[TopicHost], ShownValueTopics]:
    """Return who builds what keeps the capabilities of a cluster, all on one topic."""
    first = capabilities[0]
    attributes = [one.attribute_id for one in capabilities]
    return lambda host: ShownValueTopics(host, first.cluster_id, first.topic, attributes)


def all_topics_of(
    *clusters: Sequence[Capability],
) -> Callable[[TopicHost], Sequence[ShownValueTopics]]:
    """Return who builds what keeps the capabilities of several clusters."""
    return lambda host: [topics_of(capabilities)(host) for capabilities in clusters]
