"""What the owner of a simulated thermostat or switch decides: to take part in events or not."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.features.load_control.simulated import Owner
from sebridge.model.data_types import Uint32
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import SIMULATOR_INTERFACE, method
from sebridge.simulator.vocabulary import SimulatedDevices


class OptOutSimulatedDeviceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the owner of the device wants no part in events to come."""

    opt_out: bool


class SimulatedLoadControlMethods:
    """Requests to the thermostats and load switches of the simulated house."""

    rpc_interface = SIMULATOR_INTERFACE

    def __init__(self, devices: SimulatedDevices) -> None:
        self._devices = devices

    @method
    async def opt_out_simulated_device(
        self, device_address: Eui64, *, opt_out: bool, issuer_event_id: Uint32 | Absent = ABSENT
    ) -> OptOutSimulatedDeviceResponse:
        """Have a simulated thermostat or load switch take no part in an event, or part again.

        Without an event it is out of, or in, all that there are and that will come, as far as
        participation is not mandatory. It reports its choice as a device does. What is set here is
        not kept over a restart, where the option opt_out of the device holds.
        """
        owner = self._devices.part_of(
            device_address, Owner, "thermostat or load switch", joined=True
        )
        if issuer_event_id is ABSENT:
            owner.choose(out=opt_out)
        else:
            owner.choose_one(issuer_event_id, out=opt_out)
        self._devices.note_change()
        return OptOutSimulatedDeviceResponse(opt_out=owner.opts_out)
