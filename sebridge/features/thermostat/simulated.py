"""A simulated thermostat of a room, which is heated, and where its options say so cooled."""

from collections.abc import Awaitable, Callable
from functools import partial
import logging
from typing import Any, ClassVar, Final

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import (
    FullError,
    InvalidFieldError,
    SebridgeError,
    UnsupportedCommandError,
)
from sebridge.base.service import Service
from sebridge.features.thermostat import reports
from sebridge.features.thermostat.records import (
    COOLS,
    DEFINITION,
    HEATS,
    ClearWeeklyScheduleRecord,
    GetWeeklyScheduleRecord,
    SetpointRaiseLowerRecord,
    WeeklyScheduleRecord,
)
from sebridge.features.thermostat.reports import BITMAP8, BITMAP16, ENUM8, INT16, UINT8
from sebridge.features.thermostat.room import COLDEST, WARMEST, Room
from sebridge.features.thermostat.week import (
    Step,
    Week,
    days_in,
    in_force,
    in_order,
    part_of,
    steps_of,
)
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.network.peer import Peer
from sebridge.simulator.vocabulary import NOTHING, ROOM_THERMOSTAT, SimulatedHost, SimulatedPart
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import HA_ENDPOINT, HA_PROFILE, TIME

_LOGGER = logging.getLogger(__name__)

_HEATS: Final = 2  # what it can do: the control sequence
_HEATS_AND_COOLS: Final = 4
_HEATING: Final = 0x0001  # bits of the running state
_COOLING: Final = 0x0002

_WEEKLY: Final = 42  # transitions that it keeps, and of a day
_DAILY: Final = 6

_EVERY: Final = 60.0  # seconds between looks at the schedule
_HOLDS: Final = 900.0  # seconds for which a difference from UTC holds
_UTC: Final = 0x0000  # attributes of the Time cluster: the time, and what clocks on the wall show
_LOCAL: Final = 0x0007

_RAISED: Final = {0: ("heating",), 1: ("cooling",), 2: ("heating", "cooling")}


class SeenThermostat(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sees of a thermostat: its mode, and what it aims at in degrees C.

    It is `scheduled` while it follows the schedule of a week.
    """

    mode: str
    heating: float
    cooling: float | None
    scheduled: bool


class ThermostatServer(LocalCluster):
    """Keeps a room as warm as is aimed at; `changed` is called when that changes.

    `utc` gives seconds since 1970. What somebody sets holds until the schedule says otherwise.
    """

    definition: ClassVar[ClusterDefinition] = DEFINITION
    server = True

    def __init__(self, room: Room, utc: Callable[[], float], changed: Callable[[], object]) -> None:
        self._room = replace(room, since=utc())
        self._utc = utc
        self._changed = changed
        self._week: Week = {}
        self._operation_mode = 0
        self._followed: float | None = None  # the beginning of the last step that was taken
        shown = [
            LocalAttribute(reports.LOCAL_TEMPERATURE, INT16, self._temperature),
            LocalAttribute(reports.ABS_MIN_HEATING, INT16, _hundredths(COLDEST)),
            LocalAttribute(reports.ABS_MAX_HEATING, INT16, _hundredths(WARMEST)),
            LocalAttribute(reports.HEATING_DEMAND, UINT8, lambda: self.room.heating_demand),
            self._setpoint(reports.HEATING_SETPOINT, "heating"),
            LocalAttribute(
                reports.CONTROL_SEQUENCE, ENUM8, _HEATS_AND_COOLS if room.cools else _HEATS
            ),
            LocalAttribute(
                reports.SYSTEM_MODE,
                ENUM8,
                lambda: self.room.mode,
                writable=True,
                highest=max(reports.MODES),
                written=lambda mode: self._set(mode=mode),
            ),
            LocalAttribute(reports.WEEKLY_TRANSITIONS, UINT8, _WEEKLY),
            LocalAttribute(reports.DAILY_TRANSITIONS, UINT8, _DAILY),
            LocalAttribute(
                reports.OPERATION_MODE,
                BITMAP8,
                lambda: self._operation_mode,
                writable=True,
                highest=reports.FOLLOWS_SCHEDULE,
                written=self._set_operation_mode,
            ),
            LocalAttribute(reports.RUNNING_STATE, BITMAP16, self._running),
        ]
        if room.cools:
            shown += [
                LocalAttribute(reports.ABS_MIN_COOLING, INT16, _hundredths(COLDEST)),
                LocalAttribute(reports.ABS_MAX_COOLING, INT16, _hundredths(WARMEST)),
                LocalAttribute(reports.COOLING_DEMAND, UINT8, lambda: self.room.cooling_demand),
                self._setpoint(reports.COOLING_SETPOINT, "cooling"),
            ]
        super().__init__(LocalAttributes(shown))

    @property
    def room(self) -> Room:
        """The room as it is now."""
        self._room = self._room.at(self._utc())
        return self._room

    @property
    def is_scheduled(self) -> bool:
        """Whether it follows a schedule."""
        return bool(self._week and self._operation_mode & reports.FOLLOWS_SCHEDULE)

    def follow(self, local: float) -> None:
        """Aim at what the schedule says, if that has begun since it was last followed.

        `local` is what the clocks on the wall show, in seconds since 1970.
        """
        found = in_force(self._week, local) if self.is_scheduled else None
        if found is None or found[0] == self._followed:
            return
        self._followed, step = found
        wanted = {"heating": step.heating, "cooling": step.cooling}
        self._set(**{name: one / 100 for name, one in wanted.items() if one is not None})

    @override
    def receive(self, command: Command) -> Outcome:
        """Raise or lower what is aimed at, as far as that goes; keep, tell or forget a schedule."""
        record = command.record
        if isinstance(record, SetpointRaiseLowerRecord):
            names = _RAISED.get(record.mode, ())
            wanted = {name: getattr(self.room, name) + record.amount / 10 for name in names}
            self._set(**{name: min(max(one, COLDEST), WARMEST) for name, one in wanted.items()})
        elif isinstance(record, WeeklyScheduleRecord):
            self._keep(self._with(record))
        elif isinstance(record, ClearWeeklyScheduleRecord):
            self._keep({})
        elif isinstance(record, GetWeeklyScheduleRecord):
            told = part_of(self._week, record.days_to_return, record.mode_to_return)
            return Outcome(answers=(told,))
        else:
            raise UnsupportedCommandError(type(record).__name__)
        return Outcome()

    def _with(self, record: WeeklyScheduleRecord) -> Week:
        """Return the week with the steps of a record for its days, in the place of the old ones."""
        steps = steps_of(record)
        modes = (HEATS, HEATS | COOLS, COOLS) if self._room.cools else (HEATS,)
        if record.mode_for_sequence not in modes or not in_order(steps):
            raise InvalidFieldError("neither such a mode nor such an order is kept")
        if not all(_can_be_aimed_at(step) for step in steps):
            raise InvalidFieldError("a set point is beyond the limits")
        week = {**self._week, **dict.fromkeys(days_in(record.day_of_week), steps)}
        if len(steps) > _DAILY or sum(map(len, week.values())) > _WEEKLY:
            raise FullError("so many transitions are not kept")
        return week

    def _keep(self, week: Week) -> None:
        self._week, self._followed = week, None
        self._changed()

    def _set_operation_mode(self, mode: int) -> None:
        self._operation_mode, self._followed = mode, None
        self._changed()

    def _setpoint(self, attribute_id: int, name: str) -> LocalAttribute:
        def write(hundredths: int) -> None:
            self._set(**{name: hundredths / 100})

        return LocalAttribute(
            attribute_id,
            INT16,
            lambda: _hundredths(getattr(self.room, name)),
            writable=True,
            lowest=_hundredths(COLDEST),
            highest=_hundredths(WARMEST),
            written=write,
        )

    def _set(self, **changes: Any) -> None:
        self._room = replace(self.room, **changes)
        self._changed()

    def _temperature(self) -> int:
        return _hundredths(self.room.temperature)

    def _running(self) -> int:
        room = self.room
        return (_HEATING if room.heating_demand else 0) | (_COOLING if room.cooling_demand else 0)


def _hundredths(degrees: float) -> int:
    return round(degrees * 100)


def _can_be_aimed_at(step: Step) -> bool:
    wanted = (one for one in (step.heating, step.cooling) if one is not None)
    return all(_hundredths(COLDEST) <= one <= _hundredths(WARMEST) for one in wanted)


class ScheduleFollower(Service):
    """Has a thermostat follow its schedule, minute by minute, by the local time of its house.

    `ask` returns by how many seconds that is ahead of UTC, or None; until somebody says so it is
    UTC.
    """

    def __init__(
        self,
        server: ThermostatServer,
        ask: Callable[[], Awaitable[float | None]],
        clock: Clock,
    ) -> None:
        super().__init__()
        self._server = server
        self._ask = ask
        self._clock = clock
        self._ahead = 0.0
        self._asked_at = -_HOLDS

    @override
    async def run(self) -> None:
        """Look for ever."""
        while True:
            if self._server.is_scheduled:
                await self._ask_for_local_time()
                self._server.follow(self._clock.utc() + self._ahead)
            await self._clock.sleep(_EVERY)

    async def _ask_for_local_time(self) -> None:
        now = self._clock.monotonic()
        if now < self._asked_at + _HOLDS:
            return
        try:
            told = await self._ask()
        except SebridgeError as error:
            _LOGGER.debug("the local time was not read: %s", error)
            return
        if told is not None:
            self._ahead, self._asked_at = told, now


async def _ahead_of_utc(host: SimulatedHost) -> float | None:
    """Return by how many seconds the clocks of the house are ahead; None where nobody says so."""
    device = host.servers.device
    if device is None:
        return None
    found = await RemoteReader(host.exchange).read(
        Peer(device, HA_ENDPOINT, HA_PROFILE), TIME, host.endpoint_id, (_UTC, _LOCAL)
    )
    times = [value.value for _, _, value in found if value is not None]
    return float(times[1] - times[0]) if len(times) == len((_UTC, _LOCAL)) else None


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a thermostat of the Home Automation profile keep its room."""
    if host.kind is not ROOM_THERMOSTAT:
        return NOTHING
    room = host.options.read(Room)
    server = ThermostatServer(room, host.clock.utc, host.house.note_change)
    follower = ScheduleFollower(server, partial(_ahead_of_utc, host), host.clock)
    return SimulatedPart(
        clusters=(server,),
        services=(follower,),
        views=(server,),
        shown={"thermostat": partial(_seen, server)},
        measured={"temperature": lambda: round(server.room.temperature, 2)},
    )


def _seen(server: ThermostatServer) -> SeenThermostat:
    room = server.room
    return SeenThermostat(
        mode=reports.MODES.get(room.mode, "other"),
        heating=room.heating,
        cooling=room.cooling if room.cools else None,
        scheduled=server.is_scheduled,
    )
