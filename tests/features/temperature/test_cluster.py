"""A server of Temperature Measurement shows what is measured, as far as it can."""

import pytest

from sebridge.base.errors import ParameterError
from sebridge.features.temperature.cluster import TemperatureServer
from sebridge.features.temperature.simulated import RoomSettings
from sebridge.zcl.attributes import AttributeValue, write_value
from sebridge.zcl.status import Status


@pytest.mark.parametrize(
    ("measured", "shown"), [(21.456, 2146), (-300.0, -4000), (999.0, 8500), (None, -0x8000)]
)
def test_it_shows_hundredths_of_a_degree(measured: float | None, shown: int) -> None:
    server = TemperatureServer(lambda: measured)

    assert server.attributes.read(0).value == shown


@pytest.mark.parametrize(
    ("hundredths", "status"), [(1950, Status.SUCCESS), (-4001, Status.INVALID_VALUE)]
)
def test_a_caller_sets_what_can_be_measured(hundredths: int, status: Status) -> None:
    attributes = TemperatureServer(lambda: None).attributes
    value = AttributeValue(0, 0x29, hundredths, write_value(0x29, hundredths))

    assert attributes.check_write(value, over_the_air=False) == status
    assert attributes.check_write(value, over_the_air=True) == Status.READ_ONLY


def test_a_room_is_warmest_in_the_afternoon() -> None:
    room = RoomSettings(temperature=20.0, swing=3.0)

    assert [room.at(hour * 3600.0) for hour in (3, 9, 15)] == pytest.approx([17.0, 20.0, 23.0])


@pytest.mark.parametrize("wrong", [{"temperature": 85.5}, {"swing": -1.0}])
def test_a_room_is_as_a_sensor_can_measure(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        RoomSettings(**wrong)
