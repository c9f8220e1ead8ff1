"""The newest frames of a record, as a report has them."""

from sebridge.api.frames import FrameRecord, GetFramesResponse
from sebridge.app.reported_frames import MOST, reported_frames
from sebridge.base.addresses import NetworkAddress


class Record:
    """Frames with numbers from `first` on, one each second since 1970."""

    def __init__(self, first: int, last: int) -> None:
        self._numbers = range(first, last + 1)
        self.asked = 0

    async def get_frames(self, *, since: int = 0, limit: int = 100) -> GetFramesResponse:
        self.asked += 1
        numbers = [number for number in self._numbers if number > since][:limit]
        return GetFramesResponse(
            frame_list=[frame(number) for number in numbers],
            since=0,
            first_number=self._numbers.start,
            last_number=self._numbers.stop - 1,
            seconds_left=None,
        )


def frame(number: int) -> FrameRecord:
    return FrameRecord(
        number=number,
        time=float(number),
        direction="in",
        network_address=NetworkAddress(1),
        is_broadcast=False,
        source_endpoint_id=1,
        destination_endpoint_id=1,
        profile_id=0x0109,
        cluster_id=0x0702,
        cluster="metering",
        command="",
        enable_aps_encryption=True,
        payload=b"",
    )


async def numbers(record: Record, earliest: float) -> list[int]:
    return [one["number"] for one in await reported_frames(record.get_frames, earliest)]


async def test_nothing_was_recorded() -> None:
    assert await numbers(Record(1, 0), 0) == []


async def test_a_few_frames_are_all_told_once() -> None:
    assert await numbers(Record(7, 306), 0) == list(range(7, 307))


async def test_older_frames_are_left_out_and_not_asked_for() -> None:
    record = Record(1, 9000)

    assert await numbers(record, 8991) == list(range(8991, 9001))
    assert record.asked <= 3


async def test_of_many_the_newest_have_room() -> None:
    assert await numbers(Record(1, 9000), 0) == list(range(9001 - MOST, 9001))
