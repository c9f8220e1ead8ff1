"""A few frames of each unknown sender."""

import zigpy.types as t

from sebridge.radio.waiting_room import MOST_FRAMES, MOST_SENDERS, WaitingRoom


def test_frames_are_released_in_their_order_and_once() -> None:
    room = WaitingRoom()
    first, second = t.ZigbeePacket(), t.ZigbeePacket()

    assert room.hold(0x1234, first)
    assert room.hold(0x1234, second)

    assert 0x1234 in room
    assert [id(frame) for frame in room.release(0x1234)] == [id(first), id(second)]
    assert 0x1234 not in room
    assert room.release(0x1234) == []


def test_a_sender_cannot_fill_the_room() -> None:
    room = WaitingRoom()

    held = [room.hold(0x1234, t.ZigbeePacket()) for _ in range(MOST_FRAMES + 1)]

    assert held == [True] * MOST_FRAMES + [False]
    assert room.hold(0x5678, t.ZigbeePacket())


def test_many_senders_cannot_fill_the_room() -> None:
    room = WaitingRoom()

    held = [room.hold(nwk, t.ZigbeePacket()) for nwk in range(MOST_SENDERS + 1)]

    assert held == [True] * MOST_SENDERS + [False]
