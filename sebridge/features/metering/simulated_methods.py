"""What a person in the simulated house makes its meters count."""

from typing import Final, Literal

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.features.metering.simulated_load import SetLoad
from sebridge.features.metering.simulated_meter import MeterServer
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import SIMULATOR_INTERFACE, method
from sebridge.simulator.vocabulary import SimulatedDevices

_MOST: Final = SetLoad.MOST


class SetSimulatedUsageResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The watts that go through the meter now, with what other simulated devices draw."""

    power: float


class SimulatedMeterMethods:
    """Requests to the meters of the simulated house."""

    rpc_interface = SIMULATOR_INTERFACE

    def __init__(self, devices: SimulatedDevices) -> None:
        self._devices = devices

    @method
    async def set_simulated_usage(
        self,
        device_address: Eui64,
        usage: Literal["curve", "fixed", "rising"],
        *,
        load: float | Absent = ABSENT,
        rise: float | Absent = ABSENT,
    ) -> SetSimulatedUsageResponse:
        """Set what the household behind a simulated meter draws.

        By its own curve of the day, as its options have it; a fixed load in W; or one that rises by
        so many W in each hour (falls, where that is negative). A negative load gives energy out.
        Without a load it begins with what is drawn now. What other simulated devices draw comes on
        top. It is not kept over a restart; what was counted is.
        """
        meter = self._devices.part_of(device_address, MeterServer, "meter")
        watts, more = _limited("load", load), _limited("rise", rise)
        if usage != "rising" and more is not None:
            raise ParameterError("rise", "is only for a load that is rising")
        if usage == "curve":
            if watts is not None:
                raise ParameterError("load", "is given by the curve")
            meter.follow_curve()
        else:
            if usage == "rising" and more is None:
                raise ParameterError("rise", "is missing")
            meter.set_load(meter.own_power if watts is None else watts, more or 0.0)
        self._devices.note_change()
        return SetSimulatedUsageResponse(power=round(meter.power, 1))


def _limited(name: str, value: float | Absent) -> float | None:
    if value is ABSENT:
        return None
    if not -_MOST <= value <= _MOST:
        raise ParameterError(name, f"must be {-_MOST:.0f}..{_MOST:.0f}")
    return value
