"""A simulated thermostat shows its room, and takes what is aimed at."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.thermostat import reports
from sebridge.features.thermostat.records import SetpointRaiseLowerRecord
from sebridge.features.thermostat.room import HEAT, OFF, Room
from sebridge.features.thermostat.simulated import ThermostatServer
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
