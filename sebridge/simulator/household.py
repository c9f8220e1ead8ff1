"""A house of simulated devices, from its description in the configuration."""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
import hashlib
from random import Random
from typing import Any, Final

import zigpy.types as t

from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import ConfigError, ParameterError
from sebridge.base.secret import Secret
from sebridge.base.values import typed
from sebridge.clusters.basic import BasicServer
from sebridge.clusters.cluster import LocalCluster
from sebridge.clusters.drlc_client import DrlcClient, LoadControlSettings
from sebridge.clusters.endpoint import Endpoint
from sebridge.clusters.identify import IdentifyServer
from sebridge.clusters.messaging_client import MessagingClient
from sebridge.clusters.metering_client import MeteringClient
from sebridge.clusters.price_client import PriceClient
from sebridge.clusters.time_server import TimeClient
from sebridge.devices.peer import Peer
from sebridge.radio.radio import Radio
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.settings.options import SimulatedDevice as Description
from sebridge.simulator.device import SimulatedDevice
from sebridge.simulator.display import Display, DisplaySettings
from sebridge.simulator.load import SetPoints
from sebridge.simulator.load_curve import RegisterState
from sebridge.simulator.load_devices import LoadControlSwitch, LoadSettings, Thermostat
from sebridge.simulator.meter import MeterServer, MeterSettings
from sebridge.smartenergy import identifiers

MANUFACTURER: Final = "sebridge simulator"
DEVICE_ENDPOINT: Final = 0x09
_HA_SMART_PLUG: Final = 0x0051

# device classes of SE: bits of device_class
_HVAC: Final = 0x0001
_WATER_HEATER: Final = 0x0008

MakeStation = Callable[[t.EUI64, Secret | None, Endpoint], Radio]


def link_key_of(device: t.EUI64) -> Secret:
    """Return the preconfigured link key of a simulated device: the same at every start.

    It protects nothing, as the simulated air leaves the process never.
    """
    return Secret(hashlib.sha256(b"sebridge simulated house" + device.serialize()).digest()[:16])


@dataclass(slots=True)
class Home:
    """What the devices of one house share."""

    clock: Clock
    random: Random
    registers: MutableMapping[str, RegisterState]
    server: Callable[[], Peer]
    make_station: MakeStation

    def zigbee_now(self) -> int:
        """Return seconds since 2000 UTC."""
        return zigbee_time(self.clock.utc())


class Household:
    """All devices of a house. What a person in it could see or press is in the dictionaries."""

    def __init__(self, descriptions: Sequence[Description], home: Home) -> None:
        self.devices: dict[str, SimulatedDevice] = {}
        self.displays: dict[str, Display] = {}
        self.switches: dict[str, LoadControlSwitch] = {}
        self.thermostats: dict[str, Thermostat] = {}
        self.meters: dict[str, MeterServer] = {}
        self._home = home
        builders: dict[str, Callable[[Description], None]] = {
            "meter": self._build_meter,
            "sub_meter": self._build_sub_meter,
            "display": self._build_display,
            "thermostat": self._build_thermostat,
            "load_control": self._build_load_control,
        }
        # the loads first, so that the meter counts them
        for description in sorted(descriptions, key=lambda d: d.kind.endswith("meter")):
            builders[description.kind](description)

    @property
    def controlled_load(self) -> float:
        """The watts drawn by what load control can reduce."""
        switched = sum(switch.power for switch in self.switches.values())
        return switched + sum(thermostat.power for thermostat in self.thermostats.values())

    # ------------------------------------------------------------------ one kind each

    def _build_meter(self, description: Description) -> None:
        meter = self._meter(description, 1000, lambda: self.controlled_load)
        self._add(description, identifiers.METERING_DEVICE, "SE meter", [meter])

    def _build_sub_meter(self, description: Description) -> None:
        meter = self._meter(description, 100, lambda: 0.0)
        clusters = self._common(description, "HA plug", [meter])
        endpoint = Endpoint(1, identifiers.HA_PROFILE, _HA_SMART_PLUG, clusters)
        self._place(description, endpoint, None)

    def _meter(
        self, description: Description, divisor: int, extra_load: Callable[[], float]
    ) -> MeterServer:
        default = {"divisor": divisor}
        settings = _options(MeterSettings, description, default)
        meter = MeterServer(
            description.name, settings, self._home.clock.utc, self._home.registers, extra_load
        )
        self.meters[description.name] = meter
        return meter

    def _build_display(self, description: Description) -> None:
        settings = _options(DisplaySettings, description)
        prices = PriceClient(DEVICE_ENDPOINT, Schedule(Policy.PRICE, {}))
        messages = MessagingClient(DEVICE_ENDPOINT, Schedule(Policy.MESSAGE, {}))
        device = self._add(
            description,
            identifiers.IN_PREMISE_DISPLAY,
            "SE display",
            [prices, messages, MeteringClient(), TimeClient()],
        )

        def confirm(message_id: int) -> None:
            outcome = messages.confirm(message_id, self._home.zigbee_now())
            device.carry_out(messages, outcome)

        display = Display(prices, messages, settings, self._home.clock, confirm)
        display.watch(device.bus)
        self.displays[description.name] = display

    def _build_thermostat(self, description: Description) -> None:
        settings = _options(LoadSettings, description, {"load": 1500.0})
        client = self._drlc_client(_HVAC)
        prices = PriceClient(DEVICE_ENDPOINT, Schedule(Policy.PRICE, {}))
        self._add(
            description,
            identifiers.THERMOSTAT,
            "SE thermostat",
            [client, prices, TimeClient()],
        )
        self.thermostats[description.name] = Thermostat(
            client, settings, SetPoints(), self._home.zigbee_now
        )

    def _build_load_control(self, description: Description) -> None:
        settings = _options(LoadSettings, description)
        client = self._drlc_client(_WATER_HEATER)
        self._add(
            description, identifiers.LOAD_CONTROL_DEVICE, "SE load switch", [client, TimeClient()]
        )
        self.switches[description.name] = LoadControlSwitch(client, settings, self._home.zigbee_now)

    def _drlc_client(self, device_class: int) -> DrlcClient:
        return DrlcClient(
            DEVICE_ENDPOINT,
            Schedule(Policy.LOAD_CONTROL, {}),
            LoadControlSettings(device_class),
            self._home.random,
        )

    # ------------------------------------------------------------------ all kinds

    def _add(
        self, description: Description, device_id: int, model: str, clusters: list[LocalCluster]
    ) -> SimulatedDevice:
        own = self._common(description, model, clusters)
        endpoint = Endpoint(DEVICE_ENDPOINT, identifiers.SE_PROFILE, device_id, own)
        return self._place(description, endpoint, link_key_of(description.eui64))

    def _common(
        self, description: Description, model: str, clusters: list[LocalCluster]
    ) -> tuple[LocalCluster, ...]:
        basic = BasicServer(MANUFACTURER, f"{model} ({description.name})"[:32])
        return (basic, IdentifyServer(self._home.zigbee_now), *clusters)

    def _place(
        self, description: Description, endpoint: Endpoint, key: Secret | None
    ) -> SimulatedDevice:
        home = self._home
        station = home.make_station(description.eui64, key, endpoint)
        device = SimulatedDevice(description.name, station, endpoint, home.server, home.clock)
        self.devices[description.name] = device
        return device


def _options(kind: Any, description: Description, defaults: dict[str, Any] | None = None) -> Any:
    """Return a device's own options as its settings; raise ConfigError for wrong ones."""
    path = f"simulator.devices[{description.name}].options"
    try:
        return typed(kind, (defaults or {}) | dict(description.options), path)
    except ParameterError as error:
        raise ConfigError([str(error)]) from error
