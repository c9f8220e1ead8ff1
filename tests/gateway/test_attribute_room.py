"""How many attributes of devices are kept, and which of them make room for others."""

from collections import Counter

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.gateway.attribute_room import FROM_BEFORE, MOST_OF_ONE, AttributeRoom
from tests.gateway.radio_side import address

METER, OTHER = address(1), address(2)


def full_of(usefulness: int, number: int = 4) -> AttributeRoom:
    room = AttributeRoom(most_of_one=number, most_of_all=100)
    for n in range(number):
        assert room.take(METER, f"{usefulness}/{n}", usefulness) == []
    return room


def test_what_is_kept_already_needs_no_room() -> None:
    room = full_of(0)

    assert room.take(METER, "0/2", 0) == []
    assert len(room) == 4
    assert room.left_out == 0


def test_what_is_no_more_useful_than_the_others_is_left_out_and_told() -> None:
    room = full_of(1)

    refused = [room.take(METER, f"new/{n}", useful) for n, useful in enumerate((1, 0, 1))]

    assert refused == [None] * 3
    assert (len(room), room.left_out, room.crowded) == (4, 3, (METER,))


@pytest.mark.parametrize(("before", "after"), [(0, 1), (1, 2), (2, 3), (FROM_BEFORE, 0)])
def test_the_less_useful_makes_room_for_the_more_useful(before: int, after: int) -> None:
    room = full_of(before)

    gone = [room.take(METER, f"new/{n}", after) for n in range(5)]

    assert gone == [[(METER, f"{before}/{n}")] for n in range(4)] + [None]
    assert len(room) == 4


def test_what_an_earlier_run_kept_is_as_useful_as_it_is_once_it_is_reported_again() -> None:
    room = full_of(FROM_BEFORE)
    room.take(METER, "-1/0", 3)

    gone = [room.take(METER, f"new/{n}", 3) for n in range(4)]

    assert gone == [[(METER, "-1/1")], [(METER, "-1/2")], [(METER, "-1/3")], None]


def test_where_all_together_are_too_many_who_has_most_gives_one_up() -> None:
    room = AttributeRoom(most_of_one=10, most_of_all=8)
    for n in range(8):
        room.take(METER, f"{n}", n % 2)

    gone = [room.take(OTHER, f"{n}", 0) for n in range(5)]

    assert gone == [[(METER, "0")], [(METER, "2")], [(METER, "4")], [(METER, "6")], None]
    assert (len(room), room.crowded) == (8, (OTHER,))


def test_a_device_that_is_forgotten_leaves_its_room() -> None:
    room = full_of(1)
    room.take(METER, "one more", 1)

    room.forget(METER)
    room.forget(OTHER)

    assert (len(room), room.crowded) == (0, ())
    assert room.take(METER, "one more", 1) == []


def test_100_000_invented_attributes_leave_those_that_the_device_has_told_of() -> None:
    room = AttributeRoom()
    for n in range(20):
        room.take(METER, f"described/{n}", 3)

    for n in range(100_000):
        room.take(METER, f"invented/{n}", 0)
    late = room.take(METER, "described/late", 3)

    assert len(room) == MOST_OF_ONE
    assert room.left_out == 100_000 - (MOST_OF_ONE - 20)
    assert late == [(METER, "invented/0")]
    assert room.take(METER, "described/7", 3) == []


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(0, 30), st.integers(-1, 3) | st.none()),
        max_size=200,
    )
)
def test_there_is_never_more_than_the_room_and_what_goes_was_there(
    attributes: list[tuple[int, int, int | None]],
) -> None:
    room = AttributeRoom(most_of_one=8, most_of_all=20)
    kept: set[tuple[Eui64, str]] = set()

    for number, name, usefulness in attributes:
        device = address(number)
        if usefulness is None:
            room.forget(device)
            kept -= {one for one in kept if one[0] == device}
            continue
        gone = room.take(device, str(name), usefulness)
        if gone is not None:
            assert set(gone) <= kept
            kept = (kept - set(gone)) | {(device, str(name))}

        assert len(room) == len(kept) <= 20
        assert max(Counter(owner for owner, _ in kept).values(), default=0) <= 8


def test_what_is_given_up_makes_room() -> None:
    room = AttributeRoom(most_of_one=1)
    room.take(address(1), "a", 1)

    room.give_up(address(1), "a")
    room.give_up(address(1), "never kept")
    room.give_up(address(2), "a")

    assert len(room) == 0
    assert room.take(address(1), "b", 1) == []
