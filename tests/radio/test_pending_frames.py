"""A few frames of each unknown sender."""

import zigpy.types as t

from sebridge.radio.pending_frames import MOST_FRAMES, MOST_SENDERS, PendingFrames


def test_frames_are_released_in_their_order_and_once() -> None:
    pending = PendingFrames()
    first, second = t.ZigbeePacket(), t.ZigbeePacket()

    assert pending.hold(0x1234, first)
    assert pending.hold(0x1234, second)

    assert 0x1234 in pending
    assert [id(frame) for frame in pending.release(0x1234)] == [id(first), id(second)]
    assert 0x1234 not in pending
    assert pending.release(0x1234) == []


def test_a_sender_cannot_fill_the_table() -> None:
    pending = PendingFrames()

    held = [pending.hold(0x1234, t.ZigbeePacket()) for _ in range(MOST_FRAMES + 1)]

    assert held == [True] * MOST_FRAMES + [False]
    assert pending.hold(0x5678, t.ZigbeePacket())


def test_many_senders_cannot_fill_the_table() -> None:
    pending = PendingFrames()

    held = [pending.hold(nwk, t.ZigbeePacket()) for nwk in range(MOST_SENDERS + 1)]

    assert held == [True] * MOST_SENDERS + [False]
