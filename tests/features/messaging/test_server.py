"""Messaging as the gateway serves it."""

from typing import Any

import pytest

from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.features.messaging.records import (
    DisplayMessageRecord,
    GetLastMessageRecord,
    GetMessageCancellationRecord,
    MessageConfirmationRecord,
)
from sebridge.features.messaging.server import MessageMemory, MessagingServer
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.gateway.events.signals import EventAnswered, EventHeard
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import MESSAGING, SE_ENDPOINT
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, address, command


def message(message_id: int, start: int = 0, **more: Any) -> DisplayMessageRecord:
    given: dict[str, Any] = {"duration_in_minutes": 60, "message": "Hello"} | more
    return DisplayMessageRecord(message_id=message_id, start_time=start, **given)


@pytest.fixture
def server() -> MessagingServer:
    return MessagingServer(SE_ENDPOINT, Schedule(Policy.MESSAGE, {}), longest_frame=lambda: 75)


def test_the_message_is_given_with_its_absolute_start_msg_6(server: MessagingServer) -> None:
    stored, _ = server.add(message(1), NOW)

    outcome = server.receive(command(GetLastMessageRecord(), NOW + 60))

    assert outcome.answers == (stored,)
    assert stored.start_time == NOW
    assert outcome.signals == (EventHeard(address(1), 9, SE_ENDPOINT, MESSAGING, [1]),)


def test_a_message_to_come_is_given_too(server: MessagingServer) -> None:
    stored, _ = server.add(message(1, NOW + 600), NOW)

    assert server.receive(command(GetLastMessageRecord())).answers == (stored,)


def test_without_a_message_there_is_none_msg_6(server: MessagingServer) -> None:
    server.add(message(1), NOW)

    outcome = server.receive(command(GetLastMessageRecord(), NOW + 3600))

    assert outcome.status == Status.NOT_FOUND


def test_a_new_message_takes_the_place_of_the_old_msg_1(server: MessagingServer) -> None:
    server.add(message(1), NOW)

    server.add(message(2), NOW + 1)

    assert [m.message_id for m in server.valid(NOW + 1)] == [2]


@pytest.mark.parametrize("start", [NOW + 30, NOW + 99_999])
def test_a_message_to_come_takes_its_place_when_it_starts_msg_1(
    server: MessagingServer, start: int
) -> None:
    server.add(message(1, duration_in_minutes=0xFFFF), NOW)

    server.add(message(2, start), NOW + 1)

    assert [m.message_id for m in server.valid(NOW + 1)] == [1, 2]
    assert [m.message_id for m in server.active(start - 1)] == [1]
    assert [m.message_id for m in server.active(start)] == [2]


def test_taking_one_of_two_messages_back_is_not_told_as_taking_all_back_msg_10(
    server: MessagingServer,
) -> None:
    server.add(message(1), NOW)
    server.add(message(2, NOW + 600), NOW)
    question = GetMessageCancellationRecord(earliest_implementation_time=0)

    server.cancel(1, 0, NOW)

    assert server.receive(command(question)).status is Status.NOT_FOUND
    server.cancel(2, 0, NOW)
    assert server.receive(command(question)).answers


def test_a_message_until_changed_stays_msg_2(server: MessagingServer) -> None:
    server.add(message(1, duration_in_minutes=0xFFFF), NOW)

    assert [m.message_id for m in server.active(NOW + 10**8)] == [1]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"duration_in_minutes": 0}, "duration_in_minutes"),
        ({"message_control": 0x82}, "inter-PAN"),
        ({"message": "x" * 60}, "sends no more than 59"),
        ({"message": "€" * 20}, "sends no more than 59"),
    ],
)
def test_a_message_that_no_display_would_take_is_refused_msg_3_msg_9(
    server: MessagingServer, wrong: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidFieldError, match=problem):
        server.add(message(1, **wrong), NOW)


def test_a_text_of_59_octets_fits_msg_9(server: MessagingServer) -> None:
    stored, _ = server.add(message(1, message="x" * 59, message_control=0x83), NOW)

    assert server.identifier(stored) == 1
    assert server.publications([1], NOW) == [stored]


def test_a_confirmation_is_told_msg_7(server: MessagingServer) -> None:
    record = MessageConfirmationRecord(message_id=1, confirmation_time=NOW)

    outcome = server.receive(command(record))

    assert outcome.signals == (
        EventHeard(address(1), 9, SE_ENDPOINT, MESSAGING, [1]),
        EventAnswered(address(1), 9, SE_ENDPOINT, MESSAGING, 1, "confirmed"),
        MessageConfirmed(address(1), 9, SE_ENDPOINT, record),
    )


def test_other_commands_are_not_supported(server: MessagingServer) -> None:
    with pytest.raises(UnsupportedCommandError):
        server.receive(command(message(1)))


def test_what_is_remembered_of_messages_that_were_over_is_forgotten_at_the_start() -> None:
    kept: dict[int, Any] = {}
    memory = MessageMemory(protected={5: True, 6: True}, confirmed={6: True, 7: True})
    MessagingServer(SE_ENDPOINT, Schedule(Policy.MESSAGE, kept), longest_frame=lambda: 75).add(
        message(6), NOW
    )

    MessagingServer(SE_ENDPOINT, Schedule(Policy.MESSAGE, kept), memory, longest_frame=lambda: 75)

    assert memory == MessageMemory(protected={6: True}, confirmed={6: True})


@pytest.mark.parametrize(("octets", "is_taken"), [(60, True), (254, True), (255, False)])
def test_a_radio_that_fragments_sends_as_much_as_the_cluster_allows_msg_9(
    octets: int, *, is_taken: bool
) -> None:
    server = MessagingServer(SE_ENDPOINT, Schedule(Policy.MESSAGE, {}), longest_frame=lambda: 1000)
    long = message(1, message="x" * octets)

    if is_taken:
        server.add(long, NOW)
    else:
        with pytest.raises(InvalidFieldError, match="255 octets of UTF-8, more than 254"):
            server.add(long, NOW)

    assert bool(server.valid(NOW)) is is_taken
