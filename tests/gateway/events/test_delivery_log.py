"""What each device made of each event."""

from collections.abc import Callable
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.gateway.events.delivery_log import (
    MOST_ANSWERS,
    MOST_DELIVERIES,
    MOST_EVENTS,
    Answer,
    Delivery,
    DeliveryLog,
    Recipient,
    ToldEvent,
)
from tests.gateway.radio_side import address

ONE, TWO = address(1), address(2)
Make = Callable[[], DeliveryLog]


@pytest.fixture
def make_log() -> Make:
    """Return what makes a log, each time with what was kept of the one before."""
    events: dict[int, ToldEvent] = {}
    deliveries: dict[Recipient, Delivery] = {}
    return lambda: DeliveryLog(events, deliveries)


def record(event_id: int) -> dict[str, Any]:
    return {"issuer_event_id": event_id}


def test_what_devices_made_of_an_event_is_kept_over_a_restart(make_log: Make) -> None:
    log = make_log()
    log.begin(7, record(7))
    log.sent(7, ONE, 10.0)
    log.received(7, TWO, 11.0)
    log.answered(7, TWO, "received", 12.0)
    log.answered(7, TWO, "started", 13.0)
    log.over(7, 20.0, cancelled=True)

    log = make_log()

    assert log.events == {7: ToldEvent(record(7), over=20.0, cancelled=True)}
    assert log.deliveries(7) == {
        ONE: Delivery(10.0),
        TWO: Delivery(11.0, 11.0, (Answer("received", 12.0), Answer("started", 13.0))),
    }
    assert log.deliveries(8) == {}


def test_what_is_known_already_changes_nothing(make_log: Make) -> None:
    log = make_log()
    log.begin(7, record(7))
    log.sent(7, ONE, 10.0)
    log.received(7, ONE, 11.0)
    log.answered(7, ONE, "started", 12.0)
    log.over(7, 20.0, cancelled=False)
    before = log.deliveries(7)

    log.sent(7, ONE, 30.0)
    log.received(7, ONE, 30.0)
    log.answered(7, ONE, "started", 30.0)
    log.over(7, 30.0, cancelled=True)

    assert log.deliveries(7) == before == {ONE: Delivery(10.0, 11.0, (Answer("started", 12.0),))}
    assert log.events[7] == ToldEvent(record(7), over=20.0)


def test_nothing_is_kept_of_what_was_never_told(make_log: Make) -> None:
    log = make_log()

    log.sent(7, ONE, 10.0)
    log.received(7, ONE, 10.0)
    log.answered(7, ONE, "unknown_event", 10.0)
    log.over(7, 10.0, cancelled=True)

    assert 7 not in log
    assert log.deliveries(7) == {}


def test_of_the_answers_of_a_device_the_last_are_kept(make_log: Make) -> None:
    log = make_log()
    log.begin(7, record(7))

    for turn in range(3 * MOST_ANSWERS):
        log.answered(7, ONE, ("opted_out", "opted_in")[turn % 2], float(turn))

    times = [answer.time for answer in log.deliveries(7)[ONE].answers]
    assert times == [float(turn) for turn in range(2 * MOST_ANSWERS, 3 * MOST_ANSWERS)]


def test_an_identifier_that_is_used_again_is_another_event(make_log: Make) -> None:
    log = make_log()
    log.begin(7, record(7))
    log.answered(7, ONE, "completed", 10.0)

    log.begin(7, {"issuer_event_id": 7, "duty_cycle": 50})

    assert log.events == {7: ToldEvent({"issuer_event_id": 7, "duty_cycle": 50})}
    assert log.deliveries(7) == {}


def test_a_device_that_is_removed_is_in_no_event(make_log: Make) -> None:
    log = make_log()
    for event_id in (7, 8):
        log.begin(event_id, record(event_id))
        log.received(event_id, ONE, 10.0)
    log.received(8, TWO, 10.0)

    log.forget(TWO)

    log = make_log()
    assert [log.deliveries(event_id) for event_id in (7, 8)] == 2 * [{ONE: Delivery(10.0, 10.0)}]


def test_of_too_many_events_the_oldest_goes_that_is_over_or_else_the_oldest(make_log: Make) -> None:
    log = make_log()
    for event_id in range(MOST_EVENTS):
        log.begin(event_id, record(event_id))
    log.over(3, 10.0, cancelled=False)

    log.begin(1000, record(1000))
    log.begin(1001, record(1001))

    log = make_log()
    assert list(log.events) == [1, 2, *range(4, MOST_EVENTS), 1000, 1001]


def test_what_all_devices_made_of_one_event_is_kept_and_for_that_older_ones_go(
    make_log: Make,
) -> None:
    log = make_log()
    log.begin(1, record(1))
    log.received(1, ONE, 10.0)
    log.begin(2, record(2))

    for number in range(MOST_DELIVERIES + 2):
        log.received(2, Eui64(number), 10.0)

    assert list(log.events) == [2]
    assert len(log.deliveries(2)) == MOST_DELIVERIES + 2


def test_where_the_power_failed_between_two_rows_no_half_is_left() -> None:
    deliveries = {Recipient(7, ONE): Delivery(10.0)}

    DeliveryLog({}, deliveries)

    assert deliveries == {}
