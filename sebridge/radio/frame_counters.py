"""The numbers of the frames under one link key, and which frames are replays (SEC-8). Pure."""

from collections.abc import Callable
from typing import Final

from sebridge.base.errors import DeliveryError
from sebridge.radio.radio import TxStatus

LEAP: Final = 1024
"""How far ahead a restart goes on sending: a number that was used must not come again."""
WINDOW: Final = 64
"""How many frames may overtake another; a number that is further back is a replay."""
_LAST: Final = 0xFFFFFFFF

Keep = Callable[[int, int], object]


class FrameCounters:
    """What was sent and heard under one key.

    `sent` and `heard` are the numbers from which to go on, each 0 for a new key. `keep` is called
    with both: for frames that are sent in leaps, so that a power loss finds the number far enough
    ahead, and for a frame that is heard before anything comes of it. Where both are kept in one
    commit, a replay after a power loss can be only of what left nothing behind.
    """

    def __init__(
        self, sent: int = 0, heard: int = 0, keep: Keep = lambda _sent, _heard: None
    ) -> None:
        self._next = self._kept_sent = sent
        self._heard = heard
        self._recent = (1 << WINDOW) - 1  # bit n: the number n before the highest was heard
        self._keep = keep

    def next_sent(self) -> int:
        """Return the number of the next frame; DeliveryError when a new key is needed."""
        number = self._next
        if number > _LAST:
            raise DeliveryError("the link key is used up", TxStatus.SECURITY_FAIL)
        self._next += 1
        if number >= self._kept_sent:
            self._kept_sent = number + LEAP
            self._keep(self._kept_sent, self._heard)
        return number

    def is_new(self, number: int) -> bool:
        """Take the number of a frame that was heard; False for a replay."""
        ahead = number - self._heard + 1
        if ahead <= 0:
            mark = 1 << -ahead
            if -ahead >= WINDOW or self._recent & mark:
                return False
            self._recent |= mark
            return True
        self._recent = ((self._recent << ahead) | 1) & ((1 << WINDOW) - 1) if ahead < WINDOW else 1
        self._heard = number + 1
        self._keep(self._kept_sent, self._heard)
        return True

    def settle(self) -> None:
        """Keep both as they are: nothing more will be sent or heard."""
        self._kept_sent = self._next
        self._keep(self._kept_sent, self._heard)
