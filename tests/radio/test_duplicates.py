"""The same frame again, and the next one like it."""

from hypothesis import given, strategies as st

from sebridge.radio.duplicates import DuplicateFilter


def test_a_frame_is_new_once_within_the_window() -> None:
    duplicates = DuplicateFilter(window=2.0)

    heard = [duplicates.is_new("frame", now) for now in (0.0, 0.5, 1.9, 2.0, 3.0)]

    assert heard == [True, False, False, True, False]


def test_other_frames_do_not_matter() -> None:
    duplicates = DuplicateFilter()

    assert duplicates.is_new("one", 0.0)
    assert duplicates.is_new("two", 0.0)


def test_only_so_many_are_remembered() -> None:
    duplicates = DuplicateFilter(limit=2)

    for frame in ("one", "two", "three"):
        duplicates.is_new(frame, 0.0)

    assert duplicates.is_new("one", 0.0)
    assert not duplicates.is_new("three", 0.0)


def test_a_frame_that_comes_again_later_is_the_newest() -> None:
    duplicates = DuplicateFilter(window=2.0, limit=2)
    steps = [("zero", 1.0), ("one", 1.5), ("two", 3.0), ("one", 3.6), ("three", 3.7)]

    heard = [duplicates.is_new(*step) for step in steps]

    assert heard == [True] * 5
    assert not duplicates.is_new("one", 3.8)
    assert duplicates.is_new("two", 3.9)  # the oldest: it gave way to the third


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1.5)), max_size=60))
def test_nobody_sees_when_old_frames_are_forgotten(steps: list[tuple[int, float]]) -> None:
    duplicates, last_new, now = DuplicateFilter(window=2.0), dict[int, float](), 0.0

    for frame, pause in steps:
        now += pause
        expected = frame not in last_new or last_new[frame] <= now - 2.0
        if expected:
            last_new[frame] = now

        assert duplicates.is_new(frame, now) is expected
