"""Which network is joined of those that were heard, and why none."""

from msgspec.structs import replace
import pytest

from sebridge.base.errors import NotJoinedError
from sebridge.radio.joining import MOST_TRIED, Beacon, to_try
from sebridge.radio.radio import Association, NetworkPlan

HOME = Beacon(extended_pan_id=0x0E5E, pan_id=0x1234, channel=15, is_open=True, lqi=100)
NEXT_DOOR = replace(HOME, extended_pan_id=0x0E5F, pan_id=0x4321, channel=20, lqi=200)
ANY = NetworkPlan()
ONLY_HOME = NetworkPlan(extended_pan_id=0x0E5E)


def test_the_strongest_comes_first_and_each_network_once() -> None:
    further = replace(HOME, lqi=40)

    assert to_try([further, HOME, NEXT_DOOR], ANY) == [NEXT_DOOR, HOME]


def test_not_more_are_tried_than_time_allows() -> None:
    many = [replace(HOME, pan_id=number, lqi=number) for number in range(20)]

    assert [beacon.lqi for beacon in to_try(many, ANY)] == [19, 18, 17][:MOST_TRIED]


@pytest.mark.parametrize("plan", [ONLY_HOME, NetworkPlan(channel_mask=1 << 4)])
def test_a_plan_leaves_others_out(plan: NetworkPlan) -> None:
    assert to_try([NEXT_DOOR, HOME], plan) == [HOME]


def test_a_closed_network_is_left_out_while_another_is_open() -> None:
    assert to_try([replace(NEXT_DOOR, is_open=False), HOME], ANY) == [HOME]


@pytest.mark.parametrize(
    ("beacons", "why"),
    [
        ([], Association.NO_NETWORK),
        ([NEXT_DOOR], Association.NOT_PLANNED),
        ([NEXT_DOOR, replace(HOME, stack_profile=1)], Association.NOT_SUITABLE),
        ([NEXT_DOOR, replace(HOME, is_open=False)], Association.NOT_ALLOWED),
    ],
    ids=lambda value: value.name if isinstance(value, Association) else "",
)
def test_why_there_is_none_is_told_by_what_comes_closest(
    beacons: list[Beacon], why: Association
) -> None:
    with pytest.raises(NotJoinedError, match=why.words) as caught:
        to_try(beacons, ONLY_HOME)

    assert caught.value.association == why
