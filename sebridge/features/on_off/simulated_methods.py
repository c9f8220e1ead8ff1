"""Press the buttons of simulated remote controls."""

from typing import Literal

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.features.on_off.simulated import RemoteControl
from sebridge.rpc.method import SIMULATOR_INTERFACE, method
from sebridge.simulator.vocabulary import SimulatedDevices


class PressSimulatedButtonResponse(msgspec.Struct, frozen=True, kw_only=True):
    """To how many others the remote control has sent a command."""

    count: int


class SimulatedButtonMethods:
    """Requests to the remote controls of the simulated house."""

    rpc_interface = SIMULATOR_INTERFACE

    def __init__(self, devices: SimulatedDevices) -> None:
        self._devices = devices

    @method
    async def press_simulated_button(
        self, device_address: Eui64, button: Literal["on", "off", "toggle"]
    ) -> PressSimulatedButtonResponse:
        """Press a button of a simulated remote control.

        It sends the command to those to whom its cluster On/Off is bound: to nobody, as long as
        nobody has bound it.
        """
        remote = self._devices.part_of(device_address, RemoteControl, "remote control", joined=True)
        return PressSimulatedButtonResponse(count=remote.press(button))
