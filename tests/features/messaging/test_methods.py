"""The message requests, on a gateway with a display."""

from typing import Any

import pytest

from sebridge.base.clock import zigbee_time
from sebridge.base.errors import ParameterError
from sebridge.features.messaging.methods import MessagingMethods
from sebridge.features.messaging.records import DisplayMessageRecord, MessageConfirmationRecord
from sebridge.model.values import ABSENT
from sebridge.zcl.status import Status
from tests.api.home import DISPLAY, Home, address
from tests.gateway.events.client_side import FAR, NEAR, Clients

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
    assert answer["reason"] == "message has 300 octets of UTF-8, more than 254"


async def test_there_is_no_messaging_client_to_ask(alone: Home) -> None:
    error = await alone.refused("get_message_events", server_or_client=1)

    assert error.data == {"parameter": "server_or_client"}


# ------------------------------------------------------------------ the client side


@pytest.fixture
def display(clients: Clients) -> MessagingMethods:
    return MessagingMethods(servers={}, clients={0x5E: clients.message_service})


def show(clients: Clients, identifier: int, control: int = 0) -> None:
    """Let a server send a message."""
    message = DisplayMessageRecord(
        message_id=identifier, message_control=control, duration_in_minutes=5, message="Hello"
    )
    clients.hear(MESSAGING, message.serialize())


async def test_the_last_message_is_asked_for(clients: Clients, display: MessagingMethods) -> None:
    answer = await display.get_last_message_event()

    assert clients.sent(MESSAGING) == [(NEAR, 0x00, b""), (FAR, 0x00, b"")]
    assert (answer.status, answer.cluster_id) == (0, MESSAGING)


async def test_without_a_server_no_message_is_found(
    clients: Clients, display: MessagingMethods
) -> None:
    clients.outside.peers = []

    answer = await display.get_last_message_event()

    assert answer.status == Status.NOT_FOUND


async def test_the_message_on_display_is_confirmed_to_every_server(
    clients: Clients, display: MessagingMethods
) -> None:
    show(clients, 2, control=0x80)
    await clients.clock.settle()
    clients.sent(MESSAGING)

    answer = await display.confirm_message()

    told = MessageConfirmationRecord(
        message_id=2, confirmation_time=zigbee_time(clients.clock.utc())
    ).serialize()
    assert clients.sent(MESSAGING) == [(NEAR, 0x01, told), (FAR, 0x01, told)]
    assert (answer.status, answer.record) == (0, ABSENT)


async def test_the_message_that_asks_for_it_is_confirmed_before_others(
    clients: Clients, display: MessagingMethods
) -> None:
    show(clients, 1, control=0x80)
    clients.hear(
        MESSAGING,
        DisplayMessageRecord(message_id=2, duration_in_minutes=5, message="Hi").serialize(),
        source=FAR,
    )
    await clients.clock.settle()
    clients.sent(MESSAGING)

    await display.confirm_message()

    assert {payload[:4] for _, _, payload in clients.sent(MESSAGING)} == {b"\1\0\0\0"}


async def test_confirming_a_message_that_was_taken_back_lets_it_go(
    clients: Clients, display: MessagingMethods
) -> None:
    show(clients, 4, control=0x80)
    clients.hear(MESSAGING, bytes.fromhex("0400000080"), command_id=1)

    await display.confirm_message()

    assert clients.message_service.active() == []


async def test_a_confirmation_can_be_given(clients: Clients, display: MessagingMethods) -> None:
    record_given = MessageConfirmationRecord(message_id=7, confirmation_time=99)

    answer = await display.confirm_message(record=record_given)

    told = record_given.serialize()
    assert clients.sent(MESSAGING) == [(NEAR, 0x01, told), (FAR, 0x01, told)]
    assert answer.record == record_given


async def test_a_confirmation_without_a_time_is_answered_with_that_of_sending(
    clients: Clients, display: MessagingMethods
) -> None:
    now = zigbee_time(clients.clock.utc())

    answer = await display.confirm_message(record=MessageConfirmationRecord(message_id=7))

    assert answer.record == MessageConfirmationRecord(message_id=7, confirmation_time=now)


async def test_nothing_on_display_is_not_found(clients: Clients, display: MessagingMethods) -> None:
    answer = await display.confirm_message()

    assert answer.status == Status.NOT_FOUND
    assert clients.sent(MESSAGING) == []


async def test_a_list_of_messages_is_cleared_here_only(
    clients: Clients, display: MessagingMethods
) -> None:
    show(clients, 1)
    await clients.clock.settle()
    clients.sent(MESSAGING)

    answer = await display.clear_message_events()

    assert (answer.source_endpoint_id, answer.cluster_id) == (0x5E, MESSAGING)
    assert (clients.message_service.valid(), clients.sent(MESSAGING)) == ([], [])


async def test_an_energy_service_interface_asks_for_no_messages() -> None:
    methods = MessagingMethods(servers={}, clients={})

    for call in (
        methods.get_last_message_event,
        methods.confirm_message,
        methods.clear_message_events,
    ):
        with pytest.raises(ParameterError, match="endpoint 0x5E has no client") as refusal:
            await call()
        assert refusal.value.path == "source_endpoint_id"
