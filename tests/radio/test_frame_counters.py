"""Frame counters: every number once, also after a power loss; no frame twice (SEC-8)."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DeliveryError
from sebridge.radio.frame_counters import LEAP, WINDOW, FrameCounters


class Disk:
    """Keeps the last numbers that were told."""

    def __init__(self) -> None:
        self.kept = (0, 0)
        self.writes = 0

    def __call__(self, sent: int, heard: int) -> None:
        self.kept = (sent, heard)
        self.writes += 1


def test_numbers_go_up_by_one() -> None:
    counters = FrameCounters()

    assert [counters.next_sent() for _ in range(3)] == [0, 1, 2]


@given(st.integers(0, 3 * LEAP))
def test_no_number_is_sent_twice_after_a_power_loss(count: int) -> None:
    disk = Disk()
    counters = FrameCounters(keep=disk)
    used = {counters.next_sent() for _ in range(count)}

    restarted = FrameCounters(*disk.kept)

    assert restarted.next_sent() not in used
    assert disk.writes <= count // LEAP + 1


def test_a_clean_stop_wastes_no_numbers() -> None:
    disk = Disk()
    counters = FrameCounters(keep=disk)
    counters.next_sent()
    counters.is_new(41)

    counters.settle()

    assert disk.kept == (1, 42)


def test_a_key_whose_numbers_are_used_up_is_used_no_more() -> None:
    counters = FrameCounters(sent=0xFFFFFFFF)
    assert counters.next_sent() == 0xFFFFFFFF

    with pytest.raises(DeliveryError, match="used up"):
        counters.next_sent()


def test_a_frame_may_overtake_others_but_not_come_twice() -> None:
    counters = FrameCounters()

    assert counters.is_new(5)
    assert not counters.is_new(5)
    assert counters.is_new(7)
    assert counters.is_new(6)
    assert not counters.is_new(6)
    assert counters.is_new(7 + WINDOW)
    assert not counters.is_new(7)
    assert not counters.is_new(0)


@given(st.lists(st.integers(0, 4 * WINDOW)))
def test_no_number_is_taken_twice(numbers: list[int]) -> None:
    counters = FrameCounters()

    taken = [number for number in numbers if counters.is_new(number)]

    assert len(taken) == len(set(taken))
    highest = -1
    for number in numbers:
        if number > highest:
            assert number in taken
            highest = number


@given(st.lists(st.integers(0, 4 * WINDOW), min_size=1))
def test_after_a_power_loss_no_frame_that_was_heard_is_taken_again(numbers: list[int]) -> None:
    disk = Disk()
    counters = FrameCounters(keep=disk)
    for number in numbers:
        counters.is_new(number)

    restarted = FrameCounters(*disk.kept)

    assert not any(restarted.is_new(number) for number in numbers)
    assert restarted.is_new(max(numbers) + 1)
