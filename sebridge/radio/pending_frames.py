"""Frames whose sender's EUI-64 is not known yet."""

from typing import Final

from sebridge.radio.heard import Heard

MOST_SENDERS: Final = 32
MOST_FRAMES: Final = 8  # of one sender


class PendingFrames:
    """Hold a few frames of each unknown sender until somebody finds out who it is."""

    def __init__(self) -> None:
        self._frames: dict[int, list[Heard]] = {}

    def __contains__(self, nwk: int) -> bool:
        return nwk in self._frames

    def hold(self, frame: Heard) -> bool:
        """Keep a frame; False when there is no room for it."""
        frames = self._frames.get(frame.nwk)
        if frames is None:
            if len(self._frames) >= MOST_SENDERS:
                return False
            frames = self._frames[frame.nwk] = []
        if len(frames) >= MOST_FRAMES:
            return False
        frames.append(frame)
        return True

    def release(self, nwk: int) -> list[Heard]:
        """Return what was held of a sender, in its order, and hold it no more."""
        return self._frames.pop(nwk, [])
