"""What Home Assistant shows of thermostats: a climate component for each, and their demand.

Source: Home Assistant, documentation of MQTT HVAC.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Self

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.features.thermostat.reports import COOLING_DEMAND, HEATING_DEMAND
from sebridge.features.thermostat.topics import TOPIC
from sebridge.gateway.reporting.shown_values import ValuesShown
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    ACTION_IDENTIFIER,
    MEASUREMENT,
    Entities,
    EntitiesChanged,
    Entity,
    EntityHost,
    Group,
)
from sebridge.network.signals import DeviceRemoved
from sebridge.transports.mqtt.topics import eui64_topic
from sebridge.zcl.identifiers import THERMOSTAT_CLUSTER

_LOWEST: Final = 5.0
_HIGHEST: Final = 35.0
"""What can be set where a thermostat does not tell its limits, in degrees C."""
_STEP: Final = 0.5
_HEAT: Final = "heat"
_COOL: Final = "cool"

_MODES: Final[Mapping[str, str]] = {
    "off": "off",
    "auto": "heat_cool",
    "cool": "cool",
    "heat": "heat",
    "emergency_heating": "heat",
    "precooling": "cool",
    "fan_only": "fan_only",
    "dry": "dry",
    "sleep": "heat_cool",
}
"""What Home Assistant calls the modes of thermostats."""

_MODE: Final = f"{{{{ {dict(_MODES)}.get(value_json.get('mode')) }}}}"
_ACTION: Final = (
    "{% set running = value_json.get('running') %}"
    "{% if value_json.get('mode') == 'off' %}off"
    "{% elif running %}{{ running }}"
    "{% elif value_json.get('heating_demand') %}heating"
    "{% elif value_json.get('cooling_demand') %}cooling"
    "{% else %}idle{% endif %}"
)
_LIMITS: Final = ("lowest_heating", "highest_heating", "lowest_cooling", "highest_cooling")


class ThermostatShape(msgspec.Struct, frozen=True, kw_only=True):
    """What a thermostat can do, so far as it has shown it. Kept across restarts.

    The limits are degrees C.
    """

    heats: bool = False
    cools: bool = False
    heating_demand: bool = False
    cooling_demand: bool = False
    lowest_heating: float | None = None
    highest_heating: float | None = None
    lowest_cooling: float | None = None
    highest_cooling: float | None = None

    def with_values(self, shown: Mapping[str, Any]) -> Self:
        """Return the shape with what it shows besides."""
        can = shown.get("can")
        limits = {name: shown[name] for name in _LIMITS if shown.get(name) is not None}
        return replace(
            self,
            heats=can != _COOL and (self.heats or shown.get("heating_setpoint") is not None),
            cools=can != _HEAT and (self.cools or shown.get("cooling_setpoint") is not None),
            heating_demand=self.heating_demand or shown.get("heating_demand") is not None,
            cooling_demand=self.cooling_demand or shown.get("cooling_demand") is not None,
            **limits,
        )

    @property
    def modes(self) -> list[str]:
        """The modes that a person can choose from."""
        both = ["heat_cool"] if self.heats and self.cools else []
        return ["off", *([_HEAT] if self.heats else []), *([_COOL] if self.cools else []), *both]

    @property
    def limits(self) -> tuple[float, float]:
        """The lowest and the highest temperature that can be set."""
        sides = [
            *([(self.lowest_heating, self.highest_heating)] if self.heats else []),
            *([(self.lowest_cooling, self.highest_cooling)] if self.cools else []),
        ]
        lowest = min(_LOWEST if low is None else low for low, _ in sides)
        return lowest, max(_HIGHEST if high is None else high for _, high in sides)


class ThermostatEntities(Entities):
    """The components of every server of Thermostat, once it has told what it aims at.

    Its shape is kept in the collection `thermostat_shapes`, by `<eui64>/<endpoint>`.
    """

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._bus = host.bus
        self._expiry = host.expiry
        self._shapes = host.open_collection("thermostat_shapes", str, ThermostatShape)
        host.bus.listen(ValuesShown, self._on_values)
        host.bus.listen(DeviceRemoved, self._on_removal)

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        there = [e.number for e in device.endpoints if THERMOSTAT_CLUSTER in e.servers]
        for number in there:
            shape = self._shapes.get(_key(device.eui64, number), ThermostatShape())
            topic = self._topics.at_endpoint(device.eui64, number, TOPIC)
            for entity in self._of_shape(shape, topic, device.eui64, number):
                yield replace(entity, endpoint=number, is_one_of_several=len(there) > 1)

    def _of_shape(
        self, shape: ThermostatShape, topic: str, device: Eui64, endpoint: int
    ) -> Iterator[Entity]:
        if shape.heats or shape.cools:
            yield self._climate(shape, topic, device, endpoint)
        demands = (
            (shape.heating_demand, "heating_demand", "Heating demand", HEATING_DEMAND),
            (shape.cooling_demand, "cooling_demand", "Cooling demand", COOLING_DEMAND),
        )
        for is_there, key, name, attribute_id in demands:
            if is_there:
                yield Entity(
                    key=key,
                    platform="sensor",
                    name=name,
                    topic=topic,
                    template=f"{{{{ value_json.get('{key}') }}}}",
                    state_class=MEASUREMENT,
                    unit="%",
                    icon="mdi:percent",
                    expires_after=self._expiry(device, endpoint, THERMOSTAT_CLUSTER, attribute_id),
                )

    def _climate(self, shape: ThermostatShape, topic: str, device: Eui64, endpoint: int) -> Entity:
        lowest, highest = shape.limits
        command = f"{self._topics.request}/set_thermostat"

        def request(parameter: str, value: str) -> str:
            return (
                f"{{{{ {{'destination_address': '{eui64_topic(device)}',"
                f" 'destination_endpoint_id': {endpoint}, '{parameter}': {value},"
                f" 'request_identifier': '{ACTION_IDENTIFIER}'}} | to_json }}}}"
            )

        def setting(short: str, name: str) -> dict[str, str]:
            """Return the keys of a temperature that can be set."""
            return {
                f"{short}_stat_t": topic,
                f"{short}_stat_tpl": f"{{{{ value_json.get('{name}') }}}}",
                f"{short}_cmd_t": command,
                f"{short}_cmd_tpl": request(name, "value | float"),
            }

        if shape.heats and shape.cools:
            settings = setting("temp_lo", "heating_setpoint") | setting(
                "temp_hi", "cooling_setpoint"
            )
        else:
            settings = setting("temp", "heating_setpoint" if shape.heats else "cooling_setpoint")
        return Entity(
            key="climate",
            capability="target_temperature",
            platform="climate",
            name="Thermostat",
            group=Group.ACTION,
            more={
                "modes": shape.modes,
                "mode_stat_t": topic,
                "mode_stat_tpl": _MODE,
                "mode_cmd_t": command,
                "mode_cmd_tpl": request("mode", "'auto' if value == 'heat_cool' else value"),
                "curr_temp_t": topic,
                "curr_temp_tpl": "{{ value_json.get('temperature') }}",
                "act_t": topic,
                "act_tpl": _ACTION,
                "temp_unit": "C",
                "temp_step": _STEP,
                "min_temp": lowest,
                "max_temp": highest,
                **settings,
            },
        )

    def _on_values(self, signal: ValuesShown) -> None:
        if signal.cluster_id != THERMOSTAT_CLUSTER:
            return
        key = _key(signal.device, signal.endpoint)
        known = self._shapes.get(key, ThermostatShape())
        shape = known.with_values(signal.shown)
        if shape != known:
            self._shapes[key] = shape
            self._bus.send(EntitiesChanged(signal.device))

    def _on_removal(self, signal: DeviceRemoved) -> None:
        branch = _key(signal.device, "")
        for key in [key for key in self._shapes if key.startswith(branch)]:
            del self._shapes[key]


def _key(device: Eui64, endpoint: int | str) -> str:
    return f"{device:016x}/{endpoint}"
