"""What holds for every event that a caller gives: identifiers, and times."""

import re
from typing import Any, Final

import pytest

from sebridge.base.clock import ZIGBEE_EPOCH, iso_time, unix_time
from sebridge.features.messaging.simulated import MessageOnDisplay
from tests.scenarios.conftest import Home, MakeHome

_LOAD: Final = {"duration_in_minutes": 30, "event_control": 0}
_PRICE: Final = {"duration_in_minutes": 30, "price": 1250}
_MESSAGE: Final = {"duration_in_minutes": 30, "message": "Hello"}
_PERIOD: Final = {"block_period_duration": 30}
CREATED: Final = [
    ("create_price_event", _PRICE, "issuer_event_id", "start_time"),
    ("create_DRLC_event", _LOAD, "issuer_event_id", "start_time"),
    ("create_message_event", _MESSAGE, "message_id", "start_time"),
    ("create_protected_message_event", _MESSAGE, "message_id", "start_time"),
    ("create_block_period", _PERIOD, "issuer_event_id", "block_period_start_time"),
    ("create_conversion_factor", {"conversion_factor": 5}, "issuer_event_id", "start_time"),
    (
        "create_calorific_value",
        {"calorific_value": 5, "calorific_value_unit": 1, "calorific_value_trailing_digit": 0},
        "issuer_event_id",
        "start_time",
    ),
]
every_method = pytest.mark.parametrize(("method", "given", "identifier", "start"), CREATED)


@every_method
async def test_an_identifier_that_is_left_out_is_assigned_and_told(
    home: Home, method: str, given: dict[str, Any], identifier: str, start: str
) -> None:
    before = home.now

    first = await home.result(method, record=given)
    second = await home.result(method, record=given | {start: home.now + 7200})

    assert (first["status"], second["status"]) == (0, 0)
    assert first["record"][identifier] >= before
    assert second["record"][identifier] > first["record"][identifier]


@every_method
async def test_a_start_counted_from_1970_is_refused_with_the_epoch_that_is_meant(
    home: Home, method: str, given: dict[str, Any], identifier: str, start: str
) -> None:
    del identifier
    wanted = home.now + 3600

    answer = await home.result(method, record=given | {start: wanted + ZIGBEE_EPOCH})

    assert answer["status"] == 0x85
    assert answer["device_list"] == []
    assert f"{start} {wanted + ZIGBEE_EPOCH} is " in answer["reason"]
    assert f"give seconds since 2000-01-01 00:00:00 UTC, {wanted}, or" in answer["reason"]


@every_method
async def test_a_start_may_be_iso_8601(
    home: Home, method: str, given: dict[str, Any], identifier: str, start: str
) -> None:
    del identifier
    wanted = home.now + 3600

    answer = await home.result(method, record=given | {start: iso_time(unix_time(wanted))})

    assert answer["status"] == 0
    assert answer["record"][start] == wanted


async def test_a_cancellation_counted_from_1970_is_refused_and_the_event_stays(home: Home) -> None:
    created = await home.result("create_DRLC_event", record=_LOAD)
    event_id = created["record"]["issuer_event_id"]
    cancel = {"issuer_event_id": event_id, "effective_time": home.now + ZIGBEE_EPOCH}

    answer = await home.rpc("cancel_DRLC_event", record=cancel)

    assert answer["error"]["code"] == -32602
    assert "effective_time" in answer["error"]["message"]
    assert len((await home.result("get_DRLC_events"))["events_record_list"]) == 1


async def test_identifiers_are_not_given_again_after_a_restart(make_home: MakeHome) -> None:
    first = await make_home()
    ids = [(await first.result("create_price_event", record=_PRICE))["record"] for _ in range(3)]
    await first.result("cancel_all_price_events")
    await first.stop()

    again = await make_home(kept=first.kept)
    later = (await again.result("create_price_event", record=_PRICE))["record"]

    assert len({record["issuer_event_id"] for record in [*ids, later]}) == 4
    assert later["issuer_event_id"] > max(record["issuer_event_id"] for record in ids)


async def test_two_messages_of_home_assistant_within_a_second_both_arrive(home: Home) -> None:
    display = home.household.find(MessageOnDisplay)["Kitchen display"]
    as_the_action_sends_it = {"duration_in_minutes": 60, "message": "one"}

    first = await home.result("create_message_event", record=as_the_action_sends_it)
    shown = [display.message]
    second = await home.result(
        "create_message_event", record=as_the_action_sends_it | {"message": "two"}
    )
    shown.append(display.message)

    assert (first["status"], second["status"]) == (0, 0)
    assert shown == ["one", "two"]
    assert re.fullmatch("[0-9]+", str(second["record"]["message_id"]))
