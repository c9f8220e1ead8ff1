"""A simulated thermostat shows its room, and takes what is aimed at."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import (
    DeliveryError,
    FullError,
    InvalidFieldError,
    UnsupportedCommandError,
)
from sebridge.features.thermostat import reports
from sebridge.features.thermostat.records import (
    ClearWeeklyScheduleRecord,
    GetWeeklyScheduleRecord,
    SetpointRaiseLowerRecord,
    WeeklyScheduleRecord,
)
from sebridge.features.thermostat.room import HEAT, OFF, Room
from sebridge.features.thermostat.simulated import ScheduleFollower, ThermostatServer
from sebridge.features.thermostat.week import Step, record_of, steps_of
from sebridge.gateway.cluster import Command
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import HA_PROFILE

WHO = Peer(Eui64.parse("00:13:a2:00:40:5c:01:f7"), 1, HA_PROFILE)


def command(record: Record) -> Command:
    return Command(WHO, 1, record, 0, 0)


class House:
    """Its time, and how often somebody was told of a change."""

    now = 0.0
    changes = 0

    def utc(self) -> float:
        return self.now

    def note(self) -> None:
        self.changes += 1


def shown(server: ThermostatServer) -> dict[int, object]:
    return {number: server.attributes.read(number).value for number, _ in server.attributes.types()}


def test_one_that_only_heats_shows_nothing_of_cooling() -> None:
    server = ThermostatServer(Room(temperature=18.0, outside=11.0), House().utc, House().note)

    found = shown(server)

    assert found[reports.CONTROL_SEQUENCE] == 2
    assert found[reports.LOCAL_TEMPERATURE] == 1800
    assert (found[reports.HEATING_SETPOINT], found[reports.SYSTEM_MODE]) == (2100, HEAT)
    assert (found[reports.HEATING_DEMAND], found[reports.RUNNING_STATE]) == (100, 1)
    assert reports.COOLING_SETPOINT not in found


def test_what_is_set_is_aimed_at_and_told() -> None:
    house = House()
    room = Room(temperature=27.0, outside=29.0, cools=True, mode=OFF)
    server = ThermostatServer(room, house.utc, house.note)

    server.attributes.set(reports.SYSTEM_MODE, 3)
    server.attributes.set(reports.COOLING_SETPOINT, 2450)
    house.now = 3600.0

    found = shown(server)
    assert found[reports.CONTROL_SEQUENCE] == 4
    assert (found[reports.COOLING_SETPOINT], found[reports.LOCAL_TEMPERATURE]) == (2450, 2450)
    assert (found[reports.COOLING_DEMAND], found[reports.RUNNING_STATE]) == (22, 2)
    assert house.changes == 2


@pytest.mark.parametrize(
    ("mode", "amount", "heating", "cooling"),
    [(0, 15, 2250, 2500), (1, -20, 2100, 2300), (2, 127, 3000, 3000), (9, 10, 2100, 2500)],
)
def test_set_points_are_raised_and_lowered_as_far_as_they_go(
    mode: int, amount: int, heating: int, cooling: int
) -> None:
    server = ThermostatServer(Room(cools=True), House().utc, House().note)

    server.receive(command(SetpointRaiseLowerRecord(mode=mode, amount=amount)))

    found = shown(server)
    assert (found[reports.HEATING_SETPOINT], found[reports.COOLING_SETPOINT]) == (heating, cooling)


def test_another_command_is_refused() -> None:
    with pytest.raises(UnsupportedCommandError):
        ThermostatServer(Room(), House().utc, House().note).receive(command(Record()))


# ------------------------------------------------------------------ the schedule of its week

HOUR = 3600.0
THURSDAY = 1 << 4  # on which the time begins
EVERY_DAY = 0x7F


def kept(server: ThermostatServer, days: int = EVERY_DAY, mode: int = 3) -> WeeklyScheduleRecord:
    record = GetWeeklyScheduleRecord(days_to_return=days, mode_to_return=mode)
    (told,) = server.receive(command(record)).answers
    assert isinstance(told, WeeklyScheduleRecord)
    return told


def test_a_schedule_is_followed_and_what_somebody_sets_holds_until_it_says_otherwise() -> None:
    house = House()
    server = ThermostatServer(Room(), house.utc, house.note)
    steps = [Step(6 * 60, 2000), Step(22 * 60, 1650)]
    server.receive(command(record_of(THURSDAY, steps)))

    aims = []

    def look(hour: float) -> None:
        house.now = hour * HOUR
        server.follow(house.now)
        aims.append(server.room.heating)

    look(7)
    server.attributes.set(reports.OPERATION_MODE, reports.FOLLOWS_SCHEDULE)
    look(8)
    server.attributes.set(reports.HEATING_SETPOINT, 2350)
    look(21)
    look(22)
    server.receive(command(ClearWeeklyScheduleRecord()))
    look(24 * 7 + 7)

    assert aims == [21.0, 20.0, 23.5, 16.5, 16.5]
    assert not server.is_scheduled


def test_a_schedule_is_told_and_other_days_keep_theirs() -> None:
    server = ThermostatServer(Room(cools=True), House().utc, House().note)
    both, cold = [Step(0, 2000, 2500)], [Step(60, None, 2400), Step(90, None, 2300)]

    server.receive(command(record_of(EVERY_DAY, both)))
    server.receive(command(record_of(0b11, cold)))

    assert [steps_of(kept(server, 1 << day)) for day in (0, 1, 2)] == [
        tuple(cold),
        tuple(cold),
        tuple(both),
    ]
    assert kept(server).day_of_week == 0b11  # as far as the days are alike
    assert steps_of(kept(server, 0b100, 1)) == (Step(0, 2000),)
    assert steps_of(kept(server, 0b001, 1)) == ()
    assert kept(server, 0).number_of_transitions == 0


@pytest.mark.parametrize(
    ("days", "steps", "error"),
    [
        (1, [Step(0, 2000), Step(0, 2000)], InvalidFieldError),
        (1, [Step(0, None, 2000)], InvalidFieldError),
        (1, [Step(0, 3100)], InvalidFieldError),
        (1, [], InvalidFieldError),
        (1, [Step(minute, 2000) for minute in range(7)], FullError),
    ],
)
def test_what_it_cannot_keep_is_refused(
    days: int, steps: list[Step], error: type[Exception]
) -> None:
    server = ThermostatServer(Room(), House().utc, House().note)

    with pytest.raises(error):
        server.receive(command(record_of(days, steps)))

    assert steps_of(kept(server)) == ()


async def test_the_time_is_utc_until_the_house_has_told_its_own() -> None:
    clock = VirtualClock()
    server = ThermostatServer(Room(), clock.utc, House().note)
    begin = int(clock.utc()) // 86_400 * 86_400
    await clock.advance(seconds=begin + 86_400 + 6.5 * HOUR - clock.utc())
    answers = iter([DeliveryError("away"), None, HOUR, HOUR])
    asked = []

    async def ask() -> float | None:
        answer = next(answers)
        asked.append(answer)
        if isinstance(answer, DeliveryError):
            raise answer
        return answer

    server.attributes.set(reports.OPERATION_MODE, reports.FOLLOWS_SCHEDULE)
    server.receive(command(record_of(EVERY_DAY, [Step(6 * 60, 2000), Step(7 * 60, 2200)])))
    follower = ScheduleFollower(server, ask, clock)
    await follower.start()
    await clock.advance(seconds=1)
    before = server.room.heating
    await clock.advance(minutes=3)
    after = server.room.heating
    await clock.advance(minutes=15)
    await follower.stop()

    assert (before, after) == (20.0, 22.0)
    assert len(asked) == 4
