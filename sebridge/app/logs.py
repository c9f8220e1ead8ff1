"""The log on its topic, and how far the frames are: for pages that are open, the log for others."""

from collections.abc import Callable, Sequence
from typing import Final

from sebridge.api.log import LogLine
from sebridge.app.log_memory import LogMemory
from sebridge.app.ports import BrokerLink
from sebridge.base.follower import Follower
from sebridge.model.plain import to_plain
from sebridge.radio.frame_recorder import FrameRecorder
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.topics import Topics

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


class PublishedAndRecorded:
    """What a gateway publishes, and besides, for pages alone, what it records.

    On the topic of its log that is every record, published or not; on `frames` the number of the
    newest frame, by which a page learns that there are others to ask for.
    """

    def __init__(
        self, broker: BrokerLink, log: LogMemory, recorder: FrameRecorder, topics: Topics
    ) -> None:
        self._broker = broker
        self._log = log
        self._recorder = recorder
        self._topic = topics.log
        self._frames = topics.frames

    def follow(self, follower: Follower) -> Callable[[], object]:
        """Tell of whatever is published or recorded, until what is returned is called."""

        def published(topic: str, payload: bytes, *, is_kept: bool) -> None:
            if topic != self._topic:
                follower(topic, payload, is_kept=is_kept)

        def logged(line: LogLine) -> None:
            follower(self._topic, _payload(line), is_kept=False)

        def heard() -> None:
            follower(self._frames, b"", is_kept=True)

        endings = (
            self._broker.follow(published),
            self._log.follow(logged),
            self._recorder.follow(heard),
        )

        def unfollow() -> None:
            for end in endings:
                end()

        return unfollow

    def payload_on(self, topic: str) -> bytes:
        """Return what is kept on a topic; empty where nothing is."""
        if topic == self._frames:
            return dump({"last_number": self._recorder.numbers.stop - 1})
        return self._broker.payload_on(topic)

    def kept_below(self, branch: str) -> Sequence[str]:
        """Return the topics at or below the branch that are kept."""
        return (*self._broker.kept_below(branch), self._frames)


def _payload(line: LogLine) -> bytes:
    return dump(to_plain(line))
