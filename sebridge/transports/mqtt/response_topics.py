"""Where answers may go when a caller says so (MQTT 5, Response Topic). Pure."""

from typing import Final

from sebridge.transports.mqtt.messages import is_topic
from sebridge.transports.mqtt.topics import Topics

_MOST_LEVELS: Final = 16
_MOST_OCTETS: Final = 256


class ResponseTopics:
    """Says of a response topic what is wrong with it.

    An answer is published with the rights of the bridge, so a caller could have it write where the
    caller may not: over the state of this gateway or another, or into Home Assistant's discovery.
    """

    def __init__(self, topics: Topics, discovery_prefix: str) -> None:
        self._topics = topics
        self._discovery = f"{discovery_prefix}/"
        self._ours = (topics.response, topics.document_reply)

    def problem(self, topic: str, *, of_document: bool = False) -> str | None:
        """Return why no answer is sent there; None when it may be.

        `of_document` says that the answer is an RCI document: such a one may go where another
        gateway of the fleet takes the replies to what it asked.
        """
        if topic.count("/") >= _MOST_LEVELS:
            return f"has more than {_MOST_LEVELS} levels"
        if len(topic.encode(errors="replace")) > _MOST_OCTETS:
            return f"has more than {_MOST_OCTETS} octets"
        if not is_topic(topic) or topic.startswith("$"):
            return "is no topic to publish to"
        if topic.startswith(self._discovery):
            return "belongs to Home Assistant's discovery"
        if topic.startswith(f"{self._topics.base}/") and not self._is_for_answers(
            topic, of_document=of_document
        ):
            return "belongs to a gateway and is not for answers"
        return None

    def _is_for_answers(self, topic: str, *, of_document: bool) -> bool:
        if any(topic == own or topic.startswith(f"{own}/") for own in self._ours):
            return True
        return of_document and self._topics.is_fleet_reply(topic)
