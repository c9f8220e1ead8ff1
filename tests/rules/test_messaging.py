"""Messages, rule by rule: MSG-1 to MSG-10."""

from typing import Any

import pytest

from sebridge.base.errors import InvalidFieldError, RefusedError, UnknownEventError
from sebridge.base.secret import Secret
from sebridge.features.messaging.answer import Answer
from sebridge.features.messaging.records import (
    CancelAllMessagesRecord,
    CancelMessageRecord,
    DisplayMessageRecord,
    DisplayProtectedMessageRecord,
    GetLastMessageRecord,
    GetMessageCancellationRecord,
    MessageConfirmationRecord,
)
from sebridge.features.messaging.server import MessageMemory, MessagingServer
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.gateway.cluster import Sending
from sebridge.gateway.events.signals import ActiveEventsChanged, EventReceived, EventsChanged
from sebridge.model.record import fields_by_name
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, peer
from tests.rules.parts import FIRST, SECOND, hears, ids, message, message_client, message_server


def test_msg_01_a_server_has_one_message() -> None:
    """A new message takes the place of the one before, on both sides."""
    server, client = message_server(), message_client()
    for number in (1, 2):
        server.add(message(number), NOW)
        hears(client, message(number))

    assert ids(server) == ids(client) == [2]


def test_msg_02_a_message_is_shown_from_its_start_to_its_end() -> None:
    """Start 0 is now, a duration of all ones is until changed."""
    client = message_client()

    hears(client, message(1, duration_in_minutes=10))
    hears(client, message(2, duration_in_minutes=0xFFFF), source=SECOND)

    assert ids(client, 9) == [1, 2]
    assert ids(client, 10) == ids(client, 100_000) == [2]


def test_msg_03_a_message_for_inter_pan_only_is_refused() -> None:
    """It came as a normal unicast: INVALID_FIELD."""
    client = message_client()

    outcome = hears(client, message(1, message_control=0x82))

    assert (outcome.status, ids(client)) == (Status.INVALID_FIELD, [])


def test_msg_04_the_same_id_again_updates_the_message() -> None:
    """In place and answered with SUCCESS; what only repeats itself is no news."""
    client = message_client()
    hears(client, message(1, "Hello"))

    updated = hears(client, message(1, "Good bye", duration_in_minutes=120), 30)
    repeated = hears(client, message(1, "Good bye", duration_in_minutes=120), 31)

    [shown] = client.active(NOW + 149 * 60)
    assert (updated.status, repeated.status) == (Status.SUCCESS, Status.SUCCESS)
    assert (shown.message, int(shown.start_time)) == ("Good bye", NOW + 30 * 60)
    assert len(updated.signals) > len(repeated.signals) == 1
    assert ids(client, 150) == []


def test_msg_04_a_confirmed_message_is_not_asked_for_again() -> None:
    """Neither when it is repeated nor where the server says that a user confirmed it."""
    client, server = message_client(), message_server()
    server.add(message(1), NOW)
    hears(client, message(1))
    client.confirm(1, NOW)

    hears(client, message(1, "new text"))
    hears(server, MessageConfirmationRecord(message_id=1, confirmation_time=NOW))
    [told] = hears(server, GetLastMessageRecord()).answers
    other = message_client()
    assert isinstance(told, DisplayMessageRecord)
    hears(other, told)

    assert client.waiting(NOW) == []
    assert (told.extended_message_control, other.waiting(NOW)) == (1, [])
    with pytest.raises(UnknownEventError, match="waits for confirmation"):
        client.confirm(1, NOW)


def test_msg_05_a_message_is_cancelled_by_its_id() -> None:
    """SUCCESS when it is there, NOT_FOUND when not; the control octet does not matter."""
    client = message_client()
    hears(client, message(1, message_control=0))

    statuses = [
        hears(client, CancelMessageRecord(message_id=number)).status for number in (2, 1, 1)
    ]

    assert statuses == [Status.NOT_FOUND, Status.SUCCESS, Status.NOT_FOUND]
    assert ids(client) == []


def test_msg_06_a_server_gives_its_message_to_those_who_ask() -> None:
    """With its absolute start, so that nobody shows it for longer; else NOT_FOUND."""
    server = message_server()
    nothing = hears(server, GetLastMessageRecord())
    stored, _ = server.add(message(1), NOW)

    later = hears(server, GetLastMessageRecord(), 30)
    over = hears(server, GetLastMessageRecord(), 60)

    assert (nothing.status, over.status) == (Status.NOT_FOUND, Status.NOT_FOUND)
    assert later.answers == (stored,)
    assert int(stored.start_time) == NOW


def test_msg_07_only_what_asks_for_it_is_confirmed() -> None:
    """Bit 7 asks for it, with the time; without it the client must not."""
    client = message_client()
    hears(client, message(1, message_control=0))
    hears(client, message(2), source=SECOND)

    with pytest.raises(UnknownEventError):
        client.confirm(1, NOW)
    [sending] = client.confirm(2, NOW + 5).sendings

    assert sending.record == MessageConfirmationRecord(message_id=2, confirmation_time=NOW + 5)


def test_msg_07_an_enhanced_confirmation_carries_an_answer() -> None:
    """Bit 5: yes or no, and up to 20 octets of text; the server hears it."""
    client, server = message_client(), message_server()
    hears(client, message(1, message_control=0xA0))

    with pytest.raises(InvalidFieldError, match="20"):
        client.confirm(1, NOW, Answer(text="x" * 21))
    [sending] = client.confirm(1, NOW, Answer(yes=False, text="not today")).sendings
    heard = hears(server, sending.record).signals[-1]

    assert isinstance(heard, MessageConfirmed)
    assert heard.record.message_confirmation_control == 0x01
    assert heard.record.message_confirmation_response == "not today"


def test_msg_07_an_answer_that_nobody_asked_for_is_refused() -> None:
    """Without bit 5 the confirmation is plain."""
    client = message_client()
    hears(client, message(1))

    with pytest.raises(InvalidFieldError, match="only to be confirmed"):
        client.confirm(1, NOW, Answer(yes=True))


def test_msg_08_every_server_that_sent_the_message_is_told() -> None:
    """The confirmation goes to each of them."""
    client = message_client()
    for source in (FIRST, SECOND, peer(3)):
        hears(client, message(1 if source != peer(3) else 7), source=source)

    confirmation = MessageConfirmationRecord(message_id=1, confirmation_time=NOW)

    assert client.confirm(1, NOW).sendings == (
        Sending(FIRST, confirmation),
        Sending(SECOND, confirmation),
    )


def test_msg_09_text_fits_the_frame_and_the_display() -> None:
    """59 octets from us; a display with less room cuts where a character ends."""
    server, client = message_server(), message_client(room=5)

    with pytest.raises(InvalidFieldError, match="59"):
        server.add(message(1, "ü" * 30), NOW)
    server.add(message(1, "ü" * 29), NOW)
    hears(client, message(1, "für üb"))

    assert [m.message for m in client.active(NOW)] == ["für "]


def test_msg_10_all_messages_of_a_server_are_cancelled_at_a_time() -> None:
    """SE 1.2: now or later, and only the messages of the server that says so."""
    client = message_client()
    hears(client, message(1), source=FIRST)
    hears(client, message(2), source=SECOND)

    record = CancelAllMessagesRecord(implementation_date_time=NOW + 600)
    told = hears(client, record, source=FIRST).signals[0]
    hears(client, CancelAllMessagesRecord(implementation_date_time=0), source=peer(3))

    assert isinstance(told, EventReceived)
    assert (told.record, told.status) == (record, Status.SUCCESS)
    assert ids(client, 9) == [1, 2]
    assert ids(client, 10) == [2]


def test_msg_10_the_last_cancellation_can_be_asked_for() -> None:
    """SE 1.2: from a time on; NOT_FOUND when there was none."""
    server = message_server()
    server.add(message(1), NOW)
    before = hears(server, GetMessageCancellationRecord(earliest_implementation_time=0))

    server.cancel_all(NOW + 60)
    found = hears(server, GetMessageCancellationRecord(earliest_implementation_time=NOW), 2)
    later = hears(server, GetMessageCancellationRecord(earliest_implementation_time=NOW + 61), 2)

    assert (before.status, later.status) == (Status.NOT_FOUND, Status.NOT_FOUND)
    assert found.answers == (CancelAllMessagesRecord(implementation_date_time=NOW + 60),)


def test_msg_10_a_protected_message_needs_the_pin() -> None:
    """Its text is on no display and in no news before the right PIN was given."""
    client = message_client(pin=Secret(b"1234"))
    plain = message(1, "secret")

    outcome = hears(client, DisplayProtectedMessageRecord(**fields_by_name(plain)))
    locked = [m.message for m in client.active(NOW)]
    with pytest.raises(RefusedError, match="not the one"):
        client.unlock(Secret(b"0000"), NOW)
    still_locked = [m.message for m in client.active(NOW)]
    news = client.unlock(Secret(b"1234"), NOW)

    assert isinstance(outcome.signals[0], EventReceived)
    assert outcome.signals[0].record == plain.replace(message="")
    assert (locked, still_locked) == ([""], [""])
    assert [m.message for m in client.active(NOW)] == ["secret"]
    assert [type(signal) for signal in news.signals] == [EventsChanged, ActiveEventsChanged]


def test_msg_10_every_protected_message_needs_the_pin_anew() -> None:
    """What comes after the PIN was given is hidden again; without a PIN it stays so."""
    client, without = message_client(pin=Secret(b"1234")), message_client()
    for number in (1, 2):
        protected = DisplayProtectedMessageRecord(**fields_by_name(message(number, "secret")))
        for display in (client, without):
            hears(display, protected)
        if number == 1:
            client.unlock(Secret(b"1234"), NOW)

    assert [m.message for m in client.active(NOW)] == [""]
    with pytest.raises(RefusedError, match="has no PIN"):
        without.unlock(Secret(b"1234"), NOW)


def test_msg_10_our_server_sends_a_protected_message_as_one_and_shows_its_text_nowhere() -> None:
    """Display Protected Message, also to who asks; a power failure does not lay it open."""
    memory, store = MessageMemory(), dict[int, Any]()
    server = MessagingServer(9, Schedule(Policy.MESSAGE, store), memory, longest_frame=lambda: 75)
    protected = DisplayProtectedMessageRecord(
        **fields_by_name(message(1, "secret", start_time=NOW))
    )

    stored, news = server.add(protected, NOW)
    again = MessagingServer(9, Schedule(Policy.MESSAGE, store), memory, longest_frame=lambda: 75)
    again.advance(NOW)

    assert "secret" not in repr((stored, news, server.valid(NOW), again.active(NOW)))
    assert hears(server, GetLastMessageRecord()).answers == (protected,)
    assert hears(again, GetLastMessageRecord()).answers == (protected,)


def test_msg_10_a_message_that_follows_a_protected_one_is_not_protected() -> None:
    """Nor is one whose id was protected before; a refused message protects nothing."""
    memory = MessageMemory()
    server = MessagingServer(9, Schedule(Policy.MESSAGE, {}), memory, longest_frame=lambda: 75)
    protected = DisplayProtectedMessageRecord(**fields_by_name(message(1, "secret")))
    server.add(protected, NOW)

    server.add(message(2, "open"), NOW)
    with pytest.raises(InvalidFieldError):
        server.add(protected.replace(message_id=3, message="x" * 60), NOW)

    assert [m.message for m in server.active(NOW)] == ["open"]
    assert memory.protected == {}


def test_msg_10_a_cancellation_is_kept_until_the_next_message() -> None:
    """Over a power failure; then it is dropped, for it would take the new message back, too."""
    memory, store = MessageMemory(), dict[int, Any]()
    server = MessagingServer(9, Schedule(Policy.MESSAGE, store), memory, longest_frame=lambda: 75)
    asked = GetMessageCancellationRecord(earliest_implementation_time=0)
    server.add(message(1), NOW)
    server.cancel(7, 0, NOW)
    nothing = hears(server, asked)

    server.cancel(1, 0, NOW + 60)
    again = MessagingServer(9, Schedule(Policy.MESSAGE, store), memory, longest_frame=lambda: 75)
    kept = hears(again, asked, 2)
    again.add(message(2), NOW + 180)

    assert nothing.status == Status.NOT_FOUND
    assert kept.answers == (CancelAllMessagesRecord(implementation_date_time=NOW + 60),)
    assert hears(again, asked, 4).status == Status.NOT_FOUND
