"""Where events are looked for."""

from msgspec.structs import replace

from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.overlap_index import OverlapIndex

EVENT = ScheduledEvent(event_id=1, start=100, end=200, record="r", received=0)


def _hour(number: int) -> ScheduledEvent[str]:
    return replace(EVENT, event_id=number, start=number * 100, end=number * 100 + 100)


def test_near_an_event_are_those_inside_it_and_the_one_before() -> None:
    lanes = OverlapIndex(Policy.PRICE)
    for number in range(10):
        lanes.add(_hour(number))

    near = lanes.near(replace(EVENT, event_id=99, start=350, end=500))

    assert list(near) == [3, 4]


def test_an_open_ended_event_is_near_to_all_that_follow() -> None:
    lanes = OverlapIndex(Policy.PRICE)
    for number in range(4):
        lanes.add(_hour(number))

    near = lanes.near(replace(EVENT, event_id=99, start=200, end=None))

    assert list(near) == [1, 2, 3]


def test_a_removed_event_is_not_found_and_its_lane_goes() -> None:
    lanes = OverlapIndex(Policy.LOAD_CONTROL)
    event = replace(EVENT, classes=0b111, superseded=0b010)
    lanes.add(event)

    assert list(lanes.near(replace(EVENT, event_id=2, classes=0b010))) == []
    lanes.remove(event)

    assert list(lanes.near(event)) == []


def test_groups_have_lanes_of_their_own_and_group_0_sees_all() -> None:
    lanes = OverlapIndex(Policy.LOAD_CONTROL)
    for number, group in enumerate([0, 5, 6], start=1):
        lanes.add(replace(EVENT, event_id=number, classes=1, group=group))
    asked = replace(EVENT, event_id=99, classes=1)

    assert set(lanes.near(replace(asked, group=5))) == {1, 2}
    assert set(lanes.near(replace(asked, group=0))) == {1, 2, 3}
    assert set(lanes.near(replace(asked, classes=2))) == set()


def test_servers_have_lanes_of_their_own() -> None:
    lanes = OverlapIndex(Policy.PRICE)
    lanes.add(replace(EVENT, source=None))
    lanes.add(replace(EVENT, event_id=2, source=0))

    assert list(lanes.near(replace(EVENT, event_id=9, source=None))) == [1]
    assert list(lanes.near(replace(EVENT, event_id=9, source=0))) == [2]


def test_beside_an_event_are_the_next_ones_on_both_sides() -> None:
    lanes = OverlapIndex(Policy.LOAD_CONTROL)
    for number in (1, 2, 4, 5):
        lanes.add(replace(_hour(number), classes=1))

    assert set(lanes.beside(replace(_hour(3), classes=1))) == {2, 4}
    assert set(lanes.beside(replace(_hour(0), classes=1))) == {1}
    assert set(lanes.beside(replace(_hour(6), classes=1, end=None))) == {5}
