"""The log on its topic: for the broker where it is wanted there, and for pages that are open."""

from collections.abc import Callable, Sequence
from typing import Final

from sebridge.api.log import LogLine
from sebridge.app.log_memory import LogMemory
from sebridge.app.ports import BrokerLink
from sebridge.base.follower import Follower
from sebridge.model.plain import to_plain
from sebridge.rpc.json_codec import dump

_TOO_FINE: Final = "debug"


class LogTopic:
    """Where the broker hears the log."""

    def __init__(self, broker: BrokerLink, topic: str) -> None:
        self._broker = broker
        self._topic = topic
        self._inside = False

    def publish(self, line: LogLine) -> None:
        """Publish a record, unless it tells of the publishing itself, or is one to find bugs by."""
        if self._inside or line.level == _TOO_FINE:
            return
        self._inside = True
        try:
            self._broker.publish(self._topic, _payload(line), retain=False)
        finally:
            self._inside = False


class PublishedAndLogged:
    """What a gateway publishes, and on the topic of its log every record, published or not."""

    def __init__(self, broker: BrokerLink, log: LogMemory, topic: str) -> None:
        self._broker = broker
        self._log = log
        self._topic = topic

    def follow(self, follower: Follower) -> Callable[[], object]:
        """Tell of whatever is published or logged, until what is returned is called."""

        def published(topic: str, payload: bytes, *, is_kept: bool) -> None:
            if topic != self._topic:
                follower(topic, payload, is_kept=is_kept)

        def logged(line: LogLine) -> None:
            follower(self._topic, _payload(line), is_kept=False)

        endings = (self._broker.follow(published), self._log.follow(logged))

        def unfollow() -> None:
            for end in endings:
                end()

        return unfollow

    def payload_on(self, topic: str) -> bytes:
        """Return what is kept on a topic; empty where nothing is."""
        return self._broker.payload_on(topic)

    def kept_below(self, branch: str) -> Sequence[str]:
        """Return the topics at or below the branch that are kept."""
        return self._broker.kept_below(branch)


def _payload(line: LogLine) -> bytes:
    return dump(to_plain(line))
