"""The record of frames: what is kept of them, for how long, and what it takes when nobody looks."""

import asyncio
from collections.abc import Callable

import pytest

from sebridge.base.addresses import Broadcast
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError
from sebridge.radio.frame_recorder import MOST_FRAMES, MOST_OCTETS, FrameRecorder
from sebridge.radio.heard import Heard
from sebridge.radio.radio import Outgoing, TxStatus
from sebridge.settings.simulator_options import AirOptions
from tests.radio.simulated_air import METER, METERING, SE, Air, report


def heard(data: bytes = b"\x18\x01\x0a") -> Heard:
    return Heard(0x1234, SE, METERING, 9, 0x5E, data, encrypted=True, lqi=200, rssi=-60)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def recorder(clock: VirtualClock) -> FrameRecorder:
    recorder = FrameRecorder(clock)
    recorder.record(None)
    return recorder


def test_a_recorder_is_off_until_it_is_told_to_record(clock: VirtualClock) -> None:
    recorder = FrameRecorder(clock)

    assert not recorder.is_on
    assert recorder.seconds_left == 0
    assert list(recorder.numbers) == []


def test_a_frame_that_was_heard_has_all_that_the_radio_told(recorder: FrameRecorder) -> None:
    recorder.heard(METER, 0x1234, heard())

    frame = recorder.frame(1)
    assert frame is not None
    assert (frame.device, frame.nwk, frame.is_incoming) == (METER, 0x1234, True)
    assert (frame.profile_id, frame.cluster_id) == (SE, METERING)
    assert (frame.source_endpoint, frame.destination_endpoint) == (9, 0x5E)
    assert (frame.encrypted, frame.broadcast, frame.lqi, frame.rssi) == (True, False, 200, -60)
    assert frame.data == b"\x18\x01\x0a"


async def test_recording_ends_by_itself(clock: VirtualClock) -> None:
    recorder = FrameRecorder(clock)
    recorder.record(10)
    await clock.advance(4)
    recorder.heard(METER, 0x1234, heard())
    left = recorder.seconds_left
    await clock.advance(6)
    recorder.heard(METER, 0x1234, heard())

    assert left == 6
    assert list(recorder.numbers) == [1]
    assert not recorder.is_on
    assert recorder.seconds_left == 0


async def test_what_is_recorded_stays_when_recording_ends(recorder: FrameRecorder) -> None:
    recorder.heard(METER, 0x1234, heard())
    recorder.record(0)

    assert not recorder.is_on
    assert [frame.number for frame in recorder.since(0)] == [1]


def test_the_oldest_frames_go_where_there_are_too_many(recorder: FrameRecorder) -> None:
    for _ in range(MOST_FRAMES + 3):
        recorder.heard(METER, 0x1234, heard())

    assert (recorder.numbers.start, recorder.numbers.stop) == (4, MOST_FRAMES + 4)
    assert recorder.frame(3) is None
    assert [frame.number for frame in recorder.since(MOST_FRAMES + 1)] == [10_002, 10_003]
    assert len(recorder.since(0)) == MOST_FRAMES


def test_the_oldest_frames_go_where_they_have_too_many_octets(recorder: FrameRecorder) -> None:
    for _ in range(5):
        recorder.heard(METER, 0x1234, heard(bytes(MOST_OCTETS // 4)))

    assert list(recorder.numbers) == [2, 3, 4, 5]


def test_who_forgets_the_frames_goes_on_counting(recorder: FrameRecorder) -> None:
    recorder.heard(METER, 0x1234, heard())
    recorder.clear()
    recorder.heard(METER, 0x1234, heard())

    assert [frame.number for frame in recorder.since(0)] == [2]


# ------------------------------------------------------------------ the radios that record


async def test_both_ways_of_a_conversation_are_recorded(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    air.radio.recorder.record(None)

    await air.radio.send(report(METER, encrypted=True))
    await meter.send(report(air.gateway))
    await meter.send(Outgoing(air.gateway, 0, 0x0002, 0, 0, b"\x07\x00\x00"))
    await air.clock.settle()

    sent, came, question, answer = air.radio.recorder.since(0)
    assert (sent.is_incoming, sent.device, sent.encrypted) == (False, METER, True)
    assert sent.status == TxStatus.SUCCESS
    assert (came.is_incoming, came.device, came.encrypted) == (True, METER, False)
    assert came.lqi is not None
    # questions about the gateway itself end in its radio
    assert (question.cluster_id, answer.cluster_id) == (0x0002, 0x8002)


async def test_what_nobody_acknowledges_is_recorded_with_its_status(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    await meter.stop()
    air.radio.recorder.record(None)

    with pytest.raises(DeliveryError):
        await air.radio.send(report(METER))

    assert [frame.status for frame in air.radio.recorder.since(0)] == [TxStatus.NO_ACK]


async def test_a_frame_is_under_way_until_it_is_acknowledged(air: Air) -> None:
    recorder = air.radio.recorder
    recorder.record(None)

    recorder.sent(METER, 0x1234, report(METER), broadcast=False)

    assert [frame.status for frame in recorder.since(0)] == [None]


async def test_a_broadcast_is_recorded_without_a_device(air: Air) -> None:
    air.radio.recorder.record(None)

    await air.radio.send(report(Broadcast.LISTENING))

    (frame,) = air.radio.recorder.since(0)
    assert (frame.device, frame.nwk, frame.broadcast) == (None, Broadcast.LISTENING, True)
    assert frame.status == TxStatus.SUCCESS


async def test_the_radio_of_one_that_joined_records_as_well(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    meter.recorder.record(None)

    await meter.send(report(air.gateway))
    await meter.send(report(Broadcast.ALL))
    await air.radio.send(report(METER))
    await air.clock.settle()

    frames = meter.recorder.since(0)
    assert [(frame.is_incoming, frame.device) for frame in frames] == [
        (False, air.gateway),
        (False, None),
        (True, air.gateway),
    ]
    assert [frame.status for frame in frames] == [TxStatus.SUCCESS, TxStatus.SUCCESS, None]


async def test_one_that_joined_records_what_does_not_arrive(
    bad_air: Callable[[AirOptions], Air],
) -> None:
    air = bad_air(AirOptions(loss=1.0, delay=0))
    await air.radio.start(air.ears)
    meter = air.station()
    await air.join(meter)
    meter.recorder.record(None)

    sending = asyncio.ensure_future(meter.send(report(air.gateway)))
    await air.clock.advance(1)
    with pytest.raises(DeliveryError):
        await sending

    assert [frame.status for frame in meter.recorder.since(0)] == [TxStatus.NO_ACK]
