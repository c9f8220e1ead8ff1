"""Meters: raw attribute values become readings. Pure."""

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field, replace

import zigpy.types as t

from sebridge.reporting.signals import Reading
from sebridge.smartenergy import metering
from sebridge.smartenergy.metering import Scale, commodity_of
from sebridge.zcl.attributes import AttributeValue

_CONFIGURATION = frozenset(metering.CONFIGURATION)
_READINGS = frozenset(
    {
        metering.SUMMATION_DELIVERED,
        metering.SUMMATION_RECEIVED,
        metering.STATUS,
        metering.INSTANTANEOUS_DEMAND,
    }
)


def place_of(device: t.EUI64, endpoint: int) -> str:
    """Return the key under which a meter's configuration is kept."""
    return f"{device}/{endpoint}"


@dataclass(frozen=True, slots=True)
class MeterConfiguration:
    """What turns a meter's registers into readings; None is what it does not have (MET-2)."""

    unit_of_measure: int = 0
    multiplier: int | None = None
    divisor: int | None = None
    device_type: int | None = None

    @property
    def scale(self) -> Scale:
        """The scale of its readings; what is missing or zero counts as 1."""
        return Scale(self.unit_of_measure, self.multiplier or 1, self.divisor or 1)


@dataclass(slots=True)
class _Meter:
    """The newest raw values of one meter."""

    configuration: MeterConfiguration | None
    raw: dict[int, int] = field(default_factory=dict)


class Meters:
    """All meters, their configuration and their newest values.

    `store` keeps the configurations over a restart, so that the first report afterwards can be
    shown at once. Until a meter's configuration is known, its reports make no reading: a number
    in the wrong unit is worse than none.
    """

    def __init__(self, store: MutableMapping[str, MeterConfiguration]) -> None:
        self._store = store
        self._meters: dict[tuple[t.EUI64, int], _Meter] = {}

    def configure(self, device: t.EUI64, endpoint: int, values: Iterable[AttributeValue]) -> None:
        """Take the answer to a read of the configuration attributes: what is not in it, is not."""
        given = {value.attribute_id: int(value.value) for value in values if _is_number(value)}
        self._set_configuration(
            device,
            endpoint,
            MeterConfiguration(
                given.get(metering.UNIT_OF_MEASURE, 0),
                given.get(metering.MULTIPLIER),
                given.get(metering.DIVISOR),
                given.get(metering.DEVICE_TYPE),
            ),
        )

    def take(
        self, device: t.EUI64, endpoint: int, values: Iterable[AttributeValue], time: float
    ) -> Reading | None:
        """Take values of a report or read; return the reading if they changed what it shows."""
        meter = self._meter(device, endpoint)
        concerned = False
        for value in values:
            if not _is_number(value):
                continue
            if value.attribute_id in _CONFIGURATION:
                self._reconfigure(device, endpoint, value)
                concerned = True
            elif value.attribute_id in _READINGS or _is_tier(value.attribute_id):
                meter.raw[value.attribute_id] = value.value
                concerned = True
        return self.reading(device, endpoint, time) if concerned else None

    def reading(self, device: t.EUI64, endpoint: int, time: float) -> Reading | None:
        """Return what the meter shows; None while its configuration is unknown."""
        meter = self._meter(device, endpoint)
        if meter.configuration is None:
            return None
        scale, raw = meter.configuration.scale, meter.raw
        unit = scale.unit
        return Reading(
            unit=unit.energy,
            power_unit=unit.power,
            commodity=commodity_of(meter.configuration.device_type, unit),
            energy_in=scale.summation(raw.get(metering.SUMMATION_DELIVERED)),
            energy_out=scale.summation(raw.get(metering.SUMMATION_RECEIVED)),
            power=scale.demand(raw.get(metering.INSTANTANEOUS_DEMAND)),
            tiers_in=_tiers(raw, scale, 0),
            tiers_out=_tiers(raw, scale, 1),
            status=raw.get(metering.STATUS),
            time=time,
        )

    def forget(self, device: t.EUI64) -> None:
        """Forget a device's meters."""
        for key in [key for key in self._meters if key[0] == device]:
            del self._meters[key]
        prefix = place_of(device, 0).rpartition("/")[0] + "/"
        for place in [place for place in self._store if place.startswith(prefix)]:
            del self._store[place]

    def configured(self, device: t.EUI64, endpoint: int) -> bool:
        """Say whether readings of this meter can be made."""
        return self._meter(device, endpoint).configuration is not None

    def _meter(self, device: t.EUI64, endpoint: int) -> _Meter:
        meter = self._meters.get((device, endpoint))
        if meter is None:
            meter = _Meter(self._store.get(place_of(device, endpoint)))
            self._meters[device, endpoint] = meter
        return meter

    def _reconfigure(self, device: t.EUI64, endpoint: int, value: AttributeValue) -> None:
        """Take one changed configuration attribute, as a meter after a firmware update sends it."""
        known = self._meter(device, endpoint).configuration
        names = {
            metering.UNIT_OF_MEASURE: "unit_of_measure",
            metering.MULTIPLIER: "multiplier",
            metering.DIVISOR: "divisor",
            metering.DEVICE_TYPE: "device_type",
        }
        if known is not None and value.attribute_id in names:
            changed = replace(known, **{names[value.attribute_id]: int(value.value)})
            self._set_configuration(device, endpoint, changed)

    def _set_configuration(
        self, device: t.EUI64, endpoint: int, configuration: MeterConfiguration
    ) -> None:
        self._meter(device, endpoint).configuration = configuration
        self._store[place_of(device, endpoint)] = configuration


def _is_number(value: AttributeValue) -> bool:
    return isinstance(value.value, int) and not isinstance(value.value, bool)


def _is_tier(attribute_id: int) -> bool:
    return metering.FIRST_TIER <= attribute_id <= metering.LAST_TIER


def _tiers(raw: dict[int, int], scale: Scale, side: int) -> dict[int, float | None]:
    """Return the tier registers: delivered ones have even ids (side 0), received ones odd."""
    return {
        (attribute_id - metering.FIRST_TIER) // 2 + 1: scale.summation(value)
        for attribute_id, value in sorted(raw.items())
        if _is_tier(attribute_id) and attribute_id % 2 == side
    }
