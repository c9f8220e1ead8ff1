"""Confirming messages, and unlocking them."""

import pytest

from sebridge.base.errors import RefusedError
from sebridge.base.secret import Secret
from sebridge.features.messaging.records import (
    DisplayMessageRecord,
    DisplayProtectedMessageRecord,
    MessageConfirmationRecord,
)
from tests.gateway.events.client_side import Clients


async def test_a_confirmation_is_stamped_unless_it_has_a_time(clients: Clients) -> None:
    fresh = clients.message_service.stamped(MessageConfirmationRecord(message_id=1))
    dated = clients.message_service.stamped(
        MessageConfirmationRecord(message_id=1, confirmation_time=9)
    )

    assert fresh.confirmation_time > 0
    assert dated.confirmation_time == 9


async def test_confirming_a_cancellation_lets_the_message_go(clients: Clients) -> None:
    message = DisplayMessageRecord(message_id=4, duration_in_minutes=5, message="Hello")
    clients.hear(0x0703, message.serialize())
    clients.hear(0x0703, bytes.fromhex("0400000080"), command_id=1)
    assert len(clients.message_service.active()) == 1

    clients.message_service.confirmed(4)
    await clients.clock.advance(seconds=1)

    assert clients.message_service.active() == []


async def test_the_right_pin_unlocks_a_protected_message(clients: Clients) -> None:
    message = DisplayProtectedMessageRecord(message_id=4, duration_in_minutes=5, message="Hello")
    clients.hear(0x0703, message.serialize(), command_id=2)
    with pytest.raises(RefusedError, match="not the one of this display"):
        clients.message_service.unlock(Secret(b"4321"))
    locked = [m.message for m in clients.message_service.active()]

    clients.message_service.unlock(Secret(b"1234"))
    await clients.clock.advance(seconds=1)

    assert (locked, [m.message for m in clients.message_service.active()]) == ([""], ["Hello"])
