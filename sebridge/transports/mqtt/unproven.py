"""What was sent at QoS 0, until an acknowledgement of something later proves that it arrived. Pure.

A broker takes the packets of a connection in their order. Source: OASIS, MQTT Version 5.0, "Message
ordering".
"""

from typing import Final

MOST_IN_A_ROW: Final = 16
"""Messages at QoS 0 behind each other: the next one is sent at QoS 1, and so proves them."""


class Unproven:
    """Topics whose last payload was sent at QoS 0, each with the message that will prove it.

    `room` is how many more may be sent at QoS 0 now.
    """

    def __init__(self) -> None:
        self.room = MOST_IN_A_ROW
        self._behind: list[str] = []  # nothing at QoS 1 was sent since
        self._before: dict[int, list[str]] = {}  # the identifier of what was sent next at QoS 1

    @property
    def topics(self) -> list[str]:
        """All topics, in the order of sending."""
        return [topic for topics in (*self._before.values(), self._behind) for topic in topics]

    def sent(self, topic: str) -> None:
        """Note that a payload was sent at QoS 0."""
        self._behind.append(topic)
        self.room -= 1

    def followed_by(self, packet: int) -> None:
        """Note that a message was sent at QoS 1."""
        if self._behind:
            self._before[packet] = self._behind
            self._behind = []
            self.room = MOST_IN_A_ROW

    def acknowledged(self, packet: int) -> int:
        """Take the acknowledgement of a message; return how many others that has proven."""
        if packet not in self._before:
            return 0
        number = 0
        for earlier in tuple(self._before):  # in the order of sending
            number += len(self._before.pop(earlier))
            if earlier == packet:
                break
        return number

    def forget(self) -> None:
        """Begin anew, on a new connection."""
        self._behind = []
        self.room = MOST_IN_A_ROW
        self._before.clear()
