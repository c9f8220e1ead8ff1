"""Who is told of whatever is published."""

from typing import Protocol


class Follower(Protocol):
    """Takes each payload as it goes out; `is_kept` says whether the topic keeps it (retained)."""

    def __call__(self, topic: str, payload: bytes, *, is_kept: bool) -> object:
        """Take a payload."""
