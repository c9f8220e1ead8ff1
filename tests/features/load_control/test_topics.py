"""What a device last said of a load-control event, as it is kept on MQTT."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock, iso_time
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.records import ReportEventStatusRecord
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.features.load_control.topics import LoadControlTopics, event_status_word
from tests.transports.mqtt.paper import PaperBroker, topic_host

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
TOPIC = "sebridge/home/device/0013a200405c01f7/drlc"


def test_what_a_device_does_with_an_event_is_kept(clock: VirtualClock, bus: SignalBus) -> None:
    broker = PaperBroker()
    LoadControlTopics(topic_host(bus, broker, clock))
    record = ReportEventStatusRecord(
        issuer_event_id=7, event_status=2, criticality_level_applied=1, event_control=0
    )

    bus.send(EventStatusReported(DEVICE, 9, 0x5E, record))

    assert broker.json(TOPIC) == {
        "status": "started",
        "issuer_event_id": 7,
        "time": iso_time(clock.utc()),
    }


@pytest.mark.parametrize(("status", "word"), [(1, "received"), (4, "opted_out"), (0x77, "0x77")])
def test_a_status_has_a_word_or_its_number(status: int, word: str) -> None:
    assert event_status_word(status) == word
