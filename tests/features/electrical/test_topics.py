"""What is measured is kept below its endpoint."""

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.electrical.signals import ElectricityMeasured
from sebridge.features.electrical.topics import ElectricalTopics
from sebridge.gateway.reporting.signals import ReportingAgreed
from tests.transports.mqtt.paper import PaperBroker, topic_host

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
TOPIC = "sebridge/home/device/0013a200405c01f7/1/electrical"


def test_values_are_kept_with_their_time_and_expire_as_is_agreed(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker, agreed = PaperBroker(), dict[int, int]()
    ElectricalTopics(topic_host(bus, broker, clock, expiry=lambda *of: agreed.get(of[-1])))
    told = ElectricityMeasured(DEVICE, 1, {"voltage": 230.0, "current": None}, 1_300_000_000.0)

    bus.send(told)
    before = broker.lifetimes[TOPIC]
    agreed |= {0x0505: 1200, 0x0508: 2400}
    bus.send(ReportingAgreed(DEVICE))
    bus.send(told)

    body = {"voltage": 230.0, "current": None, "time": "2011-03-13T07:06:40Z"}
    assert broker.json(TOPIC) == body
    assert (before, broker.lifetimes[TOPIC]) == (None, 1200)
