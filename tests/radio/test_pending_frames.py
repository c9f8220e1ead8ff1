"""A few frames of each unknown sender."""

from sebridge.radio.heard import Heard
from sebridge.radio.pending_frames import MOST_FRAMES, MOST_SENDERS, PendingFrames


def a_frame(nwk: int = 0x1234) -> Heard:
    return Heard(nwk, 0x0109, 0x0702, 0x0A, 0x5E, b"data")


def test_frames_are_released_in_their_order_and_once() -> None:
    pending = PendingFrames()
    first, second = a_frame(), a_frame()

    assert pending.hold(first)
    assert pending.hold(second)

    assert 0x1234 in pending
    assert [id(frame) for frame in pending.release(0x1234)] == [id(first), id(second)]
    assert 0x1234 not in pending
    assert pending.release(0x1234) == []


def test_a_sender_cannot_fill_the_table() -> None:
    pending = PendingFrames()

    held = [pending.hold(a_frame()) for _ in range(MOST_FRAMES + 1)]

    assert held == [True] * MOST_FRAMES + [False]
    assert pending.hold(a_frame(0x5678))


def test_many_senders_cannot_fill_the_table() -> None:
    pending = PendingFrames()

    held = [pending.hold(a_frame(nwk)) for nwk in range(MOST_SENDERS + 1)]

    assert held == [True] * MOST_SENDERS + [False]
