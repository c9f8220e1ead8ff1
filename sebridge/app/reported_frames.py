"""The newest recorded frames, as a support report has them."""

from typing import Any, Final, Protocol

from sebridge.api.frames import FrameRecord, GetFramesResponse
from sebridge.model.plain import to_plain

MOST: Final = 1000
"""Frames: so many have room in a report."""

_PAGE: Final = 250


class GetFrames(Protocol):
    """The RPC method of that name."""

    async def __call__(self, *, since: int = 0, limit: int = 100) -> GetFramesResponse:
        """Return recorded frames with higher numbers, the oldest first."""


async def reported_frames(get_frames: GetFrames, earliest: float) -> list[dict[str, Any]]:
    """Return the frames since a time (UTC since 1970) without keys, the oldest first.

    They are taken from the newest on, some at a time, so that nobody waits for all.
    """
    last = (await get_frames(limit=1)).last_number
    found: list[FrameRecord] = []
    while len(found) < MOST:
        page = (await get_frames(since=max(last - _PAGE, 0), limit=_PAGE)).frame_list
        frames = [frame for frame in page if frame.number <= last and frame.time >= earliest]
        if not frames:
            break
        found[:0] = frames
        last = frames[0].number - 1
    return [to_plain(frame) for frame in found[-MOST:]]
