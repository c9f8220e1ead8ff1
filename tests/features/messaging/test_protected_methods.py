"""Messages that a display shows only to who knows its PIN."""

import pytest
from zigpy.types import uint8_t

from sebridge.base.errors import ParameterError, RefusedError
from sebridge.base.secret import Secret
from sebridge.features.messaging.protected_methods import ProtectedMessageMethods
from tests.api.home import DISPLAY, Home, address

HERE = uint8_t(0x5E)
PROTECTED = {"message_id": 7, "duration_in_minutes": 60, "message": "secret"}


class Desk:
    """The desk of a display with a PIN."""

    def __init__(self) -> None:
        self.unlocked = 0

    def unlock(self, pin: Secret) -> None:
        if pin != Secret(b"1234"):
            raise RefusedError("the PIN is not the one of this display")
        self.unlocked += 1


async def test_a_protected_message_goes_to_displays_and_its_text_nowhere_else(home: Home) -> None:
    answer = await home.call("create_protected_message_event", record=PROTECTED)

    assert (answer["status"], answer["device_list"]) == (0, [str(address(DISPLAY))])
    assert answer["record"]["message_id"] == 7
    listed = await home.call("get_message_events")
    assert len(listed["events_record_list"]) == 1
    assert "secret" not in repr((answer, listed, home.said))
    assert home.house.household.displays["Kitchen display"].message == ""  # it has no PIN


async def test_a_refused_one_is_not_laid_open_either(home: Home) -> None:
    await home.call("create_protected_message_event", record=PROTECTED)

    again = await home.call("create_protected_message_event", record=PROTECTED)

    assert again["status"] == 0x8A
    assert "secret" not in repr(again)


async def test_the_pin_unlocks_the_messages_of_a_display() -> None:
    desk = Desk()
    methods = ProtectedMessageMethods({}, {HERE: desk})

    answer = await methods.unlock_messages("1234")

    assert (answer.status, desk.unlocked) == (0, 1)
    with pytest.raises(RefusedError):
        await methods.unlock_messages("4321")


@pytest.mark.parametrize("pin", [1234, None, ["1234"], "9" * 33])
async def test_a_pin_is_text_and_never_in_the_error(pin: object) -> None:
    methods = ProtectedMessageMethods({}, {HERE: Desk()})

    with pytest.raises(ParameterError) as refusal:
        await methods.unlock_messages(pin)

    assert str(refusal.value) == "pin: must be text of at most 32 characters"


async def test_an_energy_service_interface_has_nothing_to_unlock() -> None:
    with pytest.raises(ParameterError, match="has no client"):
        await ProtectedMessageMethods({}).unlock_messages("1234")
