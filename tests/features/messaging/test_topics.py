"""The last message of a device and its confirmation, as they are kept on MQTT."""

from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock, iso_time
from sebridge.base.signals import SignalBus
from sebridge.features.messaging.records import DisplayMessageRecord, MessageConfirmationRecord
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.features.messaging.topics import MessageTopics
from sebridge.gateway.events.signals import EventHeard
from sebridge.zcl.identifiers import MESSAGING
from tests.transports.mqtt.paper import PaperBroker, topic_host

DEVICE: Final = Eui64.parse("00:13:a2:00:40:5c:01:f7")
TOPIC: Final = "sebridge/home/device/0013a200405c01f7/message"
HERE: Final = 0x5E


async def test_a_message_is_kept_with_its_confirmation(clock: VirtualClock, bus: SignalBus) -> None:
    broker = PaperBroker()
    MessageTopics(topic_host(bus, broker, clock))
    message = DisplayMessageRecord(
        message_id=3, start_time=3600, duration_in_minutes=30, message="Peak price"
    )
    delivered = iso_time(clock.utc())
    bus.send(EventHeard(DEVICE, 9, HERE, MESSAGING, [3], message))
    await clock.advance(60)

    for here, message_id in ((7, 3), (HERE, 4), (HERE, 3)):
        assert "confirmed" not in broker.json(TOPIC)
        confirmation = MessageConfirmationRecord(message_id=message_id)
        bus.send(MessageConfirmed(DEVICE, 9, here, confirmation))

    assert broker.json(TOPIC) == {
        "message": "Peak price",
        "message_id": 3,
        "from": "2000-01-01T01:00:00Z",
        "until": "2000-01-01T01:30:00Z",
        "time": delivered,
        "confirmed": iso_time(clock.utc()),
    }


def test_a_message_until_it_is_changed_has_no_end(clock: VirtualClock, bus: SignalBus) -> None:
    broker = PaperBroker()
    MessageTopics(topic_host(bus, broker, clock))
    message = DisplayMessageRecord(
        message_id=3, start_time=1, duration_in_minutes=0xFFFF, message="Peak price"
    )

    bus.send(EventHeard(DEVICE, 9, HERE, MESSAGING, [3], message))

    assert broker.json(TOPIC)["until"] is None
