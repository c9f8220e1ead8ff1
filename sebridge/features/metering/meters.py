"""Meters: raw attribute values become readings. Pure."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sebridge.base.addresses import Eui64
from sebridge.features.metering import records as metering
from sebridge.features.metering.meter_configuration import (
    SCALING,
    MeterConfiguration,
    configuration_in,
    is_number,
)
from sebridge.features.metering.records import Scale, commodity_of
from sebridge.features.metering.register_fall import Fall, fall_of
from sebridge.features.metering.status import alarms_of
from sebridge.gateway.reporting.signals import MeterStatusChanged, Reading, Reason
from sebridge.zcl.attributes import AttributeValue

_READINGS: Final = frozenset(
    {
        metering.SUMMATION_DELIVERED,
        metering.SUMMATION_RECEIVED,
        metering.STATUS,
        metering.INSTANTANEOUS_DEMAND,
    }
)
_NUMBERS: Final = (
    ("energy_in", metering.SUMMATION_DELIVERED),
    ("energy_out", metering.SUMMATION_RECEIVED),
    ("power", metering.INSTANTANEOUS_DEMAND),
)
_SUMMATIONS: Final = frozenset({metering.SUMMATION_DELIVERED, metering.SUMMATION_RECEIVED})
_ALL_ONES: Final = 0xFFFFFFFFFFFF


def place_of(device: Eui64, endpoint: int) -> str:
    """Return the key under which a meter's configuration is kept."""
    return f"{device}/{endpoint}"


@dataclass(frozen=True, slots=True)
class Oddity:
    """A meter is not what it was; said once. `fall` is None where another meter answers."""

    device: Eui64
    endpoint: int
    attribute_id: int
    before: int | str
    after: int | str
    fall: Fall | None


@dataclass(slots=True)
class _Meter:
    """The newest raw values of one meter."""

    configuration: MeterConfiguration | None
    told: dict[str, Any] = field(default_factory=dict)  # of it, as long as not all is known
    raw: dict[int, int] = field(default_factory=dict)
    times: dict[int, float] = field(default_factory=dict)
    fell: set[int] = field(default_factory=set)  # registers of which that was told
    alarms: tuple[str, ...] = ()


class Meters:
    """All meters, their configuration and their newest values.

    `store` keeps the configurations over a restart, so that the first report afterwards can be
    shown at once. Until a meter's configuration is known, its reports make no reading: a number
    in the wrong unit is worse than none. `news` fills with what else was noticed; whoever reads
    it empties it.
    """

    def __init__(self, store: MutableMapping[str, MeterConfiguration]) -> None:
        self.news: list[Oddity | MeterStatusChanged] = []
        self._store = store
        self._meters: dict[tuple[Eui64, int], _Meter] = {}

    def configure(self, device: Eui64, endpoint: int, values: Sequence[AttributeValue]) -> None:
        """Take the answer to a read of the configuration attributes: what is not in it, is not."""
        told = configuration_in(values)
        if "serial_number" in told:
            self._check_serial(device, endpoint, told["serial_number"])
        self._set_configuration(device, endpoint, MeterConfiguration(**told))

    def take(
        self,
        device: Eui64,
        endpoint: int,
        values: Sequence[AttributeValue],
        time: float,
        *,
        to_mirror: bool = False,
    ) -> Reading | None:
        """Take values of a report or read; return the reading if they changed what it shows.

        A meter that reports `to_mirror` cannot be read: what it tells there makes up its
        configuration.
        """
        meter = self._meter(device, endpoint)
        known, changes = meter.configuration, configuration_in(values)
        concerned = False
        if changes:
            self._reconfigure(device, endpoint, changes, to_mirror=to_mirror)
            concerned = meter.configuration != known
        for value in values:
            attribute_id = value.attribute_id
            if is_number(value) and (attribute_id in _READINGS or _is_tier(attribute_id)):
                before = meter.raw.get(attribute_id)
                if before is not None and value.value < before:
                    fall = self._note_fall(device, endpoint, attribute_id, value.value)
                    if fall is Fall.UNEXPLAINED and not to_mirror:
                        self._doubt(device, endpoint)
                meter.raw[attribute_id] = value.value
                meter.times[attribute_id] = time
                concerned = True
        reading = _reading(meter, time) if concerned and meter.raw else None
        if reading is not None and reading.alarms != meter.alarms:
            self.news.append(_change(device, endpoint, meter.alarms, reading.alarms))
            meter.alarms = reading.alarms
        return reading

    def reading(self, device: Eui64, endpoint: int) -> Reading | None:
        """Return what the meter shows; None while its configuration is unknown."""
        meter = self._meter(device, endpoint)
        return _reading(meter, max(meter.times.values(), default=0.0))

    def reasons(self, device: Eui64, endpoint: int) -> dict[str, Reason]:
        """Return why each number of the reading is what it is; none while it makes no reading."""
        meter = self._meter(device, endpoint)
        known = meter.configuration
        if known is None:
            return {}
        scale = known.scale
        return {
            name: Reason(
                attribute_id=attribute_id,
                raw=meter.raw.get(attribute_id),
                multiplier=scale.multiplier,
                divisor=scale.divisor,
                unit=scale.unit.power if name == "power" else scale.unit.energy,
                bcd=scale.bcd,
                formatting=known.formatting_of(attribute_id),
                time=meter.times.get(attribute_id),
            )
            for name, attribute_id in _NUMBERS
        }

    def scale(self, device: Eui64, endpoint: int) -> Scale | None:
        """Return how a meter's values are scaled; None while its configuration is unknown."""
        configuration = self.configuration(device, endpoint)
        return None if configuration is None else configuration.scale

    def configuration(self, device: Eui64, endpoint: int) -> MeterConfiguration | None:
        """Return a meter's configuration; None while it is unknown."""
        return self._meter(device, endpoint).configuration

    def forget(self, device: Eui64) -> None:
        """Forget a device's meters."""
        for key in [key for key in self._meters if key[0] == device]:
            del self._meters[key]
        prefix = place_of(device, 0).rpartition("/")[0] + "/"
        for place in [place for place in self._store if place.startswith(prefix)]:
            del self._store[place]

    def configured(self, device: Eui64, endpoint: int) -> bool:
        """Say whether readings of this meter can be made."""
        return self._meter(device, endpoint).configuration is not None

    def _meter(self, device: Eui64, endpoint: int) -> _Meter:
        meter = self._meters.get((device, endpoint))
        if meter is None:
            meter = _Meter(self._store.get(place_of(device, endpoint)))
            self._meters[device, endpoint] = meter
        return meter

    def _reconfigure(
        self, device: Eui64, endpoint: int, changes: dict[str, Any], *, to_mirror: bool
    ) -> None:
        """Take configuration attributes, as a meter after a firmware update sends them.

        What comes to a mirror is a configuration once all that scales is there, or once the unit
        comes again: then the meter has told all that it has, and what was not in it, is not.
        """
        meter = self._meter(device, endpoint)
        serial = changes.get("serial_number")
        if serial is not None:
            self._check_serial(device, endpoint, serial)
        known = meter.configuration
        if known is not None:
            self._set_configuration(device, endpoint, replace(known, **changes))
        elif to_mirror:
            is_second_round = "unit_of_measure" in meter.told.keys() & changes.keys()
            meter.told |= changes
            if is_second_round or meter.told.keys() >= SCALING:
                self._set_configuration(device, endpoint, MeterConfiguration(**meter.told))

    def _set_configuration(
        self, device: Eui64, endpoint: int, configuration: MeterConfiguration
    ) -> None:
        meter = self._meter(device, endpoint)
        meter.told.clear()
        if meter.configuration != configuration:
            meter.configuration = configuration
            self._store[place_of(device, endpoint)] = configuration

    # ------------------------------------------------------------------ what is odd

    def _check_serial(self, device: Eui64, endpoint: int, serial: str) -> None:
        """Forget the values of a meter in whose place another one answers."""
        meter = self._meter(device, endpoint)
        if meter.told.get("serial_number", serial) != serial:
            meter.told.clear()
        known = meter.configuration
        if known is None or known.serial_number in {None, serial}:
            return
        before = str(known.serial_number)
        self.news.append(Oddity(device, endpoint, metering.SERIAL_NUMBER, before, serial, None))
        self._doubt(device, endpoint)
        meter.raw.clear()
        meter.times.clear()
        meter.fell.clear()

    def _doubt(self, device: Eui64, endpoint: int) -> None:
        """Show nothing until the configuration has been read again: it may be another meter."""
        self._meter(device, endpoint).configuration = None
        self._store.pop(place_of(device, endpoint), None)

    def _note_fall(
        self, device: Eui64, endpoint: int, attribute_id: int, after: int
    ) -> Fall | None:
        """Return why a register fell, where that was not told before."""
        meter = self._meter(device, endpoint)
        counts = attribute_id in _SUMMATIONS or _is_tier(attribute_id)
        before = meter.raw[attribute_id]
        if not counts or before == _ALL_ONES or attribute_id in meter.fell:
            return None
        known = meter.configuration or MeterConfiguration()
        fall = fall_of(before, after, known.summation_formatting, bcd=known.scale.bcd)
        meter.fell.add(attribute_id)
        self.news.append(Oddity(device, endpoint, attribute_id, before, after, fall))
        return fall


def _reading(meter: _Meter, time: float) -> Reading | None:
    known, raw = meter.configuration, meter.raw
    if known is None:
        return None
    scale = known.scale
    unit = scale.unit
    status = raw.get(metering.STATUS)
    return Reading(
        unit=unit.energy,
        power_unit=unit.power,
        commodity=commodity_of(known.device_type, unit),
        energy_in=scale.summation(raw.get(metering.SUMMATION_DELIVERED)),
        energy_out=scale.summation(raw.get(metering.SUMMATION_RECEIVED)),
        power=scale.demand(raw.get(metering.INSTANTANEOUS_DEMAND)),
        tiers_in=_tiers(raw, scale, 0),
        tiers_out=_tiers(raw, scale, 1),
        status=status,
        time=time,
        alarms=alarms_of(status, known.device_type) if status else (),
        why=_why(known, scale, raw),
    )


def _why(
    known: MeterConfiguration, scale: Scale, raw: dict[int, int]
) -> dict[str, dict[str, int | None]]:
    return {
        name: {
            "raw": raw[attribute_id],
            "multiplier": scale.multiplier,
            "divisor": scale.divisor,
            "formatting": known.formatting_of(attribute_id),
        }
        for name, attribute_id in _NUMBERS
        if attribute_id in raw
    }


def _change(
    device: Eui64, endpoint: int, before: tuple[str, ...], after: tuple[str, ...]
) -> MeterStatusChanged:
    raised = tuple(word for word in after if word not in before)
    cleared = tuple(word for word in before if word not in after)
    return MeterStatusChanged(device, endpoint, raised, cleared)


def _is_tier(attribute_id: int) -> bool:
    return metering.FIRST_TIER <= attribute_id <= metering.LAST_TIER


def _tiers(raw: dict[int, int], scale: Scale, side: int) -> dict[int, float | None]:
    """Return the tier registers: delivered ones have even ids (side 0), received ones odd."""
    return {
        (attribute_id - metering.FIRST_TIER) // 2 + 1: scale.summation(value)
        for attribute_id, value in sorted(raw.items())
        if _is_tier(attribute_id) and attribute_id % 2 == side
    }
