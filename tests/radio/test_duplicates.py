"""The same frame again, and the next one like it."""

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
