"""Show messages, confirm them."""

from typing import Any

import pytest

from sebridge.base.errors import UnknownEventError, UnsupportedCommandError
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.records import (
    CancelMessageRecord,
    DisplayMessageRecord,
    GetLastMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.gateway.cluster import Sending
from sebridge.gateway.events.signals import ActiveEventsChanged, EventReceived
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import MESSAGING
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, always, command, peer


def message(message_id: int, start: int = 0, **more: Any) -> DisplayMessageRecord:
    given: dict[str, Any] = {
        "duration_in_minutes": 60,
        "message": "Hello",
        "message_control": 0x80,
    } | more
    return DisplayMessageRecord(message_id=message_id, start_time=start, **given)


@pytest.fixture
def client() -> MessagingClient:
    return MessagingClient(9, Schedule(Policy.MESSAGE, {}), time_is_known=always)


def shown(client: MessagingClient, now: int = NOW) -> list[int]:
    return [int(m.message_id) for m in client.active(now)]


def test_a_message_is_shown_until_its_end_msg_2(client: MessagingClient) -> None:
    outcome = client.receive(command(message(1)))

    assert outcome.status == Status.SUCCESS
    assert isinstance(outcome.signals[0], EventReceived)
    assert shown(client, NOW + 3599) == [1]
    assert shown(client, NOW + 3600) == []


def test_a_new_message_takes_the_place_of_the_old_msg_1(client: MessagingClient) -> None:
    client.receive(command(message(1)))

    outcome = client.receive(command(message(2)))

    assert shown(client) == [2]
    assert [type(s) for s in outcome.signals].count(ActiveEventsChanged) == 1


@pytest.mark.parametrize(
    ("wrong", "more"),
    [
        ("inter-PAN", {"message_control": 0x82}),
        ("never", {"start": 0xFFFFFFFF}),
        ("over", {"start": NOW - 3600}),
        ("nothing", {"duration_in_minutes": 0}),
        ("nothing, later", {"duration_in_minutes": 0, "start": NOW + 60}),
    ],
)
def test_a_message_that_cannot_be_shown_is_refused_msg_3(
    client: MessagingClient, wrong: str, more: dict[str, Any]
) -> None:
    outcome = client.receive(command(message(1, **more)))

    assert outcome.status == Status.INVALID_FIELD
    assert shown(client) == []


def test_the_same_message_again_changes_nothing_msg_4(client: MessagingClient) -> None:
    client.receive(command(message(1)))

    outcome = client.receive(command(message(1), NOW + 600))

    assert outcome.status == Status.SUCCESS
    assert [type(s) for s in outcome.signals] == [EventReceived]
    assert shown(client, NOW + 3600) == []


def test_a_message_is_cancelled_msg_5(client: MessagingClient) -> None:
    client.receive(command(message(1)))

    outcome = client.receive(command(CancelMessageRecord(message_id=1)))

    assert outcome.status == Status.SUCCESS
    assert ActiveEventsChanged(9, MESSAGING, [], server=False) in outcome.signals
    assert shown(client) == []


def test_what_is_not_there_cannot_be_cancelled_msg_5(client: MessagingClient) -> None:
    outcome = client.receive(command(CancelMessageRecord(message_id=1)))

    assert outcome.status == Status.NOT_FOUND


def test_a_confirmation_goes_to_the_server_of_the_message_msg_7_msg_8(
    client: MessagingClient,
) -> None:
    client.receive(command(message(1), source=peer(2)))

    outcome = client.confirm(1, NOW + 5)

    confirmation = MessageConfirmationRecord(message_id=1, confirmation_time=NOW + 5)
    assert outcome.sendings == (Sending(peer(2), confirmation),)


@pytest.mark.parametrize(
    ("more", "problem"),
    [({"message_control": 0}, "waits for confirmation"), ({"start": NOW + 60}, "not on display")],
)
def test_what_is_not_on_display_or_asks_for_nothing_is_not_confirmed_msg_7(
    client: MessagingClient, more: dict[str, Any], problem: str
) -> None:
    client.receive(command(message(1, **more)))

    with pytest.raises(UnknownEventError, match=problem):
        client.confirm(1, NOW)
    with pytest.raises(UnknownEventError, match="not on display"):
        client.confirm(2, NOW)


def test_other_commands_are_not_supported(client: MessagingClient) -> None:
    with pytest.raises(UnsupportedCommandError):
        client.receive(command(GetLastMessageRecord()))
