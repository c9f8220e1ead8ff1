"""Messages that come in several frames."""

from hypothesis import given, strategies as st

from sebridge.radio.ezsp_fragments import (
    KEPT_FOR,
    MOST_FRAGMENTS,
    MOST_MESSAGES,
    Fragment,
    Fragments,
)
from sebridge.radio.heard import Heard


def part(place: int, parts: int = 3, sequence: int = 1, data: bytes | None = None) -> Fragment:
    heard = Heard(0x1234, 0x0109, 0x0702, 0x0A, 0x5E, data or bytes((place,)), encrypted=True)
    return Fragment(heard, sequence, 0x8020, place, parts if place == 0 else 0)


@given(st.permutations(range(5)), st.lists(st.integers(0, 4), max_size=4))
def test_a_message_is_whole_once_all_its_parts_are_there(
    order: list[int], again: list[int]
) -> None:
    fragments = Fragments()
    *first, last = order

    for place in (*first, *(n for n in again if n != last)):
        assert fragments.take(part(place, 5), 0.0) is None
    whole = fragments.take(part(last, 5), 0.0)

    assert whole is not None
    assert (whole.data, whole.encrypted) == (bytes(range(5)), True)


def test_messages_of_the_same_sender_are_told_apart() -> None:
    fragments = Fragments()
    fragments.take(part(0, 2, sequence=1), 0.0)

    assert fragments.take(part(1, 2, sequence=2), 0.0) is None


def test_what_stays_incomplete_is_forgotten() -> None:
    fragments = Fragments()
    fragments.take(part(0, 2), 0.0)

    assert fragments.take(part(1, 2), KEPT_FOR) is None


def test_the_oldest_gives_way_where_too_many_are_incomplete() -> None:
    fragments = Fragments()
    for sequence in range(MOST_MESSAGES + 1):
        fragments.take(part(0, 2, sequence), 0.0)

    assert fragments.take(part(1, 2, 0), 0.0) is None
    assert fragments.take(part(1, 2, MOST_MESSAGES), 0.0) is not None


def test_a_message_of_too_many_parts_is_not_kept() -> None:
    fragments = Fragments()

    assert fragments.take(part(0, MOST_FRAGMENTS + 1), 0.0) is None
    assert fragments.take(part(MOST_FRAGMENTS), 0.0) is None
    fragments.take(part(0, 1 + 1), 0.0)
    assert fragments.take(part(1), 0.0) is not None
