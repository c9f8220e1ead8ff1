"""Requests about the weekly schedules of thermostats. Own extension: the reference has none.

Source of what devices keep: ZigBee Cluster Library, Thermostat cluster, the commands of the weekly
schedule, and the attributes of Thermostat Schedule & HVAC Relay.
"""

from collections.abc import Callable, Mapping, Sequence
import re
from typing import Final, Literal, get_args

import msgspec

from sebridge.api.addressing import DeviceAnswer, ServerPlaces, StatusAnswer, peer_of
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.features.thermostat.degrees import COLDEST, WARMEST, hundredths
from sebridge.features.thermostat.records import (
    COOLS,
    DEFINITION,
    HEATS,
    ClearWeeklyScheduleRecord,
    GetWeeklyScheduleRecord,
    WeeklyScheduleRecord,
)
from sebridge.features.thermostat.reports import (
    BITMAP8,
    DAILY_TRANSITIONS,
    FIXED,
    FOLLOWS_SCHEDULE,
    OPERATION_MODE,
    SHOWN,
    WEEKLY_TRANSITIONS,
)
from sebridge.features.thermostat.week import (
    MOST_AT_ONCE,
    Step,
    bits_of,
    in_order,
    record_of,
    steps_of,
)
from sebridge.gateway.cluster import Sending
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import Pairing, pairing_with
from sebridge.gateway.questions import Questions
from sebridge.gateway.reporting.reader import Attributes
from sebridge.model.data_types import Uint8
from sebridge.model.record import Record
from sebridge.model.values import ABSENT, Absent
from sebridge.network.peer import Peer
from sebridge.rpc.message import Scope
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.attributes import AttributeValue, write_value
from sebridge.zcl.identifiers import THERMOSTAT_CLUSTER

WeekDay = Literal["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

_DAYS: Final[tuple[WeekDay, ...]] = get_args(WeekDay)  # as they are numbered
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_HOUR: Final = 60  # minutes
_WITHOUT: Final = {"heating": "cool", "cooling": "heat"}
"""What a thermostat can do that has no such set point."""
_MODES: Final = {"heat": HEATS, "cool": COOLS}
_READ: Final = (*FIXED, WEEKLY_TRANSITIONS, DAILY_TRANSITIONS, OPERATION_MODE)


class ScheduleTransition(msgspec.Struct, frozen=True, kw_only=True):
    """What a thermostat aims at, in degrees C, from `time` on: HH:MM of its own local time."""

    time: str
    heating_setpoint: float | Absent = ABSENT
    cooling_setpoint: float | Absent = ABSENT


class ScheduledDays(msgspec.Struct, frozen=True, kw_only=True):
    """The days that have these transitions."""

    days: Sequence[WeekDay]
    transitions: Sequence[ScheduleTransition]


class GetThermostatScheduleResponse(DeviceAnswer, frozen=True, kw_only=True):
    """The schedule of the week, days that are alike together; those that have nothing are left out.

    It is `followed` or not, and has at most so many transitions, where the device says that.
    """

    cluster_id: int = THERMOSTAT_CLUSTER
    schedule: Sequence[ScheduledDays]
    followed: bool | Absent = ABSENT
    most_in_week: int | Absent = ABSENT
    most_in_day: int | Absent = ABSENT


class ThermostatScheduleMethods:
    """Requests about the weekly schedules of thermostats.

    `changed` is told of a server of which something was set.
    """

    rpc_interface = ZCL_INTERFACE

    def __init__(
        self,
        places: ServerPlaces,
        exchange: Exchange,
        access: Attributes,
        changed: Callable[[Pairing], object],
    ) -> None:
        self._places = places
        self._questions = Questions(exchange, DEFINITION)
        self._access = access
        self._changed = changed

    @method(scope=Scope.READ)
    async def get_thermostat_schedule(
        self, destination_address: Eui64, destination_endpoint_id: Uint8 | Absent = ABSENT
    ) -> GetThermostatScheduleResponse:
        """Ask a thermostat for the schedule of its week, and whether it follows it.

        Without destination_endpoint_id it is the device's first thermostat. It is asked day by
        day. What has no time of day is left out.
        """
        peer = self._peer(destination_address, destination_endpoint_id)
        can = await self._abilities(peer)
        mode = _MODES.get(can.shown.get("can", ""), HEATS | COOLS)
        week: dict[tuple[Step, ...], list[WeekDay]] = {}
        for number, day in enumerate(_DAYS):
            record = GetWeeklyScheduleRecord(days_to_return=1 << number, mode_to_return=mode)
            told = await self._questions.ask(Sending(peer, record), WeeklyScheduleRecord)
            if steps := steps_of(told):
                week.setdefault(steps, []).append(day)
        return GetThermostatScheduleResponse(
            profile_id=peer.profile_id,
            source_address=peer.device,
            source_endpoint_id=peer.endpoint,
            schedule=[
                ScheduledDays(days=days, transitions=[_transition(step) for step in steps])
                for steps, days in week.items()
            ],
            followed=ABSENT
            if can.operation_mode is None
            else bool(can.operation_mode & FOLLOWS_SCHEDULE),
            most_in_week=ABSENT if can.weekly is None else can.weekly,
            most_in_day=ABSENT if can.daily is None else can.daily,
        )

    @method
    async def set_thermostat_schedule(
        self,
        destination_address: Eui64,
        days: tuple[WeekDay, ...],
        transitions: tuple[ScheduleTransition, ...],
        destination_endpoint_id: Uint8 | Absent = ABSENT,
    ) -> StatusAnswer:
        """Have a thermostat keep these transitions for these days, and follow its schedule.

        They stand in the place of those that the days had; other days keep theirs. They are in the
        order of their times, all with a heating_setpoint, or all with a cooling_setpoint, or both,
        within what the device tells of its limits. Without destination_endpoint_id it is the
        device's first thermostat.
        """
        steps = _steps(transitions)
        if not days:
            raise ParameterError("days", "must name at least one")
        peer = self._peer(destination_address, destination_endpoint_id)
        can = await self._abilities(peer)
        bits = bits_of(_DAYS.index(day) for day in days)
        can.check(steps, bits.bit_count())
        done = await self._command(peer, record_of(bits, steps))
        is_followed = can.operation_mode is None or can.operation_mode & FOLLOWS_SCHEDULE
        if done.status or is_followed:
            return done
        mode = (can.operation_mode or 0) | FOLLOWS_SCHEDULE
        value = AttributeValue(OPERATION_MODE, BITMAP8, mode, write_value(BITMAP8, mode))
        pairing = pairing_with(peer, THERMOSTAT_CLUSTER)
        (status,) = await self._access.write(pairing, [value], undivided=False)
        return StatusAnswer.of(peer, THERMOSTAT_CLUSTER, status, "it is kept, but not followed: ")

    @method
    async def clear_thermostat_schedule(
        self, destination_address: Eui64, destination_endpoint_id: Uint8 | Absent = ABSENT
    ) -> StatusAnswer:
        """Have a thermostat forget the schedule of its week.

        Without destination_endpoint_id it is the device's first thermostat. What it aims at stays.
        """
        peer = self._peer(destination_address, destination_endpoint_id)
        return await self._command(peer, ClearWeeklyScheduleRecord())

    def _peer(self, device: Eui64, endpoint: int | Absent) -> Peer:
        servers = self._places.servers_of(device, THERMOSTAT_CLUSTER)
        return peer_of(servers, device, endpoint, "thermostat")

    async def _abilities(self, peer: Peer) -> "_Abilities":
        found = await self._access.read(pairing_with(peer, THERMOSTAT_CLUSTER), _READ)
        values = {number: one.value for number, _, one in found if one and type(one.value) is int}
        return _Abilities(values)

    async def _command(self, peer: Peer, record: Record) -> StatusAnswer:
        status: int = await self._questions.confirm(Sending(peer, record))
        self._changed(pairing_with(peer, THERMOSTAT_CLUSTER))
        return StatusAnswer.of(peer, THERMOSTAT_CLUSTER, status)


class _Abilities:
    """What a thermostat can do and keep, so far as it tells: the values of its attributes."""

    def __init__(self, values: Mapping[int, int]) -> None:
        self.weekly: int | None = values.get(WEEKLY_TRANSITIONS)
        self.daily: int | None = values.get(DAILY_TRANSITIONS)
        self.operation_mode: int | None = values.get(OPERATION_MODE)
        told = ((SHOWN[number], value) for number, value in values.items() if number in SHOWN)
        shown = {one.name: one.shown(value) for one, value in told}
        self.shown = {name: value for name, value in shown.items() if value is not None}

    def check(self, steps: Sequence[Step], days: int) -> None:
        """Raise ParameterError where it cannot keep the steps for so many days."""
        for most, what in (
            (self.daily, "that the device keeps for a day"),
            (None if self.weekly is None else self.weekly // days, "that it can keep for each day"),
            (MOST_AT_ONCE, "of one command"),
        ):
            if most is not None and len(steps) > most:
                raise ParameterError("transitions", f"are more than the {most} {what}")
        for name, other in _WITHOUT.items():
            given = [getattr(step, name) for step in steps]
            if self.shown.get("can") == other and given[0] is not None:
                raise ParameterError(f"transitions[0].{name}_setpoint", "is not of this device")
            low = self.shown.get(f"lowest_{name}", COLDEST)
            high = self.shown.get(f"highest_{name}", WARMEST)
            for index, one in enumerate(given):
                if one is not None and not low <= one / 100 <= high:
                    path = f"transitions[{index}].{name}_setpoint"
                    raise ParameterError(path, f"must be {low:g}..{high:g}")


def _steps(transitions: Sequence[ScheduleTransition]) -> tuple[Step, ...]:
    """Return what is wanted; ParameterError for what can be no schedule of a day."""
    if not transitions:
        raise ParameterError("transitions", "must be at least one")
    steps = tuple(_step(f"transitions[{i}]", one) for i, one in enumerate(transitions))
    kinds = {(step.heating is None, step.cooling is None) for step in steps}
    if kinds & {(True, True)} or len(kinds) > 1:
        problem = "must all have a heating_setpoint, or all a cooling_setpoint, or all both"
        raise ParameterError("transitions", problem)
    if not in_order(steps):
        raise ParameterError("transitions", "must be in the order of their times")
    return steps


def _step(path: str, transition: ScheduleTransition) -> Step:
    found = _TIME.fullmatch(transition.time)
    if found is None:
        raise ParameterError(f"{path}.time", "must be HH:MM, 00:00 to 23:59")
    heating, cooling = transition.heating_setpoint, transition.cooling_setpoint
    return Step(
        int(found[1]) * _HOUR + int(found[2]),
        None if heating is ABSENT else hundredths(f"{path}.heating_setpoint", heating),
        None if cooling is ABSENT else hundredths(f"{path}.cooling_setpoint", cooling),
    )


def _transition(step: Step) -> ScheduleTransition:
    return ScheduleTransition(
        time=f"{step.minute // _HOUR:02}:{step.minute % _HOUR:02}",
        heating_setpoint=ABSENT if step.heating is None else step.heating / 100,
        cooling_setpoint=ABSENT if step.cooling is None else step.cooling / 100,
    )
