"""A meter with a load curve, as it should be or with what real ones have: the server side."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import ClassVar, Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.clock import zigbee_time
from sebridge.base.errors import ParameterError, UnsupportedCommandError
from sebridge.features.metering import scale as metering
from sebridge.features.metering.fast_poll import FastPoll
from sebridge.features.metering.load_profile import (
    MOST_PERIODS,
    QUARTER_OF_AN_HOUR,
    Channel,
    History,
    answer_profile,
)
from sebridge.features.metering.records import (
    METERING_CLUSTER,
    GetProfileRecord,
    GetProfileResponseRecord,
    MirrorRemovedRecord,
    RemoveMirrorRecord,
    RequestFastPollModeRecord,
    RequestFastPollModeResponseRecord,
    RequestMirrorRecord,
    RequestMirrorResponseRecord,
)
from sebridge.features.metering.simulated_load import (
    IntervalHistory,
    Load,
    LoadCurve,
    RegisterState,
    SetLoad,
)
from sebridge.gateway.cluster import Command, LocalCluster, Outcome, Sending
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.network.peer import Peer
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.metering import DEVICE_TYPE, NO_MIRROR

_DEFAULT_UPDATE_PERIOD: Final = 0x000A
_FAST_POLL_UPDATE_PERIOD: Final = 0x000B
_PROFILE_INTERVAL_PERIOD: Final = 0x000F
_MAX_NUMBER_OF_PERIODS: Final = 0x0500

_TYPES_OF_SUMMATIONS: Final = {0x23: 0xFFFFFFFE, 0x25: 0xFFFFFFFFFFFE, 0x39: 0xFFFFFF}
"""What a register of each type holds at most: a float, what it still holds digit by digit."""
_MOST_TIERS: Final = 48
_NOTHING: Final = SetLoad(0.0)
_MOMENT: Final = 30.0  # seconds for which a meter that starts again reads 0

_UINT8: Final = 0x20
_INT8: Final = 0x28
_UINT24: Final = 0x22
_UINT48: Final = 0x25
_INT24: Final = 0x2A
_BITMAP8: Final = 0x18
_ENUM8: Final = 0x30
_OCTETS: Final = 0x41

_SUMMATION_FORMATTING: Final = 0xFB  # suppress zeros, 15 digits left, 3 right
_BCD: Final = 0x80  # bit of the unit
_LARGEST_DEMAND: Final = 0x7FFFFF
_LIMITS: Final = {
    "multiplier": (0, 0xFFFFFF),
    "divisor": (0, 0xFFFFFF),
    "mean_load": (-1_000_000, 1_000_000),
    "solar_peak": (0, 1_000_000),
    "initial_energy": (0, 1_000_000_000_000),
    "unit_of_measure": (0, 0xFF),
    "device_type": (0, 0xFF),
    "tiers": (0, _MOST_TIERS),
    "falls_every": (0, 1_000_000),
    "average_power_factor": (-1, 1),
}
_LARGEST_INTERVAL: Final = 0xFFFFFE
_LONGEST_SERIAL_NUMBER: Final = 24


@dataclass(frozen=True, slots=True)
class MeterSettings:
    """How the meter counts: kWh = raw * multiplier / divisor.

    Without a multiplier or divisor the meter lacks the attribute; it counts as 1, as 0 does. Its
    tiers count equal shares of what is delivered.
    """

    multiplier: int | None = 1
    divisor: int | None = 1000
    mean_load: float = 450.0  # W
    solar_peak: float = 0.0  # W
    initial_energy: float = 4711.0  # kWh delivered when the meter was first switched on
    serial_number: str = ""  # the meter's name if empty
    fast_poll: bool = True  # whether it knows the fast poll mode
    unit_of_measure: int = 0  # attribute 0x0300: 0 is kWh, 1 m³ ...; with 0x80 registers in BCD
    device_type: int = 0  # attribute 0x0306: 0 electricity, 1 gas, 2 water, 5 heat ...
    mirrored: bool = False  # whether it sleeps, and reports to a mirror instead of being read
    tiers: int = 0  # 0..48 tiers that have registers of their own
    summation_type: int = _UINT48  # of the registers: 0x23 uint32, 0x25 uint48, 0x39 single float
    unreportable: tuple[int, ...] = ()  # attributes that it refuses to report
    average_power_factor: float = 0.0  # -1..1; with 0 the meter has none
    falls_every: float = 0.0  # seconds between moments at which its registers read 0; 0: never

    def __post_init__(self) -> None:
        """Raise ParameterError for what the attributes cannot show."""
        if len(self.serial_number.encode()) > _LONGEST_SERIAL_NUMBER:
            raise ParameterError("serial_number", f"has more than {_LONGEST_SERIAL_NUMBER} octets")
        for name, (least, most) in _LIMITS.items():
            if not least <= (getattr(self, name) or 0) <= most:
                raise ParameterError(name, f"must be {least}..{most}")
        if self.summation_type not in _TYPES_OF_SUMMATIONS:
            known = ", ".join(f"0x{kind:02X}" for kind in _TYPES_OF_SUMMATIONS)
            raise ParameterError("summation_type", f"must be one of {known}")

    def count(self, kilo: float) -> int:
        """Return how often the meter has counted for so many kWh, or kW, or of its other unit."""
        return int(kilo * (self.divisor or 1) / (self.multiplier or 1))

    def coded(self, count: int, largest: int) -> int:
        """Return a count as a register has it that holds `largest` at most, binary or BCD."""
        if not self.unit_of_measure & _BCD:
            return max(min(count, largest), -largest)
        nines: int = 10 ** (len(f"{largest:x}") - 1) - 1  # the first digit may not reach 9
        return int(str(max(min(count, nines), -nines)), 16)


class MeterServer(LocalCluster):
    """The registers of a simulated meter, its load profile and its fast poll mode.

    `utc` gives seconds since 1970; `store` keeps the registers over a restart, so that they never
    decrease; `extra_load` gives watts that other simulated devices draw. The demand is a new one
    every 30 s, in fast poll mode as often as was agreed (MET-7).
    """

    definition: ClassVar[ClusterDefinition] = METERING_CLUSTER
    server = True

    def __init__(
        self,
        name: str,
        settings: MeterSettings,
        utc: Callable[[], float],
        store: MutableMapping[str, RegisterState],
        extra_load: Callable[[], float],
    ) -> None:
        self._name = name
        self.settings = settings
        self._load: Load = LoadCurve(settings.mean_load, settings.solar_peak, float(len(name)))
        self._utc = utc
        self._store = store
        self._extra_load = extra_load
        self._is_fed = True
        if name not in store:
            store[name] = RegisterState(settings.initial_energy * 1000.0, 0.0, utc())
        self.mirror_endpoint: int | None = None
        self._history = IntervalHistory(self._load, store[name])
        self._fast_poll = FastPoll()
        self._shown_demand = (0, -1.0)  # the raw value, and when it was taken
        super().__init__(LocalAttributes(self._attributes()))

    def swap(self, settings: MeterSettings) -> None:
        """Put another meter into the place of this one: it shows the same attributes or more."""
        self.settings = settings
        self._store[self._name] = RegisterState(settings.initial_energy * 1000.0, 0.0, self._utc())
        self._history = IntervalHistory(self._load, self._store[self._name])
        self.attributes.show(self._attributes())

    def _attributes(self) -> list[LocalAttribute]:
        settings = self.settings
        shown = [
            LocalAttribute(metering.SUMMATION_DELIVERED, settings.summation_type, self._delivered),
            LocalAttribute(metering.STATUS, _BITMAP8, 0),
            LocalAttribute(metering.UNIT_OF_MEASURE, _ENUM8, settings.unit_of_measure),
            LocalAttribute(metering.SUMMATION_FORMATTING, _BITMAP8, _SUMMATION_FORMATTING),
            LocalAttribute(metering.DEMAND_FORMATTING, _BITMAP8, _SUMMATION_FORMATTING),
            LocalAttribute(DEVICE_TYPE, _BITMAP8, settings.device_type),
            LocalAttribute(metering.INSTANTANEOUS_DEMAND, _INT24, self._demand),
            LocalAttribute(metering.SERIAL_NUMBER, _OCTETS, self._serial_number().hex()),
            LocalAttribute(_DEFAULT_UPDATE_PERIOD, _UINT8, self._fast_poll.normal),
            LocalAttribute(_PROFILE_INTERVAL_PERIOD, _ENUM8, QUARTER_OF_AN_HOUR),
            LocalAttribute(_MAX_NUMBER_OF_PERIODS, _UINT8, MOST_PERIODS),
        ]
        for attribute_id, factor in (
            (metering.MULTIPLIER, settings.multiplier),
            (metering.DIVISOR, settings.divisor),
        ):
            if factor is not None:
                shown.append(LocalAttribute(attribute_id, _UINT24, factor))
        if settings.fast_poll:
            shortest = self._fast_poll.shortest
            shown.append(LocalAttribute(_FAST_POLL_UPDATE_PERIOD, _UINT8, shortest))
        if settings.average_power_factor:
            percent = round(settings.average_power_factor * metering.PERCENT)
            shown.append(LocalAttribute(metering.POWER_FACTOR, _INT8, percent))
        if settings.solar_peak:
            shown.append(
                LocalAttribute(metering.SUMMATION_RECEIVED, settings.summation_type, self._received)
            )
        shown += [
            LocalAttribute(
                metering.FIRST_TIER + 2 * tier, settings.summation_type, partial(self._tier, tier)
            )
            for tier in range(settings.tiers)
        ]
        return [replace(a, reportable=a.attribute_id not in settings.unreportable) for a in shown]

    @property
    def load(self) -> Load:
        """What the household draws, besides what other simulated devices do."""
        return self._load

    @property
    def own_power(self) -> float:
        """The watts that the household draws now."""
        return self._drawn.power(self._utc())

    @property
    def power(self) -> float:
        """The watts that go through the meter now; negative where more is given than used."""
        return self.own_power + self._extra_load()

    def follow_curve(self) -> None:
        """Have the household draw what its options say, by the time of day."""
        settings, phase = self.settings, float(len(self._name))
        self._follow(LoadCurve(settings.mean_load, settings.solar_peak, phase))

    def set_load(self, watts: float, rise: float = 0.0) -> None:
        """Have so much drawn from now on, and so many watts more in each hour."""
        self._follow(SetLoad(watts, rise, self._utc()))

    def feed(self, is_fed: bool) -> None:  # noqa: FBT001 - it is called with that alone
        """Feed the household, or cut it off, so that it draws nothing."""
        self.account()
        self._is_fed = is_fed
        self._history.follow(self._drawn)

    @property
    def _drawn(self) -> Load:
        return self._load if self._is_fed else _NOTHING

    def _follow(self, load: Load) -> None:
        self.account()
        self._load = load
        self._history.follow(self._drawn)

    def account(self) -> RegisterState:
        """Count until now; call it before the extra load changes."""
        state = self._history.count(self._store[self._name], self._extra_load(), self._utc())
        self._store[self._name] = state
        return state

    @override
    def receive(self, command: Command) -> Outcome:
        """Tell the load profile, begin the fast poll mode, or learn where the mirror is."""
        record = command.record
        if isinstance(record, GetProfileRecord):
            return Outcome((self._profile(record, command.now),))
        if isinstance(record, RequestFastPollModeRecord) and self.settings.fast_poll:
            period, end = self._fast_poll.request(
                record.fast_poll_update_period, record.duration, command.now
            )
            answer = RequestFastPollModeResponseRecord(
                applied_update_period=period, fast_poll_mode_end_time=end
            )
            return Outcome((answer,))
        if isinstance(record, RequestMirrorResponseRecord):
            given = record.endpoint_id
            self.mirror_endpoint = None if given == NO_MIRROR else given
            return Outcome()
        if isinstance(record, MirrorRemovedRecord):
            self.mirror_endpoint = None
            return Outcome()
        raise UnsupportedCommandError(type(record).__name__)

    def ask_for_mirror(self, host: Peer) -> Outcome:
        """Ask a gateway to stand in for this meter while it sleeps (MET-11)."""
        return Outcome(sendings=(Sending(host, RequestMirrorRecord()),))

    def give_up_mirror(self, host: Peer) -> Outcome:
        """Tell a gateway that its mirror is no longer wanted."""
        return Outcome(sendings=(Sending(host, RemoveMirrorRecord()),))

    def _profile(self, question: GetProfileRecord, now: int) -> GetProfileResponseRecord:
        self.account()
        delivered, received = self._history.registers()
        histories = {int(Channel.DELIVERED): self._intervals(delivered)}
        if self.settings.solar_peak:
            histories[int(Channel.RECEIVED)] = self._intervals(received)
        return answer_profile(question, histories, QUARTER_OF_AN_HOUR, now)

    def _intervals(self, registers: list[float]) -> History:
        """Return the difference from each state of a register, in Wh, to the next one."""
        counts = [self.settings.count(watt_hours / 1000.0) for watt_hours in registers]
        used = [
            self.settings.coded(after - before, _LARGEST_INTERVAL)
            for before, after in pairwise(counts)
        ]
        return History(zigbee_time(self._history.end), used)

    def _serial_number(self) -> bytes:
        text = self.settings.serial_number or self._name
        return text.encode()[:_LONGEST_SERIAL_NUMBER]

    def _delivered(self) -> int:
        return self._summation(self.account().delivered)

    def _received(self) -> int:
        return self._summation(self.account().received)

    def _tier(self, tier: int) -> int:
        """Return a share of what is delivered, so that all of them add up to it."""
        settings = self.settings
        share = (settings.count(self.account().delivered / 1000.0) + tier) // settings.tiers
        return self._coded(share)

    def _summation(self, watt_hours: float) -> int:
        return self._coded(self.settings.count(watt_hours / 1000.0))

    def _coded(self, count: int) -> int:
        every = self.settings.falls_every
        if every and self._utc() % every < _MOMENT:
            return 0
        return self.settings.coded(count, _TYPES_OF_SUMMATIONS[self.settings.summation_type])

    def _demand(self) -> int:
        now = self._utc()
        value, taken = self._shown_demand
        if not 0 <= now - taken < self._fast_poll.period(zigbee_time(now)) or taken < 0:
            value = self._demand_now()
            self._shown_demand = (value, now)
        return value

    def _demand_now(self) -> int:
        return self.settings.coded(self.settings.count(self.power / 1000.0), _LARGEST_DEMAND)
