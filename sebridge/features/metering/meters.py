"""Meters: raw attribute values become readings, and what is odd about them is noticed. Pure."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from sebridge.base.addresses import Eui64
from sebridge.features.metering import scale as metering
from sebridge.features.metering.scale import Scale, commodity_of
from sebridge.features.metering.signals import MeterStatusChanged, Reading
from sebridge.features.metering.status import alarms_of
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.metering import DEVICE_TYPE, Unit

_NUMBERS: Final = (
    ("energy_in", metering.SUMMATION_DELIVERED),
    ("energy_out", metering.SUMMATION_RECEIVED),
    ("power", metering.INSTANTANEOUS_DEMAND),
)
_TIERS: Final = range(metering.FIRST_TIER, metering.LAST_TIER + 1)
_SUMMATIONS: Final = frozenset({metering.SUMMATION_DELIVERED, metering.SUMMATION_RECEIVED, *_TIERS})
"""Registers that only grow."""
_REGISTERS: Final = _SUMMATIONS | {metering.STATUS, metering.INSTANTANEOUS_DEMAND}
_ALL_ONES: Final = 0xFFFFFFFFFFFF

_BITS: Final = 48
_HEX_DIGITS: Final = 12
_NEAR: Final = 0.05
"""How near to both ends of its range a register that rolls over is, as a share of the range."""


# ------------------------------------------------------------------ configuration


_FIELDS: Final = {
    metering.UNIT_OF_MEASURE: "unit_of_measure",
    metering.MULTIPLIER: "multiplier",
    metering.DIVISOR: "divisor",
    DEVICE_TYPE: "device_type",
    metering.SUMMATION_FORMATTING: "summation_formatting",
    metering.DEMAND_FORMATTING: "demand_formatting",
}
_SCALING: Final = frozenset({"unit_of_measure", "multiplier", "divisor"})
"""The fields without which no value is right."""


@dataclass(frozen=True, slots=True)
class MeterConfiguration:
    """What turns a meter's registers into readings; None is what it does not have (MET-2)."""

    unit_of_measure: int = 0
    multiplier: int | None = None
    divisor: int | None = None
    device_type: int | None = None
    summation_formatting: int | None = None
    demand_formatting: int | None = None
    serial_number: str | None = None  # octets as hex

    @property
    def scale(self) -> Scale:
        """The scale of its readings; what is missing or zero counts as 1."""
        return Scale(self.unit_of_measure, self.multiplier or 1, self.divisor or 1)

    def formatting_of(self, attribute_id: int) -> int | None:
        """Return how a value is to be shown: bits 0-2 digits right, 3-6 left of the point."""
        if attribute_id == metering.INSTANTANEOUS_DEMAND:
            return self.demand_formatting
        return self.summation_formatting


def configuration_in(values: Sequence[AttributeValue]) -> dict[str, Any]:
    """Return the fields of a configuration that are among the values."""
    found: dict[str, Any] = {}
    for value in values:
        name = _FIELDS.get(value.attribute_id)
        if name is not None and type(value.value) is int:
            found[name] = value.value
        elif value.attribute_id == metering.SERIAL_NUMBER and value.value:
            found["serial_number"] = str(value.value)
    return found


# ------------------------------------------------------------------ registers that fall


class RegisterDecrease(Enum):
    """Why a register shows less than before (MET-6)."""

    ROLLED_OVER = "rolled over"
    UNEXPLAINED = "fell without rolling over"


def decrease_of(
    before: int, after: int, formatting: int | None, *, bcd: bool = False
) -> RegisterDecrease | None:
    """Say why a raw value fell; None when it did not.

    A smaller value is never negative use; whoever sums up takes it as a new beginning.
    `formatting` is the attribute SummationFormatting, whose digits left and right of the point are
    the width of the register; None where the meter does not tell. Every register may also roll
    over at the end of its 48 bits, or of its twelve digits in BCD.
    """
    if after >= before:
        return None
    if bcd:
        before, after = _digits(before), _digits(after)
    ends = [10**_HEX_DIGITS if bcd else 1 << _BITS]
    width = _width(formatting)
    if width:
        ends.append(10**width)
    wrapped = any(
        before < end and before >= end * (1 - _NEAR) and after <= end * _NEAR for end in ends
    )
    return RegisterDecrease.ROLLED_OVER if wrapped else RegisterDecrease.UNEXPLAINED


def _width(formatting: int | None) -> int:
    """Return the digits of a register (MET-3)."""
    return 0 if formatting is None else (formatting & 0x07) + (formatting >> 3 & 0x0F)


def _digits(raw: int) -> int:
    text = f"{raw:x}"
    return int(text) if text.isdecimal() else 0


# ------------------------------------------------------------------ what is told of meters


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a value is what it is: value = raw * multiplier / divisor, and BCD if `bcd`."""

    attribute_id: int
    raw: int | None  # None as long as the meter has not told
    multiplier: int
    divisor: int
    unit: str
    bcd: bool
    formatting: int | None  # digits to show: bits 0-2 right, 3-6 left of the point
    time: float | None  # UTC since 1970 at which the raw value came


@dataclass(frozen=True, slots=True)
class MeterAnomaly:
    """A meter is not what it was; said once. `decrease` is None where another meter answers."""

    device: Eui64
    endpoint: int
    attribute_id: int
    before: int | str
    after: int | str
    decrease: RegisterDecrease | None

    @property
    def is_doubtful(self) -> bool:
        """Say whether what scales the meter's values must be read again."""
        return self.decrease is not RegisterDecrease.ROLLED_OVER


@dataclass(frozen=True, slots=True)
class MeterUpdate:
    """What values have changed of what a meter shows; None and nothing where they did not."""

    reading: Reading | None = None
    status_change: MeterStatusChanged | None = None
    anomalies: Sequence[MeterAnomaly] = ()


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a configuration comes to, worked out once and not for each reading."""

    scale: Scale
    unit: Unit
    commodity: str
    formatting: Mapping[int, int | None]  # of the numbers, by attribute

    @classmethod
    def of(cls, configuration: MeterConfiguration) -> "_Basis":
        scale = configuration.scale
        commodity = commodity_of(configuration.device_type, scale.unit)
        formatting = {a: configuration.formatting_of(a) for _, a in _NUMBERS}
        return cls(scale, scale.unit, commodity, formatting)


@dataclass(slots=True)
class _Meter:
    """The newest raw values of one meter."""

    device: Eui64
    endpoint: int
    configuration: MeterConfiguration | None = None
    basis: _Basis | None = None  # of the configuration
    told: dict[str, Any] = field(default_factory=dict)  # of it, as long as not all is known
    raw: dict[int, int] = field(default_factory=dict)
    times: dict[int, float] = field(default_factory=dict)
    has_tiers: bool = False
    fell: set[int] = field(default_factory=set)  # registers of which that was told
    alarms: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The key under which its configuration is kept."""
        return f"{self.device}/{self.endpoint}"

    def configure(self, configuration: MeterConfiguration | None) -> None:
        """Read the registers by this configuration from now on; show nothing without one."""
        self.configuration = configuration
        self.basis = None if configuration is None else _Basis.of(configuration)


class Meters:
    """All meters, their configuration and their newest values.

    `store` keeps the configurations over a restart, so that the first report afterwards can be
    shown at once. Until a meter's configuration is known, its reports make no reading: a number
    in the wrong unit is worse than none.
    """

    def __init__(self, store: MutableMapping[str, MeterConfiguration]) -> None:
        self._store = store
        self._meters: dict[tuple[Eui64, int], _Meter] = {}

    def configure(
        self, device: Eui64, endpoint: int, values: Sequence[AttributeValue]
    ) -> Sequence[MeterAnomaly]:
        """Take the answer to a read of the configuration attributes: what is not in it, is not.

        Return what is odd about it.
        """
        meter, told = self._meter(device, endpoint), configuration_in(values)
        anomalies = self._check_serial(meter, told.get("serial_number"))
        self._set_configuration(meter, MeterConfiguration(**told))
        return anomalies

    def take(
        self,
        device: Eui64,
        endpoint: int,
        values: Sequence[AttributeValue],
        time: float,
        *,
        to_mirror: bool = False,
    ) -> MeterUpdate:
        """Take values of a report or read; return what they changed of what the meter shows.

        A meter that reports `to_mirror` cannot be read: what it tells there makes up its
        configuration.
        """
        meter = self._meter(device, endpoint)
        known, changes = meter.configuration, configuration_in(values)
        anomalies: list[MeterAnomaly] = []
        if changes:
            anomalies += self._reconfigure(meter, changes, to_mirror=to_mirror)
        concerned = meter.configuration is not known
        for value in values:
            attribute_id, raw = value.attribute_id, value.value
            if attribute_id in _REGISTERS and type(raw) is int:
                if raw < meter.raw.get(attribute_id, raw):
                    anomalies += self._note_decrease(meter, attribute_id, raw, doubt=not to_mirror)
                meter.raw[attribute_id] = raw
                meter.times[attribute_id] = time
                meter.has_tiers = meter.has_tiers or attribute_id in _TIERS
                concerned = True
        reading = _reading(meter, time) if concerned and meter.raw else None
        return MeterUpdate(reading, _status_change(meter, reading), anomalies)

    def reading(self, device: Eui64, endpoint: int) -> Reading | None:
        """Return what the meter shows; None while its configuration is unknown."""
        meter = self._meter(device, endpoint)
        return _reading(meter, max(meter.times.values(), default=0.0))

    def reasons(self, device: Eui64, endpoint: int) -> dict[str, Reason]:
        """Return why each number of the reading is what it is; none while it makes no reading."""
        meter = self._meter(device, endpoint)
        basis = meter.basis
        if basis is None:
            return {}
        scale, unit = basis.scale, basis.unit
        return {
            name: Reason(
                attribute_id=attribute_id,
                raw=meter.raw.get(attribute_id),
                multiplier=scale.multiplier,
                divisor=scale.divisor,
                unit=unit.power if name == "power" else unit.energy,
                bcd=scale.bcd,
                formatting=basis.formatting[attribute_id],
                time=meter.times.get(attribute_id),
            )
            for name, attribute_id in _NUMBERS
        }

    def scale(self, device: Eui64, endpoint: int) -> Scale | None:
        """Return how a meter's values are scaled; None while its configuration is unknown."""
        basis = self._meter(device, endpoint).basis
        return None if basis is None else basis.scale

    def forget(self, device: Eui64) -> None:
        """Forget a device's meters."""
        for key in [key for key in self._meters if key[0] == device]:
            del self._meters[key]
        for place in [place for place in self._store if place.startswith(f"{device}/")]:
            del self._store[place]

    def configured(self, device: Eui64, endpoint: int) -> bool:
        """Say whether readings of this meter can be made."""
        return self._meter(device, endpoint).configuration is not None

    def _meter(self, device: Eui64, endpoint: int) -> _Meter:
        meter = self._meters.get((device, endpoint))
        if meter is None:
            meter = self._meters[device, endpoint] = _Meter(device, endpoint)
            meter.configure(self._store.get(meter.place))
        return meter

    def _reconfigure(
        self, meter: _Meter, changes: dict[str, Any], *, to_mirror: bool
    ) -> Sequence[MeterAnomaly]:
        """Take configuration attributes, as a meter after a firmware update sends them.

        What comes to a mirror is a configuration once all that scales is there, or once the unit
        comes again: then the meter has told all that it has, and what was not in it, is not.
        """
        anomalies = self._check_serial(meter, changes.get("serial_number"))
        known = meter.configuration
        if known is not None:
            self._set_configuration(meter, replace(known, **changes))
        elif to_mirror:
            is_second_round = "unit_of_measure" in meter.told.keys() & changes.keys()
            meter.told |= changes
            if is_second_round or meter.told.keys() >= _SCALING:
                self._set_configuration(meter, MeterConfiguration(**meter.told))
        return anomalies

    def _set_configuration(self, meter: _Meter, configuration: MeterConfiguration) -> None:
        meter.told.clear()
        if meter.configuration != configuration:
            meter.configure(configuration)
            self._store[meter.place] = configuration

    # ------------------------------------------------------------------ what is odd

    def _check_serial(self, meter: _Meter, serial: str | None) -> Sequence[MeterAnomaly]:
        """Forget the values of a meter in whose place another one answers."""
        if serial is None:
            return ()
        if meter.told.get("serial_number", serial) != serial:
            meter.told.clear()
        before = None if meter.configuration is None else meter.configuration.serial_number
        if before in {None, serial}:
            return ()
        self._doubt(meter)
        meter.raw.clear()
        meter.times.clear()
        meter.fell.clear()
        meter.has_tiers = False
        number = metering.SERIAL_NUMBER
        return (MeterAnomaly(meter.device, meter.endpoint, number, str(before), serial, None),)

    def _doubt(self, meter: _Meter) -> None:
        """Show nothing until the configuration has been read again: it may be another meter."""
        meter.configure(None)
        self._store.pop(meter.place, None)

    def _note_decrease(
        self, meter: _Meter, attribute_id: int, after: int, *, doubt: bool
    ) -> Sequence[MeterAnomaly]:
        """Return why a register fell, where that was not told before."""
        before = meter.raw[attribute_id]
        is_counter = attribute_id in _SUMMATIONS and before != _ALL_ONES
        if not is_counter or attribute_id in meter.fell:
            return ()
        known = meter.configuration or MeterConfiguration()
        decrease = decrease_of(before, after, known.summation_formatting, bcd=known.scale.bcd)
        meter.fell.add(attribute_id)
        if doubt and decrease is RegisterDecrease.UNEXPLAINED:
            self._doubt(meter)
        place = (meter.device, meter.endpoint, attribute_id)
        return (MeterAnomaly(*place, before, after, decrease),)


def _reading(meter: _Meter, time: float) -> Reading | None:
    basis, raw = meter.basis, meter.raw
    if basis is None or meter.configuration is None:
        return None
    scale, unit = basis.scale, basis.unit
    status = raw.get(metering.STATUS)
    return Reading(
        unit=unit.energy,
        power_unit=unit.power,
        commodity=basis.commodity,
        energy_in=scale.summation(raw.get(metering.SUMMATION_DELIVERED)),
        energy_out=scale.summation(raw.get(metering.SUMMATION_RECEIVED)),
        power=scale.demand(raw.get(metering.INSTANTANEOUS_DEMAND)),
        tiers_in=_tiers(raw, scale, 0) if meter.has_tiers else {},
        tiers_out=_tiers(raw, scale, 1) if meter.has_tiers else {},
        status=status,
        time=time,
        alarms=alarms_of(status, meter.configuration.device_type) if status else (),
        why={
            name: {
                "raw": raw[attribute_id],
                "multiplier": scale.multiplier,
                "divisor": scale.divisor,
                "formatting": basis.formatting[attribute_id],
            }
            for name, attribute_id in _NUMBERS
            if attribute_id in raw
        },
    )


def _status_change(meter: _Meter, reading: Reading | None) -> MeterStatusChanged | None:
    """Return which alarms came or went, and remember those that are there."""
    before = meter.alarms
    if reading is None or reading.alarms == before:
        return None
    after = meter.alarms = reading.alarms
    raised = tuple(word for word in after if word not in before)
    cleared = tuple(word for word in before if word not in after)
    return MeterStatusChanged(meter.device, meter.endpoint, raised, cleared)


def _tiers(raw: dict[int, int], scale: Scale, side: int) -> dict[int, float | None]:
    """Return the tier registers: delivered ones have even ids (side 0), received ones odd."""
    return {
        (attribute_id - metering.FIRST_TIER) // 2 + 1: scale.summation(value)
        for attribute_id, value in sorted(raw.items())
        if attribute_id in _TIERS and attribute_id % 2 == side
    }
