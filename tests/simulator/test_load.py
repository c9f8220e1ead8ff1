"""How much of a load is drawn under load control."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.simulator.load import SetPoints, share_of_load


def event(**fields: Any) -> LoadControlEventRecord:
    return LoadControlEventRecord(issuer_event_id=1, duration_in_minutes=10, **fields)


@pytest.mark.parametrize(
    ("events", "share"),
    [
        ([], 1.0),
        ([event()], 0.0),  # the device decides: off
        ([event(duty_cycle=50)], 0.5),
        ([event(duty_cycle=0)], 0.0),
        ([event(average_load_adjustment_percentage=-30)], 0.7),
        ([event(average_load_adjustment_percentage=30)], 1.0),
        ([event(average_load_adjustment_percentage=-100)], 0.0),
        ([event(cooling_temperature_offset=20)], 1.0),
        ([event(heating_temperature_set_point=1800)], 1.0),
        ([event(duty_cycle=50), event(average_load_adjustment_percentage=-80)], 0.2),
        ([event(duty_cycle=60, average_load_adjustment_percentage=-80)], 0.6),
    ],
)
def test_the_share_that_is_drawn_drlc_7_drlc_8(
    events: list[LoadControlEventRecord], share: float
) -> None:
    assert share_of_load(events) == pytest.approx(share)


@pytest.mark.parametrize(
    ("events", "set_points"),
    [
        ([], SetPoints(21.0, 25.0)),
        ([event(heating_temperature_offset=15)], SetPoints(19.5, 25.0)),
        ([event(cooling_temperature_offset=20)], SetPoints(21.0, 27.0)),
        ([event(heating_temperature_set_point=1850)], SetPoints(18.5, 25.0)),
        ([event(cooling_temperature_set_point=2750)], SetPoints(21.0, 27.5)),
        ([event(heating_temperature_set_point=2300)], SetPoints(21.0, 25.0)),
        ([event(cooling_temperature_set_point=2000)], SetPoints(21.0, 25.0)),
        (
            [event(heating_temperature_offset=10), event(heating_temperature_set_point=1500)],
            SetPoints(15.0, 25.0),
        ),
        (
            [event(cooling_temperature_set_point=2600, cooling_temperature_offset=90)],
            SetPoints(21.0, 26.0),
        ),
    ],
)
def test_set_points_give_way_towards_less_load_drlc_8(
    events: list[LoadControlEventRecord], set_points: SetPoints
) -> None:
    assert SetPoints().under(events) == set_points


@given(
    st.lists(
        st.builds(
            event,
            duty_cycle=st.integers(0, 255),
            average_load_adjustment_percentage=st.integers(-128, 127),
            heating_temperature_offset=st.integers(0, 255),
            cooling_temperature_set_point=st.integers(-0x8000, 0x7FFF),
        ),
        max_size=4,
    )
)
def test_no_event_raises_the_load(events: list[LoadControlEventRecord]) -> None:
    now = SetPoints().under(events)

    assert 0.0 <= share_of_load(events) <= 1.0
    assert now.heating <= 21.0
    assert now.cooling >= 25.0
