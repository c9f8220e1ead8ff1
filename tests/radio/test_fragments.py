"""Messages that go and come in several frames."""

from hypothesis import given, strategies as st

from sebridge.radio.fragments import (
    KEPT_FOR,
    MOST_FRAGMENTS,
    MOST_MESSAGES,
    Fragments,
    Part,
    cut,
)


def take(
    fragments: Fragments, place: int, parts: int = 3, sequence: int = 1, now: float = 0.0
) -> bytes | None:
    part = Part(sequence, place, parts if place == 0 else 0)
    return fragments.take("meter", part, bytes((place,)), now)


@given(st.binary(max_size=300), st.integers(1, 80))
def test_what_was_cut_is_put_together(data: bytes, longest: int) -> None:
    parts = cut(data, longest)

    assert b"".join(parts) == data
    assert all(len(part) == longest for part in parts[:-1])
    assert all(0 < len(part) <= longest for part in parts)


@given(st.permutations(range(5)), st.lists(st.integers(0, 4), max_size=4))
def test_a_message_is_whole_once_all_its_parts_are_there(
    order: list[int], again: list[int]
) -> None:
    fragments = Fragments()
    *first, last = order

    for place in (*first, *(n for n in again if n != last)):
        assert take(fragments, place, 5) is None

    assert take(fragments, last, 5) == bytes(range(5))


def test_messages_of_the_same_sender_are_told_apart() -> None:
    fragments = Fragments()
    take(fragments, 0, 2, sequence=1)

    assert take(fragments, 1, 2, sequence=2) is None


def test_messages_with_the_same_counter_are_told_apart() -> None:
    fragments = Fragments()
    fragments.take("meter", Part(1, 0, 2), b"a", 0.0)

    assert fragments.take("display", Part(1, 1, 2), b"b", 0.0) is None
    assert fragments.take("meter", Part(1, 1, 2), b"b", 0.0) == b"ab"


def test_what_stays_incomplete_is_forgotten() -> None:
    fragments = Fragments()
    take(fragments, 0, 2)

    assert take(fragments, 1, 2, now=KEPT_FOR) is None


def test_the_oldest_gives_way_where_too_many_are_incomplete() -> None:
    fragments = Fragments()
    for sequence in range(MOST_MESSAGES + 1):
        take(fragments, 0, 2, sequence)

    assert take(fragments, 1, 2, 0) is None
    assert take(fragments, 1, 2, MOST_MESSAGES) is not None


def test_a_message_of_too_many_parts_is_not_kept() -> None:
    fragments = Fragments()

    assert take(fragments, 0, MOST_FRAGMENTS + 1) is None
    assert take(fragments, MOST_FRAGMENTS) is None
    take(fragments, 0, 1 + 1)
    assert take(fragments, 1) is not None
