"""What servers of a cluster show, kept below their endpoints under the cluster's name."""

from collections.abc import Sequence

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.gateway.reporting.shown_values import ValuesShown
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics
from sebridge.transports.mqtt.value_topics import ValueTopics


class ShownValueTopics:
    """Keeps the newest values of each server; it has only what the server has told.

    `name` is the last level of the topics. They expire as the one of `attribute_ids` does that is
    told most often.
    """

    def __init__(
        self, host: TopicHost, cluster_id: int, name: str, attribute_ids: Sequence[int]
    ) -> None:
        def topic_of(topics: Topics, device: Eui64, endpoint: int) -> str:
            return topics.at_endpoint(device, endpoint, name)

        self._cluster_id = cluster_id
        self._values = ValueTopics(host, topic_of, cluster_id, attribute_ids)
        host.bus.listen(ValuesShown, self._on_values)

    def _on_values(self, signal: ValuesShown) -> None:
        if signal.cluster_id == self._cluster_id:
            body = {**signal.shown, "time": iso_time(signal.time)}
            self._values.publish(signal.device, signal.endpoint, dump(body))
