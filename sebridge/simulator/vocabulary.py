"""How a feature declares what a simulated device does of it: `simulated.py` in its folder.

A function that is lent a `SimulatedHost` returns the `SimulatedPart` that the feature adds to this
device. The engine asks every feature for every device, and knows none by its name.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from random import Random
from typing import Any, Final, Protocol, TypeVar

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import ConfigError, ParameterError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.cluster import LocalCluster, Outcome
from sebridge.gateway.exchange import Exchange
from sebridge.model.plain import from_plain
from sebridge.model.record import Record
from sebridge.model.shape import names_of
from sebridge.network.service_search import TrustCenterServers
from sebridge.radio.radio import Incoming, Radio
from sebridge.radio.zdo_server import Binding
from sebridge.settings.simulator_options import SimulatedDeviceOptions
from sebridge.simulator.credentials import DeviceSecurity
from sebridge.zcl import digi, identifiers

T = TypeVar("T")

DEVICE_ENDPOINT: Final = 0x09
"""The endpoint of every simulated device of the Smart Energy profile."""

_HA_REMOTE_CONTROL: Final = 0x0006
_HA_OCCUPANCY_SENSOR: Final = 0x0107
_HA_LAMP: Final = 0x010C
_HA_BLIND: Final = 0x0202
_HA_SMART_PLUG: Final = 0x0051
_HA_IAS_ZONE: Final = 0x0402
_HA_THERMOSTAT: Final = 0x0301
_HA_TEMPERATURE_SENSOR: Final = 0x0302
_XBEE: Final = 0x0001

# ------------------------------------------------------------------ kinds of devices


class DeviceKind(msgspec.Struct, frozen=True):
    """A kind of device, by its `name` in the configuration. `model` is what it says of itself.

    One that `has_driver` says just that; others add the name that somebody gave them.
    """

    name: str
    model: str
    device_id: int
    endpoint_id: int = DEVICE_ENDPOINT
    profile_id: int = identifiers.SE_PROFILE
    has_driver: bool = False

    @property
    def is_smart_energy(self) -> bool:
        """Whether it has a link key, and its trust centre is its energy service interface."""
        return self.profile_id == identifiers.SE_PROFILE


METER: Final = DeviceKind("meter", "SE meter", identifiers.METERING_DEVICE)
SUB_METER: Final = DeviceKind("sub_meter", "HA plug", _HA_SMART_PLUG, 1, identifiers.HA_PROFILE)
DISPLAY: Final = DeviceKind("display", "SE display", identifiers.IN_PREMISE_DISPLAY)
THERMOSTAT: Final = DeviceKind("thermostat", "SE thermostat", identifiers.THERMOSTAT)
LOAD_CONTROL: Final = DeviceKind("load_control", "SE load switch", identifiers.LOAD_CONTROL_DEVICE)
SMART_PLUG: Final = DeviceKind(
    "smart_plug", "HA smart plug", _HA_SMART_PLUG, 1, identifiers.HA_PROFILE, has_driver=True
)
TWO_OUTLET_PLUG: Final = DeviceKind(
    *("two_outlet_plug", "HA two-outlet plug", _HA_SMART_PLUG, 1, identifiers.HA_PROFILE),
    has_driver=True,
)
REMOTE_CONTROL: Final = DeviceKind(
    *("remote_control", "HA remote control", _HA_REMOTE_CONTROL, 1, identifiers.HA_PROFILE),
    has_driver=True,
)
TEMPERATURE_SENSOR: Final = DeviceKind(
    "temperature_sensor", "HA temperature", _HA_TEMPERATURE_SENSOR, 1, identifiers.HA_PROFILE
)
ROOM_THERMOSTAT: Final = DeviceKind(
    "room_thermostat", "HA thermostat", _HA_THERMOSTAT, 1, identifiers.HA_PROFILE
)
SERIAL_NODE: Final = DeviceKind(
    "serial_node", "XBee serial", _XBEE, digi.DATA_ENDPOINT, digi.PROFILE
)
XBEE_SENSOR: Final = DeviceKind(
    "xbee_sensor", "XBee Sensor", _XBEE, digi.DATA_ENDPOINT, digi.PROFILE
)
LAMP: Final = DeviceKind("lamp", "HA lamp", _HA_LAMP, 1, identifiers.HA_PROFILE)
BLIND: Final = DeviceKind("blind", "HA blind", _HA_BLIND, 1, identifiers.HA_PROFILE)
ROOM_SENSOR: Final = DeviceKind(
    "room_sensor", "HA room sensor", _HA_OCCUPANCY_SENSOR, 1, identifiers.HA_PROFILE
)
CONTACT_SENSOR: Final = DeviceKind(
    "contact_sensor", "HA contact", _HA_IAS_ZONE, 1, identifiers.HA_PROFILE
)
_KINDS: Final = (
    METER,
    SUB_METER,
    DISPLAY,
    THERMOSTAT,
    LOAD_CONTROL,
    SMART_PLUG,
    TWO_OUTLET_PLUG,
    REMOTE_CONTROL,
    LAMP,
    BLIND,
    TEMPERATURE_SENSOR,
    ROOM_SENSOR,
    CONTACT_SENSOR,
    ROOM_THERMOSTAT,
    SERIAL_NODE,
    XBEE_SENSOR,
)

KINDS: Final = {kind.name: kind for kind in _KINDS}
"""The kinds of devices that a house can have."""


# ------------------------------------------------------------------ what a feature is lent


class Station(Radio, Protocol):
    """The radio of a simulated device. `bindings` are those that others have made with it."""

    bindings: MutableMapping[Binding, bool]

    def declare_sleepy(self) -> None:
        """Tell whoever asks that the device has a battery and sleeps most of the time."""


class House(Protocol):
    """The house that a device is in."""

    @property
    def descriptions(self) -> Sequence[SimulatedDeviceOptions]:
        """All devices, as the configuration has them."""

    @property
    def controlled_load(self) -> float:
        """The watts drawn by what load control can reduce."""

    def collection(self, name: str, key_kind: Any, value_kind: Any) -> MutableMapping[Any, Any]:
        """Return what is kept over a restart under a name, the same for all devices."""

    def note_change(self) -> None:
        """Have everybody told who looks at the house that there is something else to see."""


class SimulatedDevices(Protocol):
    """The devices of the house, for the methods by which a person acts on them."""

    def part_of(self, device: Eui64, kind: type[T], what: str, *, joined: bool = False) -> T:
        """Return what a feature added to a device under a class.

        UnknownDeviceError for one that is not of the house, ParameterError for one that is no
        `what`, RefusedError where it must have `joined` and has not.
        """

    def note_change(self) -> None:
        """Have everybody told who looks at the house that something changed."""


class DeviceOptions:
    """The options of one device, of which each feature reads its own."""

    def __init__(self, description: SimulatedDeviceOptions) -> None:
        self._path = f"simulator.devices[{description.name}].options"
        self._unread = dict(description.options)
        self._given = description.options

    def read(self, kind: type[T], **defaults: Any) -> T:
        """Return the options that are fields of a class; ConfigError for a wrong value.

        `defaults` stand in for what is not given, before those of the class.
        """
        names = set(names_of(kind))
        own = {name: value for name, value in self._given.items() if name in names}
        for name in own:
            self._unread.pop(name, None)
        try:
            settings: T = from_plain(kind, defaults | own, self._path)
        except ParameterError as error:
            raise ConfigError([str(error)]) from error
        return settings

    def check_all_read(self) -> None:
        """Raise ConfigError where an option is of no feature of this device."""
        unknown = [ParameterError(f"{self._path}.{name}", "is unknown") for name in self._unread]
        if unknown:
            raise ConfigError([str(error) for error in unknown])


class Supply:
    """Whether a device lets through what is plugged into it; all but switched plugs always do."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[bool], object]] = []

    def switch(self, *, on: bool) -> None:
        """Let it through, or not, and tell who counts it."""
        for listener in self._listeners:
            listener(on)

    def listen(self, listener: Callable[[bool], object]) -> None:
        """Have a function called with what it is from now on, each time it is switched."""
        self._listeners.append(listener)


class SimulatedHost(msgspec.Struct, frozen=True, kw_only=True):
    """What a simulated device lends to the features that take part in it.

    `security` is None for a device that proves nothing. `servers` finds the clusters of the trust
    centre, `exchange` asks and tells, `carry_out` does what a cluster of the device wants done.
    `search` leaves the network, which is silent, and looks for it again. `supply` is what feeds
    whatever is plugged into the device.
    """

    name: str
    kind: DeviceKind
    options: DeviceOptions
    house: House
    station: Station
    security: DeviceSecurity | None
    servers: TrustCenterServers
    exchange: Exchange
    carry_out: Callable[[LocalCluster, Outcome], None]
    search: Callable[[], None]
    clock: Clock
    random: Random
    bus: SignalBus
    supply: Supply

    @property
    def address(self) -> Eui64:
        """The device's 64-bit address."""
        return self.station.network.address

    @property
    def endpoint_id(self) -> int:
        """The number of the device's endpoint."""
        return self.kind.endpoint_id

    def zigbee_now(self) -> int:
        """Return seconds since 2000 UTC."""
        return zigbee_time(self.clock.utc())


def always() -> bool:
    """Say that a simulated device knows the time: it is that of its clock."""
    return True


# ------------------------------------------------------------------ what a feature adds


class Question(msgspec.Struct, frozen=True):
    """What a client asks the trust centre after joining, and every few hours (NET-3, NET-5)."""

    cluster: LocalCluster
    record: Record


class SimulatedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature adds to one simulated device.

    `clusters` are for its endpoint, `further` for other endpoints by their numbers; those that are
    timed are brought forward in time. `services`
    run from when it has joined for the first time. `questions` are asked once all `proof`s have
    succeeded; one that returns False has the device leave. `misses` says which frames the device
    sleeps through, and makes it a sleepy one. `takes` takes a frame that is no ZCL, and says
    whether it is its own. `load` gives the watts that load control can reduce. `views` are what
    people in the home see or press; they are found by their class. `shown` and `measured` give, by
    name, what there is to see: what changes now and then, of which the house is told unless it is
    by ActiveEventsChanged, and what changes all the time.
    """

    clusters: tuple[LocalCluster, ...] = ()
    further: Mapping[int, tuple[LocalCluster, ...]] = msgspec.field(default_factory=dict)
    services: tuple[Service, ...] = ()
    questions: tuple[Question, ...] = ()
    proof: Callable[[], Awaitable[bool]] | None = None
    misses: Callable[[Incoming], bool] | None = None
    takes: Callable[[Incoming], bool] | None = None
    load: Callable[[], float] | None = None
    views: tuple[object, ...] = ()
    shown: Mapping[str, Callable[[], Any]] = msgspec.field(default_factory=dict)
    measured: Mapping[str, Callable[[], Any]] = msgspec.field(default_factory=dict)


NOTHING: Final = SimulatedPart()
"""What a feature adds to a device that has none of it."""

Simulate = Callable[[SimulatedHost], SimulatedPart]
"""What a feature adds to a simulated device."""
