"""What a person before a simulated display does: confirm a message."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import UnknownEventError
from sebridge.features.messaging.simulated import MessageOnDisplay
from sebridge.rpc.method import SIMULATOR_INTERFACE, method
from sebridge.simulator.vocabulary import SimulatedDevices


class SetSimulatedConfirmationResponse(msgspec.Struct, frozen=True, kw_only=True):
    """After how many seconds messages are confirmed; null for never."""

    confirm_after: float | None


class ConfirmSimulatedMessageResponse(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages were confirmed."""

    confirmed: int


class SimulatedMessageMethods:
    """Requests to the displays of the simulated house."""

    rpc_interface = SIMULATOR_INTERFACE

    def __init__(self, devices: SimulatedDevices) -> None:
        self._devices = devices

    @method
    async def confirm_simulated_message(
        self, device_address: Eui64
    ) -> ConfirmSimulatedMessageResponse:
        """Press Confirm on a simulated display: the messages there that ask for it are confirmed.

        It is an error when none does, or the display is not on the network.
        """
        shown = self._devices.part_of(device_address, MessageOnDisplay, "display", joined=True)
        confirmed = shown.press_confirm()
        if not confirmed:
            raise UnknownEventError("no message on this display waits for confirmation")
        return ConfirmSimulatedMessageResponse(confirmed=confirmed)

    @method
    async def set_simulated_confirmation(
        self, device_address: Eui64, confirm_after: float | None
    ) -> SetSimulatedConfirmationResponse:
        """Have the messages to come confirmed by themselves at a simulated display, or not.

        So many seconds after each came (0 to 86400), as the option confirm_after of the device has
        it, which holds again after a restart; null leaves it to whoever presses Confirm.
        """
        shown = self._devices.part_of(device_address, MessageOnDisplay, "display")
        shown.confirm_by_itself(confirm_after)
        self._devices.note_change()
        return SetSimulatedConfirmationResponse(confirm_after=shown.confirm_after)
