"""A meter's reading as it is kept on MQTT."""

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.metering.signals import MeterRead, Reading
from sebridge.features.metering.topics import ReadingTopics
from sebridge.gateway.reporting.signals import ReportingAgreed
from tests.homeassistant.house import reading
from tests.lines import lines_of
from tests.transports.mqtt.paper import PaperBroker, topic_host

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
TOPIC = "sebridge/home/device/0013a200405c01f7/9/metering"


def test_a_reading_is_kept_in_engineering_units_and_what_is_unknown_is_null(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    ReadingTopics(topic_host(bus, broker, clock))
    shown = Reading(
        unit="kWh",
        power_unit="kW",
        commodity="electricity",
        energy_in=12.345,
        energy_out=None,
        power=-0.5,
        tiers_in={1: 3.5, 2: None},
        tiers_out={},
        status=2,
        time=1_300_000_000.5,
        alarms=("low_battery",),
        why={"energy_in": {"raw": 12345, "multiplier": 1, "divisor": 1000, "formatting": 0xFB}},
    )

    bus.send(MeterRead(DEVICE, 9, shown))

    assert broker.json(TOPIC) == {
        "energy_in": 12.345,
        "energy_out": None,
        "power": -0.5,
        "unit": "kWh",
        "power_unit": "kW",
        "commodity": "electricity",
        "status": 2,
        "alarms": ["low_battery"],
        "tiers_in": {"1": 3.5, "2": None},
        "tiers_out": {},
        "time": "2011-03-13T07:06:40Z",
        "why": {"energy_in": {"raw": 12345, "multiplier": 1, "divisor": 1000, "formatting": 251}},
    }


def test_a_reading_expires_by_what_is_told_most_often_as_soon_as_that_is_agreed(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker, agreed = PaperBroker(), dict[int, int]()
    ReadingTopics(topic_host(bus, broker, clock, expiry=lambda *of: agreed.get(of[-1])))
    read = MeterRead(DEVICE, 9, reading())

    bus.send(read)
    before = broker.lifetimes[TOPIC]
    agreed |= {0x0000: 1200, 0x0200: 14_400}
    bus.send(read)
    unheard = broker.lifetimes[TOPIC]
    bus.send(ReportingAgreed(Eui64(1)))
    bus.send(ReportingAgreed(DEVICE))
    bus.send(read)

    assert (before, unheard) == (None, None)
    assert broker.lifetimes[TOPIC] == 1200


def lines_of_an_agreement(others: int) -> int:
    bus = SignalBus(strict=True)
    ReadingTopics(topic_host(bus, PaperBroker(), VirtualClock()))
    for number in range(others):
        bus.send(MeterRead(Eui64(number), 9, reading()))
    return lines_of(lambda: bus.send(ReportingAgreed(DEVICE)))


def test_an_agreement_costs_the_same_however_many_meters_there_are() -> None:
    assert lines_of_an_agreement(others=100) == lines_of_an_agreement(others=1)
