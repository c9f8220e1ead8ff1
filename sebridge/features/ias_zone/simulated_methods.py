"""Open and close the doors of the simulated house."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.features.ias_zone.simulated import Door
from sebridge.rpc.method import SIMULATOR_INTERFACE, method
from sebridge.simulator.vocabulary import SimulatedDevices


class MoveSimulatedDoorResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the door is open now."""

    open: bool


class SimulatedDoorMethods:
    """Requests to the doors of the simulated house."""

    rpc_interface = SIMULATOR_INTERFACE

    def __init__(self, devices: SimulatedDevices) -> None:
        self._devices = devices

    @method
    async def move_simulated_door(
        self,
        device_address: Eui64,
        *,
        open: bool,  # noqa: A002 - a parameter is called as it is
    ) -> MoveSimulatedDoorResponse:
        """Open a door of the simulated house, or close it; its contact tells that."""
        door = self._devices.part_of(device_address, Door, "contact of a door", joined=True)
        door.move(is_open=open)
        self._devices.note_change()
        return MoveSimulatedDoorResponse(open=door.is_open)
