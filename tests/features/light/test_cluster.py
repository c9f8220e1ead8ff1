"""A simulated lamp is as bright and as warm as it is told to be, within its limits."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.light.cluster import ColorServer, LevelServer
from sebridge.features.light.records import (
    MoveToColorTemperatureRecord,
    MoveToLevelRecord,
    MoveToLevelWithOnOffRecord,
    StopLevelRecord,
)
from sebridge.gateway.cluster import Command
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import HA_PROFILE

WHO = Peer(Eui64(1), 1, HA_PROFILE)


def command(record: Record) -> Command:
    return Command(WHO, 1, record, 0, 0)


def test_a_level_is_kept_within_limits_and_goes_with_on_and_off_where_it_is_told_so() -> None:
    moved: list[int] = []
    lamp = LevelServer(moved=moved.append)
    levels = []

    for record in (
        MoveToLevelRecord(level=0, transition_time=0),
        MoveToLevelWithOnOffRecord(level=0, transition_time=0),
        MoveToLevelWithOnOffRecord(level=255, transition_time=0),
    ):
        lamp.receive(command(record))
        levels.append(lamp.attributes.read(0).value)

    assert (levels, moved) == ([1, 1, 254], [0, 254])


def test_one_that_nobody_watches_is_dimmed_too() -> None:
    lamp = LevelServer()

    lamp.receive(command(MoveToLevelWithOnOffRecord(level=9, transition_time=0)))

    assert lamp.level == 9


def test_the_warmth_of_light_is_kept_within_limits() -> None:
    lamp = ColorServer()

    lamp.receive(command(MoveToColorTemperatureRecord(color_temperature=1000, transition_time=0)))

    assert lamp.attributes.read(7).value == 500


@pytest.mark.parametrize("server", [LevelServer(), ColorServer()])
def test_another_command_is_refused(server: LevelServer | ColorServer) -> None:
    with pytest.raises(UnsupportedCommandError):
        server.receive(command(StopLevelRecord()))
