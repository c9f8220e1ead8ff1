"""What Home Assistant shows of a meter: what it has shown itself, in units and classes that fit."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Self

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.sharing import shared
from sebridge.features.metering import scale as metering
from sebridge.features.metering.signals import MeterRead, Reading, SwapSettled
from sebridge.features.metering.status import possible_alarms
from sebridge.features.metering.topics import reading_topic
from sebridge.homeassistant.device_classes import classified
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    DIAGNOSTIC,
    MEASUREMENT,
    TOTAL,
    Entities,
    EntitiesChanged,
    Entity,
    EntityHost,
)
from sebridge.model.row_codec import Later
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.identifiers import METERING

_ENERGY_IN: Final = Entity(
    key="energy_in",
    capability="meter_power",
    platform="sensor",
    name="Consumption",
    template="{{ value_json.energy_in }}",
    state_class=TOTAL,
)
_ENERGY_OUT: Final = Entity(
    key="energy_out",
    capability="meter_power",
    platform="sensor",
    name="Returned",
    template="{{ value_json.energy_out }}",
    state_class=TOTAL,
)
_POWER: Final = Entity(
    key="power",
    capability="measure_power",
    platform="sensor",
    name="Flow",
    template="{{ value_json.power }}",
    state_class=MEASUREMENT,
)
_POWER_FACTOR: Final = Entity(
    key="average_power_factor",
    platform="sensor",
    name="Average power factor",
    template="{{ value_json.get('power_factor') }}",
    device_class="power_factor",
    state_class=MEASUREMENT,
    precision=2,
)
_STATUS: Final = Entity(
    key="meter_status",
    platform="binary_sensor",
    name="Problem",
    template="{{ none if value_json.status is none else 'ON' if value_json.status else 'OFF' }}",
    attributes="{{ {'status': value_json.status, 'alarms': value_json.alarms} | to_json }}",
    device_class="problem",
    category=DIAGNOSTIC,
)
_SERIAL_NUMBER: Final = Entity(
    key="serial_number",
    platform="sensor",
    name="Serial number",
    template="{{ value_json.get('swap', {}).get('new_serial_number') }}",
    attributes="{{ value_json.get('swap', {}) | to_json }}",
    icon="mdi:counter",
    category=DIAGNOSTIC,
)

_ATTRIBUTES: Final[Mapping[str, int]] = {
    _ENERGY_IN.key: metering.SUMMATION_DELIVERED,
    _ENERGY_OUT.key: metering.SUMMATION_RECEIVED,
    _POWER.key: metering.INSTANTANEOUS_DEMAND,
    _POWER_FACTOR.key: metering.POWER_FACTOR,
    _STATUS.key: metering.STATUS,
}
"""The attributes whose values components show, by their keys."""

_ALARM_PREFIX: Final = "alarm_"

_ALARM_CLASSES: Final = {
    "low_battery": "battery",
    "tamper_detect": "tamper",
    "service_disconnect_open": "opening",
}
"""Device classes of a meter's alarms; of all others it is a problem."""

_ENABLED_ALARMS: Final = frozenset({"low_battery", "tamper_detect"})
"""What a person wants to see of every meter; the others can be switched on in Home Assistant."""

_ALARM_NAMES: Final = {
    "check_meter": "Check meter",
    "low_battery": "Low battery",
    "tamper_detect": "Tampered with",
    "power_failure": "Power failure",
    "power_quality": "Power quality",
    "leak_detect": "Leak",
    "service_disconnect": "Disconnected",
    "service_disconnect_open": "Disconnected",
    "low_pressure": "Low pressure",
    "reverse_flow": "Reverse flow",
    "pipe_empty": "Empty pipe",
    "temperature_sensor": "Temperature sensor",
    "burst_detect": "Burst",
}

_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "electricity": {
        "energy_in": "Energy imported",
        "energy_out": "Energy exported",
        "power": "Power",
    },
    "heat": {"power": "Power"},
    "cooling": {"power": "Power"},
    "pressure": {"energy_in": "Pressure"},
}
"""What the components of a meter are called where its commodity has a better word."""

_REGISTER_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "electricity": ("energy",),
    "gas": ("gas", "energy"),
    "water": ("water",),
    "heat": ("energy", "volume"),
    "cooling": ("energy", "volume"),
    "pressure": ("pressure",),
}
"""Device classes of a meter's registers, by commodity: the first that has its unit is taken."""

_DEMAND_CLASSES: Final = ("power", "volume_flow_rate", "pressure")
"""Device classes of a meter's demand: the first that has its unit is taken."""


class MeterEntities(Entities):
    """The components of every meter.

    Its shape is kept in the collection `meter_shapes`, by `<eui64>/<endpoint>`.
    """

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._bus = host.bus
        self._expiry = host.expiry
        self._shapes = host.open_collection("meter_shapes", str, MeterShape)
        host.bus.listen(SwapSettled, self._on_swap)
        host.bus.listen(MeterRead, self._on_reading)
        host.bus.listen(DeviceRemoved, self._on_removal)

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        measuring = [e.number for e in device.endpoints if METERING in e.servers]
        for number in measuring:
            shape = self._shapes.get(_key(device.eui64, number))
            if shape is None:
                continue
            topic = reading_topic(self._topics, device.eui64, number)
            for entity in meter_entities(shape):
                yield replace(
                    entity,
                    topic=topic,
                    endpoint=number,
                    is_one_of_several=len(measuring) > 1,
                    expires_after=self._expires_after(device.eui64, number, entity.key),
                )

    def _expires_after(self, device: Eui64, endpoint: int, key: str) -> int | None:
        attribute_id = _attribute_behind(key)
        if attribute_id is None:
            return None
        return self._expiry(device, endpoint, METERING, attribute_id)

    def _on_reading(self, signal: MeterRead) -> None:
        key, reading = _key(signal.device, signal.endpoint), signal.reading
        known = self._shapes.get(key)
        if reading.unit is None or (known is not None and known.covers(reading)):
            return  # without a unit none of its numbers is shown
        shape = shape_of(reading) if known is None else known.with_reading(reading)
        self._shapes[key] = shared(shape)
        self._bus.send(EntitiesChanged(signal.device))

    def _on_swap(self, signal: SwapSettled) -> None:
        """Keep the components of a meter that another one follows, until it has shown its own."""
        if signal.undone:
            return
        for new, old in signal.endpoints.items():
            before = self._shapes.get(_key(signal.old, old))
            known = self._shapes.get(_key(signal.new, new))
            if before is not None and known is not None:
                self._shapes[_key(signal.new, new)] = shared(known.with_shape(before))

    def _on_removal(self, signal: DeviceRemoved) -> None:
        branch = _key(signal.device, "")
        for key in [key for key in self._shapes if key.startswith(branch)]:
            del self._shapes[key]


def _attribute_behind(key: str) -> int | None:
    """Return the attribute of which a component shows the value; None for no single one."""
    total, _, tier = key.partition("_tier_")
    if tier:
        received = total == _ENERGY_OUT.key
        return metering.FIRST_TIER + 2 * (int(tier) - 1) + received
    if key.startswith(_ALARM_PREFIX):
        return metering.STATUS
    return _ATTRIBUTES.get(key)


def _key(device: Eui64, endpoint: int | str) -> str:
    return f"{device:016x}/{endpoint}"


class MeterShape(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter measures, so far as it has shown it. Kept across restarts.

    A component is announced once its value was seen, and stays when the value is not valid for a
    while; after a restart it must not vanish just because the meter has not spoken yet.
    """

    unit: str
    power_unit: str
    commodity: str
    energy_in: bool = False
    energy_out: bool = False
    power: bool = False
    status: bool = False
    tiers_in: tuple[int, ...] = ()
    tiers_out: tuple[int, ...] = ()
    decimals: Later[int | None] = None
    power_decimals: Later[int | None] = None
    swapped: Later[bool] = False
    power_factor: Later[bool] = False

    def covers(self, reading: Reading) -> bool:
        """Tell whether the reading has nothing that the shape had not."""
        return (
            (self.unit, self.power_unit) == (reading.unit, reading.power_unit)
            and self.commodity == reading.commodity
            and (self.energy_in or reading.energy_in is None)
            and (self.energy_out or reading.energy_out is None)
            and (self.power or reading.power is None)
            and (self.status or reading.status is None)
            and (self.power_factor or not reading.power_factor)
            and self.swapped == (reading.swap is not None)
            and (not reading.tiers_in or _has_all(self.tiers_in, reading.tiers_in))
            and (not reading.tiers_out or _has_all(self.tiers_out, reading.tiers_out))
            and reading.decimals in {None, self.decimals}
            and reading.power_decimals in {None, self.power_decimals}
        )

    def with_reading(self, reading: Reading) -> Self:
        """Return the shape with what the reading has and the shape had not."""
        return replace(
            self,
            unit=reading.unit or "",
            power_unit=reading.power_unit or "",
            commodity=reading.commodity,
            energy_in=self.energy_in or reading.energy_in is not None,
            energy_out=self.energy_out or reading.energy_out is not None,
            power=self.power or reading.power is not None,
            status=self.status or reading.status is not None,
            swapped=reading.swap is not None,
            # 0 is what a meter shows that has the attribute, and measures nothing of the kind
            power_factor=self.power_factor or bool(reading.power_factor),
            tiers_in=_joined(self.tiers_in, _shown(reading.tiers_in)),
            tiers_out=_joined(self.tiers_out, _shown(reading.tiers_out)),
            decimals=_known(reading.decimals, self.decimals),
            power_decimals=_known(reading.power_decimals, self.power_decimals),
        )

    def with_shape(self, other: "MeterShape") -> Self:
        """Return the shape with what another one has and this one had not, but its units."""
        return replace(
            self,
            energy_in=self.energy_in or other.energy_in,
            energy_out=self.energy_out or other.energy_out,
            power=self.power or other.power,
            status=self.status or other.status,
            tiers_in=_joined(self.tiers_in, other.tiers_in),
            tiers_out=_joined(self.tiers_out, other.tiers_out),
        )


def shape_of(reading: Reading) -> MeterShape:
    """Return the shape of a meter that is seen for the first time."""
    blank = MeterShape(unit="", power_unit="", commodity="")
    return blank.with_reading(reading)


def meter_entities(shape: MeterShape) -> list[Entity]:
    """Return the components of a meter that its shape has, with units and classes that fit."""
    names = _NAMES.get(shape.commodity, {})
    found = []
    if shape.energy_in:
        found.append(_register(_ENERGY_IN, shape))
    if shape.energy_out:
        found.append(_register(_ENERGY_OUT, shape))
    found = [replace(entity, name=names.get(entity.key, entity.name)) for entity in found]
    found += _tiers(shape, names)
    if shape.power:
        power = replace(_POWER, precision=shape.power_decimals)
        demand = classified(power, _DEMAND_CLASSES, shape.power_unit)
        found.append(replace(demand, name=names.get("power", demand.name)))
    if shape.power_factor:
        found.append(_POWER_FACTOR)
    if shape.status:
        found += [_STATUS, *map(_alarm, possible_alarms(shape.commodity))]
    if shape.swapped:
        found.append(_SERIAL_NUMBER)
    return found


def _alarm(word: str) -> Entity:
    return Entity(
        key=_ALARM_PREFIX + word,
        platform="binary_sensor",
        name=_ALARM_NAMES[word],
        template=(
            "{{ none if value_json.status is none else"
            f" 'ON' if '{word}' in value_json.alarms else 'OFF' }}}}"
        ),
        device_class=_ALARM_CLASSES.get(word, "problem"),
        category=DIAGNOSTIC,
        enabled=word in _ENABLED_ALARMS,
    )


def _tiers(shape: MeterShape, names: Mapping[str, str]) -> Iterator[Entity]:
    sides = (
        (_ENERGY_IN, "tiers_in", shape.tiers_in),
        (_ENERGY_OUT, "tiers_out", shape.tiers_out),
    )
    for total, field, tiers in sides:
        for tier in tiers:
            yield replace(
                _register(total, shape),
                key=f"{total.key}_tier_{tier}",
                name=f"{names.get(total.key, total.name)} tier {tier}",
                template=f"{{{{ value_json.{field}.get('{tier}') }}}}",
            )


def _register(entity: Entity, shape: MeterShape) -> Entity:
    candidates = _REGISTER_CLASSES.get(shape.commodity, ())
    return classified(replace(entity, precision=shape.decimals), candidates, shape.unit)


def _known(now: int | None, before: int | None) -> int | None:
    return before if now is None else now


def _shown(tiers: dict[int, float | None]) -> Iterable[int]:
    return (tier for tier, value in tiers.items() if value is not None)


def _has_all(known: tuple[int, ...], tiers: dict[int, float | None]) -> bool:
    return all(tier in known for tier in _shown(tiers))


def _joined(some: tuple[int, ...], others: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted({*some, *others}))
