"""What is more than a new value of a meter."""

import logging

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.features.metering.meter_watch import MeterWatch
from sebridge.features.metering.meters import Meters
from sebridge.gateway.reporting.signals import MeterStatusChanged, MeterSwapped
from sebridge.zcl.attributes import AttributeValue
from tests.gateway.radio_side import address

METER = address(1)


def value(attribute_id: int, plain: object, attribute_type: int = 0x25) -> AttributeValue:
    return AttributeValue(attribute_id, attribute_type, plain, b"")


CONFIGURATION = [value(0x0300, 0), value(0x0302, 1000), value(0x0303, 0x2B), value(0x0308, "aa")]


class Watched:
    """Meters under watch: what was told, and which were to be read again."""

    def __init__(self, bus: SignalBus) -> None:
        self.meters = Meters({})
        self.again: list[Eui64] = []
        self.told: list[object] = []
        self.watch = MeterWatch(self.meters, bus, self.again.append)
        bus.listen(MeterStatusChanged, self.told.append)
        bus.listen(MeterSwapped, self.told.append)
        self.meters.configure(METER, 9, CONFIGURATION)

    def tell(self, *values: AttributeValue) -> None:
        self.meters.take(METER, 9, values, 5.0)
        self.watch.look()


@pytest.fixture
def watched(bus: SignalBus) -> Watched:
    return Watched(bus)


def test_alarms_are_told_when_they_come_and_when_they_go_met_13(watched: Watched) -> None:
    for status in (0, 0x02, 0x02, 0x06, 0x04, 0):
        watched.tell(value(0x0200, status))

    assert watched.told == [
        MeterStatusChanged(METER, 9, ("low_battery",), ()),
        MeterStatusChanged(METER, 9, ("tamper_detect",), ()),
        MeterStatusChanged(METER, 9, (), ("low_battery",)),
        MeterStatusChanged(METER, 9, (), ("tamper_detect",)),
    ]


def test_a_register_that_rolled_over_is_logged_once_and_goes_on_met_6(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    for raw in (99_999_999, 3, 2):
        watched.tell(value(0x0000, raw))

    assert caplog.text.count("rolled over: 3 after 99999999") == 1
    assert caplog.text.count("register") == 1
    assert watched.again == []
    reading = watched.meters.reading(METER, 9)
    assert reading is not None
    assert reading.energy_in == 0.002


def test_a_register_that_fell_without_reason_has_the_meter_read_again(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    for raw in (5000, 4000, 3000):
        watched.tell(value(0x0000, raw))

    assert watched.again == [METER]
    assert "fell without rolling over: 4000 after 5000" in caplog.text


def test_a_demand_that_falls_and_a_register_that_was_invalid_are_nothing_special(
    watched: Watched,
) -> None:
    watched.tell(value(0x0400, 500, 0x2A), value(0x0000, 0xFFFFFFFFFFFF))
    watched.tell(value(0x0400, 400, 0x2A), value(0x0000, 5))

    assert watched.again == []


def test_another_serial_number_is_another_meter(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    watched.tell(value(0x0000, 5000), value(0x0308, "aa", 0x41))
    assert watched.told == []

    watched.tell(value(0x0308, "bb", 0x41))

    assert watched.told == [MeterSwapped(METER, 9)]
    assert watched.again == [METER]
    assert "another meter" in caplog.text
    assert watched.meters.reading(METER, 9) is None
    watched.meters.configure(METER, 9, [*CONFIGURATION[:3], value(0x0308, "bb")])
    reading = watched.meters.reading(METER, 9)
    assert reading is not None
    assert reading.energy_in is None


def test_another_serial_number_at_set_up_forgets_the_old_values(watched: Watched) -> None:
    watched.tell(value(0x0000, 5000))

    watched.meters.configure(METER, 9, [*CONFIGURATION[:3], value(0x0308, "bb")])
    watched.tell(value(0x0000, 7))

    assert watched.told == [MeterSwapped(METER, 9)]
    assert watched.meters.reasons(METER, 9)["energy_in"].raw == 7


def test_another_model_is_another_meter(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    def model(name: object) -> AttributeValue:
        return value(0x0005, name, 0x42)

    with caplog.at_level(logging.WARNING):
        watched.watch.look_at_identity(METER, [model("A"), value(0x0004, "maker"), model(None)])
        watched.watch.look_at_identity(METER, [model("A")])
        watched.watch.look_at_identity(METER, [model("B")])

    assert (watched.told, watched.again) == ([MeterSwapped(METER, 0)], [METER])
    watched.watch.forget(METER)
    watched.watch.look_at_identity(METER, [model("C")])
    assert watched.again == [METER]
