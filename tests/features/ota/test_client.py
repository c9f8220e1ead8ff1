"""A device takes an image part by part, asks again where nothing comes, and runs it in time."""

from typing import Any

from msgspec.structs import replace
import pytest

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.ota.client import MOST_TRIES, PATIENCE, OtaClient
from sebridge.features.ota.records import (
    NOT_YET,
    ImageBlockRequestRecord,
    ImageBlockResponseRecord,
    ImageNotifyRecord,
    OtaStatus,
    QueryNextImageRecord,
    QueryNextImageResponseRecord,
    UpgradeEndRequestRecord,
    UpgradeEndResponseRecord,
)
from sebridge.gateway.cluster import Outcome
from sebridge.model.record import Record
from tests.features.ota.files import element, file_of
from tests.features.ota.parts import FILE, FIRMWARE, offer
from tests.gateway.radio_side import NOW, command, peer

SERVER = peer(20)


class Device:
    """A client, and what it runs."""

    def __init__(self, **firmware: Any) -> None:
        self.ran: list[int] = []
        self.client = OtaClient(replace(FIRMWARE, **firmware), self.ran.append)

    def hears(self, record: Record, now: int = NOW, number: int = 20) -> Outcome:
        return self.client.receive(command(record, now, peer(number)))

    def asks(self, record: Record, now: int = NOW, number: int = 20) -> list[Record]:
        return [sending.record for sending in self.hears(record, now, number).sendings]

    def takes(self, data: bytes = FILE, now: int = NOW) -> list[Record]:
        """Take a whole file; return what is asked after the last part."""
        asked = self.asks(offer(len(data)), now)
        for offset in range(0, len(data), 48):
            asked = self.asks(part(data, offset), now)
        return asked


def part(data: bytes = FILE, offset: int = 0, **more: Any) -> ImageBlockResponseRecord:
    fields: Any = {
        "status": 0,
        "manufacturer_code": 0x1234,
        "image_type": 7,
        "file_version": 2,
        "file_offset": offset,
        "image_data": data[offset : offset + 48],
    }
    return ImageBlockResponseRecord(**fields | more)


def runs_at(upgrade_time: int, utc_time: int = NOW) -> UpgradeEndResponseRecord:
    return UpgradeEndResponseRecord(
        manufacturer_code=0x1234,
        image_type=7,
        file_version=2,
        utc_time=utc_time,
        upgrade_time=upgrade_time,
    )


def waits(until: int, period: int = 0) -> ImageBlockResponseRecord:
    return ImageBlockResponseRecord(
        status=0x97, utc_time=NOW, request_time=until, minimum_block_period=period
    )


def test_a_notice_makes_it_ask_for_its_next_image() -> None:
    [asked] = Device(hardware_version=3).asks(ImageNotifyRecord(payload_type=0, query_jitter=100))

    assert asked == QueryNextImageRecord(
        field_control=1,
        manufacturer_code=0x1234,
        image_type=7,
        file_version=1,
        hardware_version=3,
    )


@pytest.mark.parametrize(
    ("told", "asks"),
    [
        ((0x1234, 7, 2), True),
        ((0x1234, 7, 1), False),
        ((0x1234, 8, 2), False),
        ((0x1235, 7, 2), False),
    ],
)
def test_a_notice_may_be_for_others(told: tuple[int, int, int], *, asks: bool) -> None:
    maker, kind, version = told
    notice = ImageNotifyRecord(
        payload_type=3,
        query_jitter=100,
        manufacturer_code=maker,
        image_type=kind,
        file_version=version,
    )

    assert bool(Device().asks(notice)) == asks


@pytest.mark.parametrize(
    "answer",
    [
        QueryNextImageResponseRecord(status=0x98),
        offer().replace(manufacturer_code=1),
        offer().replace(image_type=1),
        offer().replace(file_version=1),
        offer().replace(image_size=0),
        offer().replace(image_size=1 << 30),
    ],
)
def test_what_is_no_image_for_it_is_not_taken(answer: QueryNextImageResponseRecord) -> None:
    assert Device().asks(answer) == []


def test_it_asks_for_one_part_after_the_other() -> None:
    device = Device()

    [first] = device.asks(offer())
    again = device.asks(offer())
    [second] = device.asks(part())

    assert isinstance(first, ImageBlockRequestRecord)
    assert isinstance(second, ImageBlockRequestRecord)
    assert (first.file_offset, second.file_offset, again) == (0, 48, [])
    assert device.client.contents == FILE[:48]
    assert device.client.attributes.read(0x0001).value == 48
    assert device.client.attributes.read(0x0002).value == 1
    assert device.client.attributes.read(0x0009).value == 0


@pytest.mark.parametrize(
    "answer", [part(offset=48), part(file_version=3), part(image_data=b""), runs_at(NOW)]
)
def test_what_is_not_what_it_asked_for_is_not_taken(answer: Record) -> None:
    device = Device()
    device.hears(offer())

    assert device.asks(answer) == []
    assert device.asks(part(), number=21) == []
    assert device.client.contents == b""


def test_nothing_is_taken_that_was_not_begun() -> None:
    device = Device()

    assert device.asks(part()) == device.asks(runs_at(NOW)) == []
    assert device.client.contents == b""
    assert device.client.next_change(NOW) is None
    assert device.client.advance(NOW) == Outcome()


def test_it_waits_as_it_is_told_and_then_asks_less_often() -> None:
    device = Device()
    device.hears(offer())

    [asked] = device.hears(waits(NOW + 10, 500)).sendings
    [then] = device.hears(part(), NOW + 10).sendings

    assert isinstance(asked.record, ImageBlockRequestRecord)
    assert (asked.after, then.after) == (10, 0.5)
    assert device.client.next_change(NOW) == NOW + 10 + PATIENCE
    assert device.client.advance(NOW + 10 + PATIENCE - 1) == Outcome()
    assert device.client.attributes.read(0x0009).value == 500


def test_it_ends_where_the_server_does() -> None:
    device = Device()
    device.hears(offer())

    device.hears(ImageBlockResponseRecord(status=0x95))

    assert device.client.next_change(NOW) is None


def test_it_asks_again_where_nothing_comes_and_gives_up_in_the_end() -> None:
    device = Device()
    device.hears(offer())
    now, asked = NOW, 1

    while (due := device.client.next_change(now)) is not None:
        now = due
        asked += len(device.client.advance(now).sendings)

    assert asked == MOST_TRIES
    assert now == NOW + MOST_TRIES * PATIENCE


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (FILE, OtaStatus.SUCCESS),
        (file_of(contents=element(138), file_version=3), OtaStatus.INVALID_IMAGE),
        (b"x" + FILE[1:], OtaStatus.INVALID_IMAGE),
    ],
)
def test_it_looks_at_what_it_has_before_it_runs_it(data: bytes, status: OtaStatus) -> None:
    device = Device()

    [asked] = device.takes(data)

    assert isinstance(asked, UpgradeEndRequestRecord)
    assert asked.status == status
    assert (device.client.contents == b"") == (status != OtaStatus.SUCCESS)


def test_it_runs_its_image_when_it_is_told_to() -> None:
    device = Device()
    device.takes()

    device.hears(runs_at(NOW + 60))
    late = device.asks(part(offset=192))
    due = device.client.next_change(NOW)
    early = device.client.advance(NOW + 59)
    [asked] = device.client.advance(NOW + 60).sendings

    assert (due, early, late) == (NOW + 60, Outcome(), [])
    assert device.ran == [2]
    assert isinstance(asked.record, QueryNextImageRecord)
    assert asked.record.file_version == device.client.file_version == 2


def test_it_asks_each_hour_when_it_may_run_what_it_has() -> None:
    device = Device()
    device.takes()

    device.hears(runs_at(NOT_YET))
    due = device.client.next_change(NOW)
    [asked] = device.client.advance(NOW + 3_600).sendings
    device.hears(runs_at(0, 0), NOW + 3_600)
    device.client.advance(NOW + 3_600)

    assert due == NOW + 3_600
    assert isinstance(asked.record, UpgradeEndRequestRecord)
    assert device.ran == [2]


def test_no_question_of_a_client_is_answered_by_one() -> None:
    with pytest.raises(UnsupportedCommandError):
        Device().hears(QueryNextImageRecord(manufacturer_code=1, image_type=1, file_version=1))
