"""A message is shown, confirmed, and taken back."""

import json
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.features.messaging.simulated import MessageOnDisplay
from sebridge.transports.mqtt.messages import Message
from tests.scenarios.conftest import Home, MakeHome

DISPLAY = "00:0d:6f:00:0a:00:00:03"


def message(identifier: int, text: str, **more: Any) -> dict[str, Any]:
    plain = {"message_id": identifier, "duration_in_minutes": 30, "message": text}
    return plain | more


async def test_a_message_is_shown_and_confirmed(home: Home) -> None:
    display = home.household.find(MessageOnDisplay)["Kitchen display"]

    record = message(1, "Peak price from 17:00 ⚡", message_control=0x80)
    answer = await home.result("create_message_event", record=record)

    assert answer["device_list"] == [DISPLAY]
    assert display.message == "Peak price from 17:00 ⚡"
    await home.clock.advance(seconds=10)
    confirmations = home.notifications("received_message_confirmation")
    assert [c["record"]["message_id"] for c in confirmations] == [1]
    assert confirmations[0]["source_address"] == DISPLAY


async def test_without_being_asked_nobody_confirms(home: Home) -> None:
    await home.result("create_message_event", record=message(1, "Hello"))

    await home.clock.advance(minutes=5)

    assert home.notifications("received_message_confirmation") == []


async def test_a_new_message_takes_the_place_of_the_old_one(home: Home) -> None:
    await home.result("create_message_event", record=message(1, "old"))

    await home.result("create_message_event", record=message(2, "new"))

    assert home.household.find(MessageOnDisplay)["Kitchen display"].message == "new"
    listed = (await home.result("get_message_events"))["events_record_list"]
    assert [record["message_id"] for record in listed] == [2]


async def test_a_message_to_come_leaves_the_one_on_display(home: Home) -> None:
    display = home.household.find(MessageOnDisplay)["Kitchen display"]
    later = home.now + 3600
    await home.result("create_message_event", record=message(1, "now", duration_in_minutes=0xFFFF))

    await home.result("create_message_event", record=message(2, "in an hour", start_time=later))

    listed = (await home.result("get_message_events"))["events_record_list"]
    assert [record["message_id"] for record in listed] == [1, 2]
    assert display.message == "now"
    await home.clock.advance(seconds=later - home.now - 1)
    assert display.message == "now"
    await home.clock.advance(seconds=2)
    assert display.message == "in an hour"
    listed = (await home.result("get_message_events"))["events_record_list"]
    assert [record["message_id"] for record in listed] == [2]


async def test_a_message_taken_back_leaves_the_one_to_come(home: Home) -> None:
    await home.result("create_message_event", record=message(1, "now"))
    await home.result("create_message_event", record=message(2, "later", start_time=home.now + 600))

    await home.result("cancel_message_event", record={"message_id": 1})

    display = home.household.find(MessageOnDisplay)["Kitchen display"]
    assert display.message is None
    await home.clock.advance(seconds=601)
    assert display.message == "later"


async def test_a_cancelled_message_disappears(home: Home) -> None:
    await home.result("create_message_event", record=message(1, "Hello"))

    await home.result("cancel_message_event", record={"message_id": 1})

    assert home.household.find(MessageOnDisplay)["Kitchen display"].message is None
    assert home.broker.kept(home.topics.active("message"))["record_list"] == []


async def test_a_message_ends_by_itself(home: Home) -> None:
    await home.result("create_message_event", record=message(1, "Hello"))

    await home.clock.advance(minutes=31)

    assert home.household.find(MessageOnDisplay)["Kitchen display"].message is None


async def test_a_text_that_does_not_fit_a_frame_is_shown_where_the_radio_fragments(
    home: Home,
) -> None:
    answer = await home.result("create_message_event", record=message(1, "x" * 254))

    assert answer["status"] == 0
    assert home.household.find(MessageOnDisplay)["Kitchen display"].message == "x" * 254


async def test_an_action_of_home_assistant_that_fails_is_told(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    mark = "home_assistant"
    too_long = {"duration_in_minutes": 60, "message": "x" * 255}
    # as the template of the notify action has it
    payload = json.dumps({"record": too_long, "request_identifier": mark}).encode()

    home.broker.deliver(Message(f"{home.topics.request}/create_message_event", payload))
    await home.clock.advance(seconds=1)

    reason = "message has 255 octets of UTF-8, more than 254"
    told = [m for m in home.notifications("message") if m.get("request_identifier") == mark]
    assert [(m["severity"], m["description"]) for m in told] == [
        (2, f"create_message_event, sent by Home Assistant, failed: {reason}")
    ]
    assert reason in caplog.text


async def test_requests_of_others_are_answered_and_not_told_besides(home: Home) -> None:
    answer = await home.result("create_message_event", record=message(1, "x" * 255))

    assert answer["status"] == 0x85
    assert [m for m in home.notifications("message") if "failed" in m["description"]] == []


async def test_what_a_display_was_given_and_its_user_confirmed_is_kept_over_a_restart(
    make_home: MakeHome,
) -> None:
    home = await make_home()
    below = home.topics.at_device(Eui64.parse(DISPLAY))
    price = {"issuer_event_id": 7, "price": 25, "duration_in_minutes": 60}
    await home.result("create_price_event", record=price)
    await home.result("create_message_event", record=message(3, "Peak price", message_control=0x80))
    given = home.broker.kept(f"{below}/message")
    await home.clock.advance(seconds=10)

    await home.stop()
    again = await make_home(kept=home.kept, retained=home.broker.retained)
    await again.clock.advance(minutes=5)

    kept = again.broker.kept(f"{below}/message")
    assert (given["message"], given["message_id"]) == ("Peak price", 3)
    assert kept == given | {"confirmed": kept["confirmed"]}
    shown = again.broker.kept(f"{below}/price")
    assert (shown["price"], shown["price_unit"]) == (0.25, "USD/kWh")
