"""Messages that a display shows only to who knows its PIN."""

import pytest
from zigpy.types import uint8_t

from sebridge.base.errors import LimitError, ParameterError, RefusedError
from sebridge.features.messaging.pin_attempts import PinAttempts
from sebridge.features.messaging.protected_methods import ProtectedMessageMethods
from sebridge.features.messaging.records import DisplayProtectedMessageRecord
from sebridge.features.messaging.simulated import MessageOnDisplay
from sebridge.rpc.message import Caller, Scope
from sebridge.zcl.identifiers import MESSAGING
from tests.api.home import DISPLAY, Home, address
from tests.gateway.events.client_side import Clients

CALLER = Caller("mqtt", Scope.COMMAND)
HERE = uint8_t(0x5E)
PROTECTED = {"message_id": 7, "duration_in_minutes": 60, "message": "secret"}


@pytest.fixture
def methods(clients: Clients) -> ProtectedMessageMethods:
    return ProtectedMessageMethods(
        servers={},
        clients={HERE: clients.message_service},
        attempts=PinAttempts({}),
        now=clients.clock.utc,
    )


async def test_a_protected_message_goes_to_displays_and_its_text_nowhere_else(home: Home) -> None:
    answer = await home.call("create_protected_message_event", record=PROTECTED)

    assert (answer["status"], answer["device_list"]) == (0, [str(address(DISPLAY))])
    assert answer["record"]["message_id"] == 7
    listed = await home.call("get_message_events")
    assert len(listed["events_record_list"]) == 1
    assert "secret" not in repr((answer, listed, home.said))
    assert (
        home.house.household.find(MessageOnDisplay)["Kitchen display"].message == ""
    )  # it has no PIN


async def test_a_refused_one_is_not_laid_open_either(home: Home) -> None:
    await home.call("create_protected_message_event", record=PROTECTED)

    again = await home.call("create_protected_message_event", record=PROTECTED)

    assert again["status"] == 0x8A
    assert "secret" not in repr(again)


async def test_the_pin_unlocks_the_messages_of_a_display(
    clients: Clients, methods: ProtectedMessageMethods
) -> None:
    message = DisplayProtectedMessageRecord(message_id=4, duration_in_minutes=5, message="secret")
    clients.hear(MESSAGING, message.serialize(), command_id=2)
    with pytest.raises(RefusedError):
        await methods.unlock_messages("4321", CALLER)
    locked = [shown.message for shown in clients.message_service.active()]

    answer = await methods.unlock_messages("1234", CALLER)

    assert answer.status == 0
    unlocked = [shown.message for shown in clients.message_service.active()]
    assert (locked, unlocked) == ([""], ["secret"])


@pytest.mark.parametrize("pin", [1234, None, ["1234"], "9" * 33])
async def test_a_pin_is_text_and_never_in_the_error(
    methods: ProtectedMessageMethods, pin: object
) -> None:
    with pytest.raises(ParameterError) as refusal:
        await methods.unlock_messages(pin, CALLER)

    assert str(refusal.value) == "pin: must be text of at most 32 characters"


async def test_an_energy_service_interface_has_nothing_to_unlock() -> None:
    with pytest.raises(ParameterError, match="has no client"):
        await ProtectedMessageMethods(
            servers={}, clients={}, attempts=PinAttempts({}), now=lambda: 0.0
        ).unlock_messages("1234", CALLER)


async def test_a_right_pin_in_the_pause_is_not_looked_at_and_after_it_unlocks(
    clients: Clients, methods: ProtectedMessageMethods
) -> None:
    message = DisplayProtectedMessageRecord(message_id=4, duration_in_minutes=5, message="secret")
    clients.hear(MESSAGING, message.serialize(), command_id=2)
    for pin in ("0000", "0001", "0002"):
        with pytest.raises(LimitError, match="the PIN is not the one of this display") as refused:
            await methods.unlock_messages(pin, CALLER)

    with pytest.raises(LimitError, match="too many wrong PINs"):
        await methods.unlock_messages("1234", CALLER)
    hidden = [shown.message for shown in clients.message_service.active()]
    await clients.clock.advance(30)
    await methods.unlock_messages("1234", CALLER)

    assert refused.value.details() == {"retry_after": 30}
    shown = [message.message for message in clients.message_service.active()]
    assert (hidden, shown) == ([""], ["secret"])
