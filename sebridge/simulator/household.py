"""A house of simulated devices, from its description in the configuration."""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
import hashlib
from random import Random
from typing import Any, Final

from zigpy.zdo.types import LogicalType, NodeDescriptor

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.computing import Compute, at_once
from sebridge.base.errors import ConfigError, ParameterError
from sebridge.base.secret import Secret
from sebridge.crypto import install_code
from sebridge.crypto.key_agreement import Randomness
from sebridge.features.basic.cluster import BasicServer
from sebridge.features.identify.cluster import IdentifyServer
from sebridge.features.keep_alive.cluster import KeepAliveClient
from sebridge.features.keys.clusters import KeyClusters
from sebridge.features.load_control.client import DrlcClient, LoadControlSettings
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.metering.client import MeteringClient
from sebridge.features.price.client import PriceClient
from sebridge.features.time.server import TimeClient
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.model.values import typed
from sebridge.network.link_keys import LinkKeys
from sebridge.network.peer import Peer
from sebridge.radio.zdo_server import node_descriptor
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.settings.simulator_options import SimulatedDeviceOptions
from sebridge.simulator.certificates import HouseCertificates
from sebridge.simulator.device import SimulatedDevice
from sebridge.simulator.display import Display, DisplaySettings
from sebridge.simulator.load import SetPoints
from sebridge.simulator.load_curve import RegisterState
from sebridge.simulator.load_devices import LoadControlSwitch, LoadSettings, Thermostat
from sebridge.simulator.meter import MeterServer, MeterSettings
from sebridge.simulator.meter_watch import MeterWatch
from sebridge.simulator.trust_center_link import DeviceSecurity, Station
from sebridge.zcl import identifiers

MANUFACTURER: Final = "sebridge simulator"
DEVICE_ENDPOINT: Final = 0x09
_HA_SMART_PLUG: Final = 0x0051

# device classes of SE: bits of device_class
_HVAC: Final = 0x0001
_WATER_HEATER: Final = 0x0008

_SLEEPY: Final = node_descriptor(LogicalType.EndDevice, is_sleepy=True)

MakeStation = Callable[[Eui64, Secret | None, Endpoint, NodeDescriptor], Station]


def link_key_of(device: Eui64) -> Secret:
    """Return the preconfigured link key of a simulated device: the same at every start.

    It protects nothing, as the simulated air leaves the process never.
    """
    return Secret(hashlib.sha256(b"sebridge simulated house" + bytes(device)).digest()[:16])


def preconfigured_key(description: SimulatedDeviceOptions) -> Secret:
    """Return the link key that a device joins with: that of its installation code, if it has one.

    Raises ConfigError for a wrong code.
    """
    if description.installation_code is None:
        return link_key_of(description.eui64)
    try:
        return install_code.link_key(description.installation_code)
    except ParameterError as error:
        path = f"simulator.devices[{description.name}].installation_code"
        raise ConfigError([f"{path}: {error.problem}"]) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseSecurity:
    """Certificates for a whole house, and the keys which its devices have from them.

    `forced_suite` is the bit of the only suite that the devices use, whatever the gateway says.
    """

    certificates: HouseCertificates
    kept: LinkKeys
    randomness: Randomness
    compute: Compute = at_once
    forced_suite: int | None = None

    def of(self, device: Eui64) -> DeviceSecurity:
        """Return what one device needs."""
        own = self.certificates.of(device)
        return DeviceSecurity(
            own=own,
            clusters=KeyClusters(own.suites),
            kept=self.kept,
            randomness=self.randomness,
            compute=self.compute,
            forced_suite=self.forced_suite,
        )


@dataclass(slots=True)
class Home:
    """What the devices of one house share."""

    clock: Clock
    random: Random
    registers: MutableMapping[str, RegisterState]
    make_station: MakeStation
    security: HouseSecurity | None = None

    def zigbee_now(self) -> int:
        """Return seconds since 2000 UTC."""
        return zigbee_time(self.clock.utc())


class Household:
    """All devices of a house. What a person in it could see or press is in the dictionaries."""

    def __init__(self, descriptions: Sequence[SimulatedDeviceOptions], home: Home) -> None:
        self.devices: dict[str, SimulatedDevice] = {}
        self.displays: dict[str, Display] = {}
        self.watches: dict[str, MeterWatch] = {}
        self.switches: dict[str, LoadControlSwitch] = {}
        self.thermostats: dict[str, Thermostat] = {}
        self.meters: dict[str, MeterServer] = {}
        self._home = home
        builders: dict[str, Callable[[SimulatedDeviceOptions], None]] = {
            "meter": self._build_meter,
            "sub_meter": self._build_sub_meter,
            "display": self._build_display,
            "thermostat": self._build_thermostat,
            "load_control": self._build_load_control,
        }
        # the loads first, so that the meter counts them
        for description in sorted(descriptions, key=lambda d: d.kind.endswith("meter")):
            builders[description.kind](description)
        self._watch_meters(descriptions)

    @property
    def controlled_load(self) -> float:
        """The watts drawn by what load control can reduce."""
        switched = sum(switch.power for switch in self.switches.values())
        return switched + sum(thermostat.power for thermostat in self.thermostats.values())

    # ------------------------------------------------------------------ one kind each

    def _build_meter(self, description: SimulatedDeviceOptions) -> None:
        meter = self._meter(description, {"divisor": 1000}, lambda: self.controlled_load)
        node = _SLEEPY if meter.settings.mirrored else None
        device = self._add(description, identifiers.METERING_DEVICE, "SE meter", [meter], node)
        if meter.settings.mirrored:
            device.sleep(meter)

    def _build_sub_meter(self, description: SimulatedDeviceOptions) -> None:
        small = {"divisor": 100, "mean_load": 90.0, "initial_energy": 212.0}
        meter = self._meter(description, small, lambda: 0.0)
        clusters = self._common(description, "HA plug", [meter])
        endpoint = Endpoint(1, identifiers.HA_PROFILE, _HA_SMART_PLUG, clusters)
        self._place(description, endpoint, None)

    def _meter(
        self,
        description: SimulatedDeviceOptions,
        default: dict[str, Any],
        extra_load: Callable[[], float],
    ) -> MeterServer:
        settings = _options(MeterSettings, description, default)
        meter = MeterServer(
            description.name, settings, self._home.clock.utc, self._home.registers, extra_load
        )
        self.meters[description.name] = meter
        return meter

    def _build_display(self, description: SimulatedDeviceOptions) -> None:
        settings = _options(DisplaySettings, description)
        prices = PriceClient(
            DEVICE_ENDPOINT, Schedule(Policy.PRICE, {}, MOST_HEARD), time_is_known=_always
        )
        messages = MessagingClient(
            DEVICE_ENDPOINT, Schedule(Policy.MESSAGE, {}, MOST_HEARD), time_is_known=_always
        )
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

    def _build_thermostat(self, description: SimulatedDeviceOptions) -> None:
        settings = _options(LoadSettings, description, {"load": 1500.0})
        client = self._drlc_client(_HVAC)
        prices = PriceClient(
            DEVICE_ENDPOINT, Schedule(Policy.PRICE, {}, MOST_HEARD), time_is_known=_always
        )
        self._add(
            description,
            identifiers.THERMOSTAT,
            "SE thermostat",
            [client, prices, TimeClient()],
        )
        self.thermostats[description.name] = Thermostat(
            client, settings, SetPoints(), self._home.zigbee_now
        )

    def _build_load_control(self, description: SimulatedDeviceOptions) -> None:
        settings = _options(LoadSettings, description)
        client = self._drlc_client(_WATER_HEATER)
        self._add(
            description, identifiers.LOAD_CONTROL_DEVICE, "SE load switch", [client, TimeClient()]
        )
        self.switches[description.name] = LoadControlSwitch(client, settings, self._home.zigbee_now)

    def _drlc_client(self, device_class: int) -> DrlcClient:
        return DrlcClient(
            DEVICE_ENDPOINT,
            Schedule(Policy.LOAD_CONTROL, {}, MOST_HEARD),
            LoadControlSettings(device_class),
            self._home.random,
            time_is_known=_always,
        )

    # ------------------------------------------------------------------ all kinds

    def _add(
        self,
        description: SimulatedDeviceOptions,
        device_id: int,
        model: str,
        clusters: list[LocalCluster],
        node: NodeDescriptor | None = None,
    ) -> SimulatedDevice:
        home = self._home
        security = None if home.security is None else home.security.of(description.eui64)
        own = self._common(description, model, clusters)
        own += (KeepAliveClient(),)
        own += () if security is None else security.clusters.both
        endpoint = Endpoint(DEVICE_ENDPOINT, identifiers.SE_PROFILE, device_id, own)
        key = preconfigured_key(description)
        return self._place(description, endpoint, key, security, node)

    def _common(
        self, description: SimulatedDeviceOptions, model: str, clusters: list[LocalCluster]
    ) -> tuple[LocalCluster, ...]:
        basic = BasicServer(MANUFACTURER, f"{model} ({description.name})"[:32])
        return (basic, IdentifyServer(self._home.zigbee_now), *clusters)

    def _place(
        self,
        description: SimulatedDeviceOptions,
        endpoint: Endpoint,
        key: Secret | None,
        security: DeviceSecurity | None = None,
        node: NodeDescriptor | None = None,
    ) -> SimulatedDevice:
        home = self._home
        station = home.make_station(
            description.eui64, key, endpoint, node_descriptor() if node is None else node
        )
        device = SimulatedDevice(
            description.name, station, endpoint, home.clock, home.random, security
        )
        self.devices[description.name] = device
        return device

    def _watch_meters(self, descriptions: Sequence[SimulatedDeviceOptions]) -> None:
        """Let each display watch the first meter that is awake, where they can prove themselves."""
        meters = [
            d.eui64
            for d in descriptions
            if d.kind == "meter" and not self.meters[d.name].settings.mirrored
        ]
        if self._home.security is None or not meters:
            return
        meter = Peer(meters[0], DEVICE_ENDPOINT, identifiers.SE_PROFILE)
        for name in self.displays:
            self.watches[name] = self.devices[name].watch(meter)


def _options(
    kind: Any, description: SimulatedDeviceOptions, defaults: dict[str, Any] | None = None
) -> Any:
    """Return a device's own options as its settings; raise ConfigError for wrong ones."""
    path = f"simulator.devices[{description.name}].options"
    try:
        return typed(kind, (defaults or {}) | dict(description.options), path)
    except ParameterError as error:
        raise ConfigError([str(error)]) from error


def _always() -> bool:
    """Say that a simulated device knows the time: it is that of its clock."""
    return True
