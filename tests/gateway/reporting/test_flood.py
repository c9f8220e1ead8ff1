"""Which devices flood: so many reports in ten seconds are taken, and no more."""

from hypothesis import given, strategies as st

from sebridge.base.addresses import Eui64
from sebridge.gateway.reporting.flood import TURN, Floods
from tests.gateway.radio_side import address

MOST = 5
FLOODER, OTHER = address(1), address(2)


def floods(most: int = MOST) -> Floods:
    return Floods(lambda: most, began=lambda _device: None)


def tell(one: Floods, device: Eui64, number: int, now: float) -> int:
    """Have a device report so often; return how many are taken."""
    return sum(one.admits(device, now) for _ in range(number))


def test_as_many_as_may_be_are_taken_of_each_device() -> None:
    one = floods()

    taken = [tell(one, FLOODER, MOST, 0.0), tell(one, OTHER, MOST, 0.0)]

    assert taken == [MOST, MOST]
    assert (one.held_back, one.flooding) == (0, {})


def test_what_comes_beyond_that_is_not_taken_and_its_device_floods() -> None:
    began: list[Eui64] = []
    one = Floods(lambda: MOST, began.append)

    taken = [tell(one, FLOODER, MOST + 3, 0.0), tell(one, OTHER, 1, 0.0)]

    assert taken == [MOST, 1]
    assert began == [FLOODER]
    assert (one.held_back, one.flooding) == (3, {FLOODER: MOST + 3})


def test_a_calm_device_is_counted_anew_in_each_turn() -> None:
    one = floods()

    taken = [tell(one, FLOODER, MOST, turn * TURN) for turn in range(3)]

    assert taken == 3 * [MOST]
    assert not one.flooding


def test_a_device_floods_until_it_has_kept_to_it_for_a_whole_turn() -> None:
    one = floods()
    tell(one, FLOODER, MOST + 2, 0.0)
    ended = [one.ended(TURN - 1), one.ended(TURN)]
    taken = tell(one, FLOODER, MOST + 1, TURN + 1)
    ended.append(one.ended(2 * TURN))
    still = dict(one.flooding)
    tell(one, FLOODER, MOST, 2 * TURN + 1)

    ended.append(one.ended(3 * TURN))

    assert ended == [[], [], [], [FLOODER]]
    assert taken == MOST
    assert still == {FLOODER: MOST + 2}
    assert not one.flooding


def test_whoever_is_removed_floods_no_more() -> None:
    one = floods()
    tell(one, FLOODER, MOST + 2, 0.0)

    one.forget(FLOODER)
    one.forget(OTHER)

    assert not one.flooding
    assert tell(one, FLOODER, 1, 1.0) == 1


def test_with_none_as_the_most_all_is_taken_also_when_that_comes_in_a_flood() -> None:
    most = [MOST]
    one = Floods(lambda: most[0], began=lambda _device: None)
    tell(one, FLOODER, MOST + 2, 0.0)

    most[0] = 0

    assert tell(one, FLOODER, 1000, 1.0) == 1000
    assert one.ended(TURN) == [FLOODER]


def test_a_lower_number_holds_from_the_next_turn_on_and_a_higher_one_at_once() -> None:
    most = [MOST]
    one = Floods(lambda: most[0], began=lambda _device: None)
    tell(one, FLOODER, 1, 0.0)

    most[0] = 2
    lower = [tell(one, FLOODER, MOST - 1, 1.0), tell(one, FLOODER, MOST, TURN)]
    most[0] = 3

    assert lower == [MOST - 1, 2]
    assert tell(one, OTHER, MOST, TURN + 1) == 3


@given(
    st.lists(
        st.tuples(st.floats(0.0, 4.0), st.sampled_from([FLOODER, OTHER]), st.integers(0, 9)),
        max_size=40,
    )
)
def test_never_more_than_that_is_taken_in_a_turn_and_the_calm_lose_nothing(
    steps: list[tuple[float, Eui64, int]],
) -> None:
    one, now, began = floods(), 0.0, 0.0
    taken: dict[Eui64, int] = {}
    offered: dict[Eui64, int] = {}

    for pause, device, number in steps:
        now += pause
        one.ended(now)
        if one.turn_ends - TURN > began:
            began, taken, offered = one.turn_ends - TURN, {}, {}
        taken[device] = taken.get(device, 0) + tell(one, device, number, now)
        offered[device] = offered.get(device, 0) + number

        assert taken[device] == min(offered[device], MOST)
        assert offered[device] <= MOST or device in one.flooding
