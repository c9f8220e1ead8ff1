"""Meters: raw attribute values become readings, and what is odd about them is noticed. Pure."""

from collections.abc import Mapping, MutableMapping, Sequence
from functools import lru_cache
import math
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.sharing import shared
from sebridge.features.metering import scale as metering
from sebridge.features.metering.registers import Register, RegisterDecrease, RegisterState
from sebridge.features.metering.scale import (
    NO_FACTOR,
    NO_OCTET,
    Number,
    Problem,
    Scale,
    commodity_of,
    decimals_shown,
)
from sebridge.features.metering.signals import MeterStatusChanged, Reading
from sebridge.features.metering.status import alarms_of
from sebridge.features.metering.succession import MeterFacts, Succession, with_offset
from sebridge.model.data_types import Uint8, Uint24
from sebridge.zcl.attributes import AttributeValue, read_value
from sebridge.zcl.data_types import is_analog
from sebridge.zcl.metering import DEVICE_TYPE

_NUMBERS: Final = (
    ("energy_in", metering.SUMMATION_DELIVERED),
    ("energy_out", metering.SUMMATION_RECEIVED),
    ("power", metering.INSTANTANEOUS_DEMAND),
)
_SIDES: Final = ("in", "out")
_REGISTERS: Final = metering.SUMMATIONS | {
    metering.STATUS,
    metering.INSTANTANEOUS_DEMAND,
    metering.POWER_FACTOR,
}

_KEEP_EVERY: Final = 900.0
"""Seconds after which registers that grew are kept anew, to find one that falls over a restart."""
_TELL_EVERY: Final = 3600.0
"""Seconds between two that are told, and asked about, of the registers of a meter that fall."""
_MOST_KINDS: Final = 256
"""Configurations whose meaning is at hand for the next meter that has the same."""


# ------------------------------------------------------------------ configuration


_FIELDS: Final = {
    metering.UNIT_OF_MEASURE: "unit_of_measure",
    metering.MULTIPLIER: "multiplier",
    metering.DIVISOR: "divisor",
    DEVICE_TYPE: "device_type",
    metering.SUMMATION_FORMATTING: "summation_formatting",
    metering.DEMAND_FORMATTING: "demand_formatting",
}
_NOTHING: Final[Mapping[str, Any]] = {}
_NO_OFFSETS: Final[Mapping[int, float]] = {}
_TEXT: Final = 0x41
"""The types from here on are text, collections, times and addresses: nothing that counts."""
_FACTORS: Final = frozenset({"multiplier", "divisor"})
_SCALING: Final = frozenset({"unit_of_measure", "multiplier", "divisor"})
"""The fields without which no value is right."""


class MeterConfiguration(msgspec.Struct, frozen=True, gc=False):
    """What turns a meter's registers into readings; None is what it does not have (MET-2)."""

    unit_of_measure: Uint8 = 0
    multiplier: Uint24 | None = None
    divisor: Uint24 | None = None
    device_type: Uint8 | None = None
    summation_formatting: Uint8 | None = None
    demand_formatting: Uint8 | None = None
    serial_number: str | None = None  # octets as hex

    @property
    def scale(self) -> Scale:
        """The scale of its readings; what is missing or zero counts as 1."""
        return Scale(self.unit_of_measure, self.multiplier or 1, self.divisor or 1)

    def formatting_of(self, attribute_id: int) -> int | None:
        """Return how a value is to be shown: bits 0-2 digits right, 3-6 left of the point."""
        is_demand = attribute_id == metering.INSTANTANEOUS_DEMAND
        told = self.demand_formatting if is_demand else self.summation_formatting
        return None if told == NO_OCTET else told


def configuration_in(values: Sequence[AttributeValue]) -> dict[str, Any]:
    """Return the fields of a configuration that are among the values.

    What is not available is so whatever type it has on the wire, and so is what cannot be: a
    divisor that is text, or less than nothing, is none, and it would be wrong to do without.
    """
    found: dict[str, Any] = {}
    for value in values:
        if value.attribute_id in _REGISTERS:
            continue  # as nearly all are
        name = _FIELDS.get(value.attribute_id)
        if name is not None and (value.value is not None or value.raw):
            highest = NO_FACTOR if name in _FACTORS else NO_OCTET
            found[name] = value.value if _is_number_up_to(highest, value) else highest
        elif value.attribute_id == metering.SERIAL_NUMBER and value.value:
            found["serial_number"] = str(value.value)
    return found


def _is_number_up_to(highest: int, value: AttributeValue) -> bool:
    number = value.value
    return type(number) is int and value.attribute_type < _TEXT and 0 <= number <= highest


# ------------------------------------------------------------------ what is told of meters


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a value is what it is: value = raw * multiplier / divisor + offset, and BCD if `bcd`.

    Where there is a `problem`, the value is none, or, of a register that fell, an older one.
    """

    attribute_id: int
    raw: Number | None  # None as long as the meter has not told
    multiplier: int
    divisor: int
    offset: float  # what goes on from an earlier meter
    unit: str | None
    bcd: bool
    formatting: int | None  # digits to show: bits 0-2 right, 3-6 left of the point
    time: float | None  # UTC since 1970 at which the raw value came
    problem: Problem | None


class MeterAnomaly(msgspec.Struct, frozen=True):
    """A meter is not what it was. `decrease` is None where its serial number says so."""

    device: Eui64
    endpoint: int
    attribute_id: int
    before: Number | str
    after: Number | str
    decrease: RegisterDecrease | None

    @property
    def is_doubtful(self) -> bool:
        """Say whether what scales the meter's values must be read again."""
        return self.decrease is not RegisterDecrease.ROLLED_OVER

    @property
    def is_swap(self) -> bool:
        """Say whether another meter answers now."""
        return self.decrease in {None, RegisterDecrease.COUNTS_ON}


class MeterRegisters(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is kept of a meter's registers over a restart."""

    registers: tuple[RegisterState, ...]


class MeterUpdate(msgspec.Struct, frozen=True):
    """What values have changed of what a meter shows; None and nothing where they did not."""

    reading: Reading | None = None
    status_change: MeterStatusChanged | None = None
    anomalies: Sequence[MeterAnomaly] = ()


class _Basis(msgspec.Struct, frozen=True):
    """What a configuration comes to: worked out once, and the same for all meters that have it.

    `why` is the part of each number's reasons that is the same for all readings, by attribute.
    """

    scale: Scale
    problem: Problem | None
    unit: str | None  # of the energy registers; None where it is unknown
    power_unit: str | None  # of the demand
    commodity: str
    device_type: int | None
    why: Mapping[int, Mapping[str, int | None]]
    decimals: int | None  # behind the point of the energy registers, as the meter shows them
    power_decimals: int | None


@lru_cache(_MOST_KINDS)
def _basis_of(configuration: MeterConfiguration) -> _Basis:
    scale, device_type = configuration.scale, configuration.device_type
    is_known = scale.problem is not Problem.UNKNOWN_UNIT
    return _Basis(
        scale=scale,
        problem=scale.problem,
        unit=scale.unit.energy if is_known else None,
        power_unit=scale.unit.power if is_known else None,
        commodity=commodity_of(device_type, scale.unit),
        device_type=device_type,
        why={
            attribute: {
                "multiplier": scale.multiplier,
                "divisor": scale.divisor,
                "formatting": configuration.formatting_of(attribute),
            }
            for _, attribute in _NUMBERS
        },
        decimals=decimals_shown(configuration.formatting_of(metering.SUMMATION_DELIVERED)),
        power_decimals=decimals_shown(configuration.formatting_of(metering.INSTANTANEOUS_DEMAND)),
    )


class _Meter(msgspec.Struct, gc=False):
    """The newest raw values of one meter. Its configuration is kept under `place`."""

    device: Eui64
    endpoint: int
    place: str
    configuration: MeterConfiguration | None = None
    basis: _Basis | None = None  # of the configuration
    told: Mapping[str, Any] = _NOTHING  # of it, as long as not all is known
    registers: dict[int, Register] = msgspec.field(default_factory=dict)
    has_tiers: bool = False
    has_power_factor: bool = False
    kept_at: float = -math.inf  # UTC at which the registers were kept
    fell_at: float = -math.inf  # UTC at which was told that one fell
    alarms: tuple[str, ...] = ()
    succession: Succession | None = None
    offsets: Mapping[int, float] = _NO_OFFSETS  # of it, as long as the unit is the same

    @property
    def is_heard(self) -> bool:
        """Say whether any of its registers was heard of in this run."""
        return any(register.is_heard for register in self.registers.values())

    def add(self, register: Register) -> None:
        """Have one more register."""
        self.registers[register.attribute_id] = register
        self.has_tiers = self.has_tiers or register.attribute_id in metering.TIERS
        is_factor = register.attribute_id == metering.POWER_FACTOR
        self.has_power_factor = self.has_power_factor or is_factor

    def configure(self, configuration: MeterConfiguration | None) -> None:
        """Read the registers by this configuration from now on; show nothing without one."""
        self.configuration = configuration
        self.basis = None
        if configuration is not None:
            self.basis = _basis_of(replace(configuration, serial_number=None))
        self._match()

    def succeed(self, succession: Succession | None) -> None:
        """Go on from another meter from now on; from none with None."""
        self.succession = succession
        self._match()

    def _match(self) -> None:
        one, basis = self.succession, self.basis
        goes_on = one is not None and basis is not None and one.unit == basis.unit
        self.offsets = one.offsets if one is not None and goes_on else _NO_OFFSETS


class Meters:
    """All meters, their configuration and their newest values.

    `store` keeps the configurations over a restart, so that the first report afterwards can be
    shown at once, and `registers` what the registers showed, so that one which falls meanwhile is
    found. `successions` keeps what meters go on from that stand in the place of another. Until a
    meter's configuration is known, its reports make no reading: a number in the wrong unit is worse
    than none.
    """

    def __init__(
        self,
        *,
        store: MutableMapping[str, MeterConfiguration],
        registers: MutableMapping[str, MeterRegisters],
        successions: MutableMapping[str, Succession],
    ) -> None:
        self._store = store
        self._successions = successions
        self._registers = registers
        self._meters: dict[tuple[Eui64, int], _Meter] = {}

    def configure(
        self, device: Eui64, endpoint: int, values: Sequence[AttributeValue]
    ) -> Sequence[MeterAnomaly]:
        """Take the answer to a read of the configuration attributes: what is not in it, is not.

        Return what is odd about it.
        """
        meter, told = self._meter(device, endpoint), configuration_in(values)
        anomalies = self._check_serial(meter, told.get("serial_number"))
        self._set_configuration(meter, shared(MeterConfiguration(**told)))
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
        concerned = meter.configuration is not known and meter.is_heard
        for value in values:
            register = _hear(meter, value, time)
            if register is not None:
                concerned = True
                if value.attribute_id in metering.SUMMATIONS:
                    anomalies += self._judge(meter, register, to_mirror=to_mirror)
        if concerned and meter.succession is not None:
            self._go_on(meter, meter.succession)
        reading = _reading(meter, time) if concerned else None
        return MeterUpdate(reading, _status_change(meter, reading), anomalies)

    def reading(self, device: Eui64, endpoint: int) -> Reading | None:
        """Return what the meter shows; None while its configuration is unknown."""
        meter = self._meter(device, endpoint)
        return _reading(meter, max((r.time for r in meter.registers.values()), default=0.0))

    def reasons(self, device: Eui64, endpoint: int) -> dict[str, Reason]:
        """Return why each number of the reading is what it is; none while it makes no reading."""
        meter = self._meter(device, endpoint)
        basis = meter.basis
        if basis is None:
            return {}
        return {name: _reason(meter, basis, name, attribute) for name, attribute in _NUMBERS}

    def scale(self, device: Eui64, endpoint: int) -> Scale | None:
        """Return how a meter's values are scaled; None while that is unknown, or makes no sense."""
        basis = self._meter(device, endpoint).basis
        return None if basis is None or basis.problem is not None else basis.scale

    def explained(self, device: Eui64, endpoint: int, attribute_id: int, raw: Number) -> str:
        """Return what a number of a meter comes to by its scale; "" where that is not known."""
        scale = self.scale(device, endpoint)
        return "" if scale is None else scale.explained(attribute_id, raw)

    def facts(self, device: Eui64, endpoint: int) -> MeterFacts | None:
        """Return what a meter counts, also of an earlier run; None where that is not known."""
        meter = self._meter(device, endpoint)
        configuration, basis = meter.configuration, meter.basis
        if configuration is None or basis is None or basis.unit is None:
            return None
        shown = _shown(meter, basis)
        if not shown:
            return None
        return MeterFacts(
            endpoint=Uint8(endpoint),
            commodity=basis.commodity,
            unit=basis.unit,
            serial_number=configuration.serial_number,
            shown=shown,
        )

    def is_heard(self, device: Eui64, endpoint: int) -> bool:
        """Say whether a meter was heard in this run, so that its facts are no old ones."""
        return self._meter(device, endpoint).is_heard

    def succession(self, device: Eui64, endpoint: int) -> Succession | None:
        """Return what a meter goes on from; None where it stands for itself."""
        return self._meter(device, endpoint).succession

    def succeed(self, device: Eui64, endpoint: int, succession: Succession | None) -> None:
        """Have a meter go on from another one; from none with None.

        A register that is known goes on from what it shows now, others from their first value.
        """
        meter = self._meter(device, endpoint)
        self._succeed(meter, None)
        if succession is not None:
            self._go_on(meter, succession, always=True)

    def keep(self, device: Eui64) -> None:
        """Keep what a device's registers show: it may not be heard again."""
        for meter in [one for key, one in self._meters.items() if key[0] == device]:
            if meter.is_heard:
                self._keep(meter, meter.kept_at)

    def replaced(self, device: Eui64) -> None:
        """Forget a device's meters: others answer under its address, and go on from nothing."""
        for place in [place for place in self._successions if place.startswith(f"{device}/")]:
            del self._successions[place]
        self.forget(device)

    def forget(self, device: Eui64) -> None:
        """Forget a device's meters; if it comes back, it goes on from what it went on from."""
        for key in [key for key in self._meters if key[0] == device]:
            del self._meters[key]
        kept: tuple[MutableMapping[str, Any], ...] = (self._store, self._registers)
        for store in kept:
            for place in [place for place in store if place.startswith(f"{device}/")]:
                del store[place]

    def configured(self, device: Eui64, endpoint: int) -> bool:
        """Say whether readings of this meter can be made."""
        return self._meter(device, endpoint).configuration is not None

    def _meter(self, device: Eui64, endpoint: int) -> _Meter:
        meter = self._meters.get((device, endpoint))
        if meter is None:
            meter = self._meters[device, endpoint] = _Meter(
                device, endpoint, f"{device}/{endpoint}"
            )
            meter.succeed(self._successions.get(meter.place))
            meter.configure(self._store.get(meter.place))
            kept = self._registers.get(meter.place)
            for state in () if kept is None else kept.registers:
                meter.add(Register(state.attribute_id, state))
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
            meter.told = {**meter.told, **changes}
            if is_second_round or meter.told.keys() >= _SCALING:
                self._set_configuration(meter, MeterConfiguration(**meter.told))
        return anomalies

    def _set_configuration(self, meter: _Meter, configuration: MeterConfiguration) -> None:
        meter.told = _NOTHING
        before = meter.configuration
        if before == configuration:
            return
        meter.configure(configuration)
        self._store[meter.place] = configuration
        if before is not None and before.scale != configuration.scale:
            for register in meter.registers.values():
                register.forget_floor()
            self._keep(meter)

    def _keep(self, meter: _Meter, time: float = -math.inf) -> None:
        states = [
            r.state for r in meter.registers.values() if r.attribute_id in metering.SUMMATIONS
        ]
        known = tuple(state for state in states if state is not None)
        meter.kept_at = time
        if known:
            self._registers[meter.place] = MeterRegisters(registers=known)
        else:
            self._registers.pop(meter.place, None)

    def _go_on(self, meter: _Meter, succession: Succession, *, always: bool = False) -> None:
        """Know from what a register goes on that shows something for the first time."""
        begun, basis = succession, meter.basis
        if not always and succession.left.keys() <= succession.offsets.keys():
            return
        if basis is not None and basis.unit == succession.unit:
            begun = succession.begun(_counted(meter, basis))
        if always or begun is not succession:
            self._succeed(meter, begun)

    def _succeed(self, meter: _Meter, succession: Succession | None) -> None:
        meter.succeed(succession)
        if succession is None:
            self._successions.pop(meter.place, None)
        else:
            self._successions[meter.place] = succession

    # ------------------------------------------------------------------ what is odd

    def _check_serial(self, meter: _Meter, serial: str | None) -> Sequence[MeterAnomaly]:
        """Forget the values of a meter in whose place another one answers."""
        if serial is None:
            return ()
        if meter.told.get("serial_number", serial) != serial:
            meter.told = _NOTHING
        before = None if meter.configuration is None else meter.configuration.serial_number
        if before in {None, serial}:
            return ()
        self._doubt(meter)
        self._succeed(meter, None)
        meter.registers.clear()
        meter.has_tiers = meter.has_power_factor = False
        self._keep(meter)
        number = metering.SERIAL_NUMBER
        return (MeterAnomaly(meter.device, meter.endpoint, number, str(before), serial, None),)

    def _doubt(self, meter: _Meter) -> None:
        """Show nothing until the configuration has been read again: it may be another meter."""
        meter.configure(None)
        self._store.pop(meter.place, None)

    def _judge(
        self, meter: _Meter, register: Register, *, to_mirror: bool
    ) -> Sequence[MeterAnomaly]:
        """Believe what a register shows, hold it back, or take it for another meter's."""
        before, low, time = register.floor, register.low, register.time
        basis = meter.basis
        formatting = (
            None if basis is None else basis.why[metering.SUMMATION_DELIVERED]["formatting"]
        )
        decrease = register.judge(formatting, bcd=basis is not None and basis.scale.bcd)
        if decrease is RegisterDecrease.COUNTS_ON:
            for other in [one for one in meter.registers.values() if one is not register]:
                del meter.registers[other.attribute_id]
            self._succeed(meter, None)
            if not to_mirror:
                self._doubt(meter)
        if register.low != low or decrease or not 0 <= time - meter.kept_at < _KEEP_EVERY:
            self._keep(meter, time)
        if decrease is None or register.raw is None or before is None:
            return ()
        if decrease is not RegisterDecrease.COUNTS_ON:
            if 0 <= time - meter.fell_at < _TELL_EVERY:
                return ()
            meter.fell_at = time
        place = (meter.device, meter.endpoint, register.attribute_id)
        return (MeterAnomaly(*place, before, register.raw, decrease),)


def _hear(meter: _Meter, value: AttributeValue, time: float) -> Register | None:
    """Note what a register shows; return it, or None where the value is none of a register."""
    attribute_id, number = value.attribute_id, value.value
    if attribute_id not in _REGISTERS or value.attribute_type >= _TEXT:
        return None
    is_value = number is not None
    if is_value:
        if type(number) is not int and type(number) is not float:  # nor a truth value
            return None
    elif is_analog(value.attribute_type):  # what stands on the wire is shown as the reason
        number, _ = read_value(value.attribute_type, value.raw)
    else:
        return None
    register = meter.registers.get(attribute_id)
    if register is None:
        register = Register(attribute_id)
        meter.add(register)
    register.hear(number, time, value.attribute_type, is_value=is_value)
    return register


def _counted(meter: _Meter, basis: _Basis) -> dict[int, float]:
    """Return what a meter's own registers have come to at least, by attribute."""
    found: dict[int, float] = {}
    for attribute_id in meter.registers.keys() & metering.SUMMATIONS:
        floor = meter.registers[attribute_id].floor
        value = None if floor is None or basis.problem is not None else basis.scale.value(floor)
        if value is not None:
            found[attribute_id] = value
    return found


def _shown(meter: _Meter, basis: _Basis) -> dict[int, float]:
    """Return what people have seen of a meter's registers, by attribute."""
    return {
        attribute_id: with_offset(value, meter.offsets.get(attribute_id, 0.0))
        for attribute_id, value in _counted(meter, basis).items()
    }


def _reading(meter: _Meter, time: float) -> Reading | None:
    basis, registers = meter.basis, meter.registers
    if basis is None:
        return None
    numbers: dict[str, float | None] = {}
    why: dict[str, dict[str, Number | str | None]] = {}
    for name, attribute in _NUMBERS:
        register = registers.get(attribute)
        if register is None or not register.is_heard:
            numbers[name] = None
            continue
        numbers[name], problem = _scaled(register, basis)
        why[name] = {"raw": register.raw, **basis.why[attribute]}
        if problem is not None:
            why[name]["problem"] = problem.value
    if meter.offsets:
        _add_offsets(meter.offsets, numbers, why)
    status = registers.get(metering.STATUS)
    bits = None if status is None else status.shown
    tiers = _tiers(meter, basis, why) if meter.has_tiers else ({}, {})
    return Reading(
        unit=basis.unit,
        power_unit=basis.power_unit,
        commodity=basis.commodity,
        energy_in=numbers["energy_in"],
        energy_out=numbers["energy_out"],
        power=numbers["power"],
        tiers_in=tiers[0],
        tiers_out=tiers[1],
        status=None if bits is None else int(bits),
        time=time,
        alarms=alarms_of(int(bits), basis.device_type) if bits else (),
        why=why,
        decimals=basis.decimals,
        power_decimals=basis.power_decimals,
        power_factor=_power_factor(registers) if meter.has_power_factor else None,
        swap=None if meter.succession is None else meter.succession.serial_numbers,
    )


def _power_factor(registers: Mapping[int, Register]) -> float | None:
    """Return the power factor, from -1 to 1: what scales the other values does not scale it."""
    register = registers.get(metering.POWER_FACTOR)  # which other registers may have gone with
    percent = None if register is None else register.shown
    if percent is None or abs(percent) > metering.PERCENT:
        return None
    return percent / metering.PERCENT


def _add_offsets(
    offsets: Mapping[int, float],
    numbers: dict[str, float | None],
    why: dict[str, dict[str, Number | str | None]],
) -> None:
    """Have numbers go on from what the meter before has counted."""
    for name, attribute_id in _NUMBERS:
        number = numbers[name]
        if number is not None and attribute_id in offsets:
            numbers[name] = with_offset(number, offsets[attribute_id])
            why[name]["offset"] = offsets[attribute_id]


def _tiers(
    meter: _Meter, basis: _Basis, why: dict[str, dict[str, Number | str | None]]
) -> tuple[dict[int, float | None], dict[int, float | None]]:
    """Return what the tiers show, delivered and received; add to `why` what is not plain."""
    found: tuple[dict[int, float | None], dict[int, float | None]] = ({}, {})
    for attribute_id in sorted(meter.registers.keys() & metering.TIERS):
        register = meter.registers[attribute_id]
        if not register.is_heard:
            continue
        step, side = divmod(attribute_id - metering.FIRST_TIER, 2)
        number, problem = _scaled(register, basis)
        offset = meter.offsets.get(attribute_id)
        told: dict[str, Number | str | None] = {}
        if number is not None and offset is not None:
            number = with_offset(number, offset)
            told["offset"] = offset
        if problem is not None:
            told["problem"] = problem.value
        if told:
            why[f"tier_{step + 1}_{_SIDES[side]}"] = {"raw": register.raw, **told}
        found[side][step + 1] = number
    return found


def _scaled(register: Register, basis: _Basis) -> tuple[float | None, Problem | None]:
    """Return what a register shows in engineering units, and why that is none, or an older one."""
    if not register.is_value:
        return None, Problem.NO_VALUE
    if basis.problem is not None:
        return None, basis.problem
    raw, problem = register.raw, None
    if register.low is not None:
        raw, problem = register.believed, Problem.FELL
    number = None if raw is None else basis.scale.value(raw)
    return number, problem or (Problem.NOT_BCD if number is None else None)


def _reason(meter: _Meter, basis: _Basis, name: str, attribute_id: int) -> Reason:
    register, scale = meter.registers.get(attribute_id), basis.scale
    heard = None if register is None or not register.is_heard else register
    return Reason(
        attribute_id=attribute_id,
        raw=None if heard is None else heard.raw,
        multiplier=scale.multiplier,
        divisor=scale.divisor,
        offset=meter.offsets.get(attribute_id, 0.0),
        unit=basis.power_unit if name == "power" else basis.unit,
        bcd=scale.bcd,
        formatting=basis.why[attribute_id]["formatting"],
        time=None if heard is None else heard.time,
        problem=basis.problem if heard is None else _scaled(heard, basis)[1],
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
