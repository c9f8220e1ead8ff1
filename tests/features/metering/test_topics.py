"""A meter's reading as it is kept on MQTT."""

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.metering.signals import MeterRead, Reading
from sebridge.features.metering.topics import ReadingTopics
from tests.transports.mqtt.paper import PaperBroker, topic_host

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
TOPIC = "sebridge/home/device/0013a200405c01f7/9/metering"


def test_a_reading_is_kept_in_engineering_units_and_what_is_unknown_is_null(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    ReadingTopics(topic_host(bus, broker, clock))
    reading = Reading(
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

    bus.send(MeterRead(DEVICE, 9, reading))

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
