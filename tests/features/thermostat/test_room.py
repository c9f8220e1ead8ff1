"""A room becomes as warm as is aimed at, and no faster than it can."""

from typing import Any

import pytest

from sebridge.base.errors import ParameterError
from sebridge.features.thermostat.room import AUTO, COOL, HEAT, OFF, Room

HOUR = 3600.0


@pytest.mark.parametrize(
    ("room", "hours", "temperature"),
    [
        (Room(temperature=18.0, heating=21.0), 0.5, 19.5),
        (Room(temperature=18.0, heating=21.0), 5, 21.0),
        (Room(temperature=18.0, heating=21.0), -5, 18.0),
        (Room(temperature=18.0, outside=10.0, mode=OFF), 5, 10.0),
        (Room(temperature=28.0, outside=30.0, cools=True, mode=COOL), 0.5, 26.5),
        (Room(temperature=28.0, outside=30.0, cools=True, mode=AUTO), 5, 25.0),
        (Room(temperature=28.0, outside=30.0, mode=COOL), 5, 30.0),
    ],
)
def test_it_comes_to_what_is_aimed_at(room: Room, hours: float, temperature: float) -> None:
    later = room.at(hours * HOUR)

    assert later.temperature == pytest.approx(temperature)


@pytest.mark.parametrize(
    ("room", "heating", "cooling"),
    [
        (Room(temperature=18.0, outside=11.0, heating=21.0), 100, 0),
        (Room(temperature=21.0, outside=11.0, heating=21.0), 50, 0),
        (Room(temperature=21.0, outside=11.0, mode=OFF), 0, 0),
        (Room(temperature=28.0, outside=29.0, cools=True, mode=COOL), 0, 100),
        (Room(temperature=25.0, outside=29.0, cools=True, mode=AUTO), 0, 20),
        (Room(temperature=20.0, outside=22.0, heating=21.0, mode=HEAT), 0, 0),
    ],
)
def test_it_uses_as_much_as_it_takes(room: Room, heating: int, cooling: int) -> None:
    assert (room.heating_demand, room.cooling_demand) == (heating, cooling)


@pytest.mark.parametrize("wrong", [{"heating": 4.0}, {"cooling": 31.0}])
def test_nobody_aims_at_what_is_not_possible(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        Room(**wrong)
