"""The request to set a thermostat. Own extension: the reference has no such request."""

from collections.abc import Callable
from typing import Final, Literal

from sebridge.api.addressing import ServerPlaces, StatusAnswer, peer_of
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.features.thermostat.degrees import hundredths
from sebridge.features.thermostat.reports import (
    COOLING_SETPOINT,
    ENUM8,
    HEATING_SETPOINT,
    INT16,
    MODES,
    SYSTEM_MODE,
)
from sebridge.gateway.pairing import Pairing, pairing_with
from sebridge.gateway.reporting.reader import Attributes
from sebridge.model.data_types import Uint8
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.attributes import AttributeValue, first_refused, write_value
from sebridge.zcl.identifiers import THERMOSTAT_CLUSTER

ThermostatMode = Literal[
    "off", "auto", "cool", "heat", "emergency_heating", "precooling", "fan_only", "dry", "sleep"
]

_NUMBERS: Final = {word: number for number, word in MODES.items()}
_NAMES: Final = {
    HEATING_SETPOINT: "heating_setpoint",
    COOLING_SETPOINT: "cooling_setpoint",
    SYSTEM_MODE: "mode",
}


class ThermostatMethods:
    """The request to set thermostats of the cluster Thermostat.

    `changed` is told of a server of which something was set.
    """

    rpc_interface = ZCL_INTERFACE

    def __init__(
        self, places: ServerPlaces, attributes: Attributes, changed: Callable[[Pairing], object]
    ) -> None:
        self._places = places
        self._attributes = attributes
        self._changed = changed

    @method
    async def set_thermostat(
        self,
        destination_address: Eui64,
        destination_endpoint_id: Uint8 | Absent = ABSENT,
        heating_setpoint: float | Absent = ABSENT,
        cooling_setpoint: float | Absent = ABSENT,
        mode: ThermostatMode | Absent = ABSENT,
    ) -> StatusAnswer:
        """Set what a thermostat aims at, in degrees C, or its mode, or several of these.

        Without destination_endpoint_id it is the device's first thermostat. What it then shows
        comes as its report. A device may refuse a mode, or a temperature beyond its limits: the
        answer is that to the first it refused.
        """
        values = []
        if mode is not ABSENT:
            values.append(_value(SYSTEM_MODE, ENUM8, _NUMBERS[mode]))
        if heating_setpoint is not ABSENT:
            degrees = hundredths("heating_setpoint", heating_setpoint)
            values.append(_value(HEATING_SETPOINT, INT16, degrees))
        if cooling_setpoint is not ABSENT:
            degrees = hundredths("cooling_setpoint", cooling_setpoint)
            values.append(_value(COOLING_SETPOINT, INT16, degrees))
        if not values:
            raise ParameterError("mode", "or a set point must be given")
        servers = self._places.servers_of(destination_address, THERMOSTAT_CLUSTER)
        peer = peer_of(servers, destination_address, destination_endpoint_id, "thermostat")
        pairing = pairing_with(peer, THERMOSTAT_CLUSTER)
        statuses = await self._attributes.write(pairing, values, undivided=False)
        self._changed(pairing)
        refused, status = first_refused(values, statuses)
        return StatusAnswer.of(peer, THERMOSTAT_CLUSTER, status, f"{_NAMES[refused]}: ")


def _value(attribute_id: int, attribute_type: int, value: int) -> AttributeValue:
    return AttributeValue(attribute_id, attribute_type, value, write_value(attribute_type, value))
