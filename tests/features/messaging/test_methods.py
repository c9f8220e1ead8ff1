"""The message requests, on a gateway with a display."""

from typing import Any

from sebridge.base.clock import zigbee_time
from tests.api.home import DISPLAY, Home, address

MESSAGING = 0x0703
DISPLAY_MAC = str(address(DISPLAY))


def record(**more: Any) -> dict[str, Any]:
    return {"message_id": 7, "duration_in_minutes": 5, "message": "Grüße"} | more


async def test_a_message_is_taken_with_its_defaults_and_shown(home: Home) -> None:
    now = zigbee_time(home.clock.utc())

    answer = await home.call("create_message_event", record=record())

    assert answer == {
        "source_endpoint_id": 0x5E,
        "cluster_id": MESSAGING,
        "status": 0,
        "record": record(message_control=0, start_time=now),
        "device_list": [DISPLAY_MAC],
    }


async def test_a_message_that_asks_for_it_is_confirmed(home: Home) -> None:
    await home.call("create_message_event", record=record(message_control=0x80))

    await home.clock.advance(minutes=2)

    confirmations = home.notifications("received_message_confirmation")
    assert [one["record"]["message_id"] for one in confirmations] == [7]
    assert confirmations[0]["source_address"] == DISPLAY_MAC
    assert confirmations[0]["cluster_id"] == MESSAGING


async def test_the_list_holds_the_message(alone: Home) -> None:
    await alone.call("create_message_event", record=record())

    answer = await alone.call("get_message_events")

    events = answer.pop("events_record_list")
    assert answer == {"endpoint_id": 0x5E}
    assert [event["message"] for event in events] == ["Grüße"]


async def test_a_message_identifier_is_used_once(alone: Home) -> None:
    await alone.call("create_message_event", record=record())

    answer = await alone.call("create_message_event", record=record(message="other"))

    assert (answer["status"], answer["device_list"]) == (0x8A, [])
    listed = (await alone.call("get_message_events"))["events_record_list"]
    assert [event["message"] for event in listed] == ["Grüße"]


async def test_a_message_is_taken_back(home: Home) -> None:
    await home.call("create_message_event", record=record())

    answer = await home.call("cancel_message_event", record={"message_id": 7})

    assert answer == {
        "source_endpoint_id": 0x5E,
        "cluster_id": MESSAGING,
        "status": 0,
        "record": {"message_id": 7, "message_control": 0},
        "device_list": [DISPLAY_MAC],
    }
    assert (await home.call("get_message_events"))["events_record_list"] == []


async def test_taking_back_an_unknown_message_succeeds_too(alone: Home) -> None:
    answer = await alone.call("cancel_message_event", record={"message_id": 99})

    assert answer["status"] == 0


async def test_all_messages_are_taken_back_one_by_one(home: Home) -> None:
    await home.call("create_message_event", record=record(message_id=7))
    later = zigbee_time(home.clock.utc()) + 3600
    await home.call("create_message_event", record=record(message_id=8, start_time=later))

    answer = await home.call("cancel_all_message_events")

    assert answer == {
        "source_endpoint_id": 0x5E,
        "cluster_id": MESSAGING,
        "status": 0,
        "device_list": [DISPLAY_MAC],
    }
    assert (await home.call("get_message_events"))["events_record_list"] == []


async def test_taking_back_all_messages_where_there_are_none_succeeds_too(alone: Home) -> None:
    answer = await alone.call("cancel_all_message_events")

    assert (answer["status"], answer["device_list"]) == (0, [])


async def test_a_text_that_fits_no_frame_is_refused(alone: Home) -> None:
    answer = await alone.call("create_message_event", record=record(message="x" * 300))

    assert (answer["status"], answer["device_list"]) == (0x85, [])
    assert answer["reason"].startswith("message is longer than")


async def test_there_is_no_messaging_client_to_ask(alone: Home) -> None:
    error = await alone.refused("get_message_events", server_or_client=1)

    assert error.data == {"parameter": "server_or_client"}
