"""What load-control events leave of the home's power."""

import pytest

from sebridge.features.load_control.limit import (
    Acknowledgement,
    ConsumptionLimit,
    limit_of,
    share_of,
    strictest,
)
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.settings.consumption_limit import ConsumptionLimitOptions

OPTIONS = ConsumptionLimitOptions(nominal=11_000, floor=4_200)
NOTHING = ConsumptionLimit(floor=4_200, nominal=11_000)
START = 849_225_600  # 2026-11-29 00:00:00 UTC


def event(number: int = 7, **fields: int) -> LoadControlEventRecord:
    return LoadControlEventRecord(
        **{"issuer_event_id": number, "start_time": START, "duration_in_minutes": 60} | fields
    )


@pytest.mark.parametrize(
    ("fields", "percent", "reason"),
    [
        ({"duty_cycle": 50}, 50, "a duty cycle of 50 %"),
        ({"duty_cycle": 0}, 0, "a duty cycle of 0 %"),
        ({"average_load_adjustment_percentage": -40}, 60, "an average load 40 % lower"),
        (
            {"duty_cycle": 70, "average_load_adjustment_percentage": -40},
            60,
            "an average load 40 % lower",
        ),
    ],
)
def test_an_event_leaves_a_share(fields: dict[str, int], percent: int, reason: str) -> None:
    share = share_of(event(**fields))

    assert share is not None
    assert (share.percent, share.reason) == (percent, reason)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"duty_cycle": 100},
        {"average_load_adjustment_percentage": 20},
        {"cooling_temperature_offset": 20},
    ],
)
def test_an_event_that_limits_no_load_leaves_all(fields: dict[str, int]) -> None:
    assert share_of(event(**fields)) is None
    assert limit_of(event(**fields), OPTIONS, START, out=(), acknowledgement=None) == NOTHING


def test_the_event_that_limits_most_counts() -> None:
    mild, hard = event(1, duty_cycle=80), event(2, duty_cycle=20)
    others = [event(3, duty_cycle=10, device_class=0x0001), event(4)]

    assert strictest([mild, hard, *others], 0x0400, ()) is hard
    assert strictest([mild, hard], 0x0400, {2}) is mild
    assert strictest([hard], 0x0400, {2}) is hard
    assert strictest(others, 0x0400, ()) is None


def test_a_limit_says_how_much_until_when_and_why() -> None:
    limit = limit_of(
        event(duty_cycle=50, criticality_level=3),
        OPTIONS,
        START + 600,
        out=(),
        acknowledgement=Acknowledgement("evcc", 1_795_910_460.0, 7, 5_500),
    )

    assert limit == ConsumptionLimit(
        watts=5_500,
        floor=4_200,
        nominal=11_000,
        since="2026-11-29T00:00:00Z",
        until="2026-11-29T01:00:00Z",
        remaining=3_000,
        reason="a duty cycle of 50 %",
        issuer_event_id=7,
        criticality_level=3,
        acknowledged_by="evcc",
        acknowledged_at="2026-11-29T00:01:00Z",
    )


@pytest.mark.parametrize("percent", [0, 10, 38])
def test_no_limit_is_below_the_floor(percent: int) -> None:
    limit = limit_of(event(duty_cycle=percent), OPTIONS, START, out=(), acknowledgement=None)

    assert limit.watts == 4_200


def test_who_has_opted_out_has_no_limit() -> None:
    taken = Acknowledgement("evcc", 0.0, 7, 5_500)

    limit = limit_of(event(duty_cycle=50), OPTIONS, START, out={7}, acknowledgement=taken)

    assert (limit.watts, limit.participates, limit.issuer_event_id) == (None, False, 7)
    assert limit.acknowledged_by is None


@pytest.mark.parametrize(("number", "watts"), [(8, 5_500), (7, 6_000)])
def test_who_has_taken_another_limit_has_not_taken_this(number: int, watts: int) -> None:
    taken = Acknowledgement("evcc", 0.0, number, watts)

    limit = limit_of(event(duty_cycle=50), OPTIONS, START, out=(), acknowledgement=taken)

    assert limit.acknowledged_by is None


def test_above_criticality_6_participation_is_mandatory() -> None:
    levels = {
        level: limit_of(
            event(duty_cycle=50, criticality_level=level),
            OPTIONS,
            START,
            out=(),
            acknowledgement=None,
        ).mandatory
        for level in (6, 7)
    }

    assert levels == {6: False, 7: True}
