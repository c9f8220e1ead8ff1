"""What a device last said of a load-control event, as it is kept on MQTT."""

from typing import Any

from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock, iso_time
from sebridge.base.signals import SignalBus
from sebridge.feature import Role
from sebridge.features.load_control.participation import EventParticipation
from sebridge.features.load_control.records import LoadControlEventRecord, ReportEventStatusRecord
from sebridge.features.load_control.signals import EventStatusReported, ParticipationChanged
from sebridge.features.load_control.topics import LoadControlTopics
from sebridge.gateway.events.signals import EventHeard
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.identifiers import DRLC
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


def test_the_event_that_a_device_speaks_of_is_shown_as_long_as_it_is_the_last_it_was_given(
    clock: VirtualClock, bus: SignalBus
) -> None:
    broker, kept = PaperBroker(), dict[str, dict[Any, Any]]()
    LoadControlTopics(topic_host(bus, broker, clock, kept))
    event = LoadControlEventRecord(
        issuer_event_id=7, start_time=3600, duration_in_minutes=30, criticality_level=2
    )
    bus.send(EventHeard(DEVICE, 9, 0x5E, DRLC, [7], event))

    for issuer_event_id in (8, 7):
        record = ReportEventStatusRecord(
            issuer_event_id=issuer_event_id,
            event_status=2,
            criticality_level_applied=2,
            event_control=0,
        )
        bus.send(EventStatusReported(DEVICE, 9, 0x5E, record))
        shown = broker.json(TOPIC)
        assert ("until" in shown) is (issuer_event_id == 7)

    assert (shown["from"], shown["until"]) == ("2000-01-01T01:00:00Z", "2000-01-01T01:30:00Z")
    assert shown["criticality_level"] == 2
    bus.send(DeviceRemoved(DEVICE))
    assert kept["delivered_load_control"] == {}


def test_the_events_in_which_our_own_user_takes_part_are_kept(
    clock: VirtualClock, bus: SignalBus
) -> None:
    broker = PaperBroker()
    LoadControlTopics(replace(topic_host(bus, broker, clock), shows=Role.DISPLAY.shows))
    events = [EventParticipation(5, participates=False, mandatory=False)]

    bus.send(ParticipationChanged(0x5E, events))
    bus.send(ParticipationChanged(0x07, []))

    told = {"issuer_event_id": 5, "participates": False, "mandatory": False}
    assert broker.json("sebridge/home/participation/drlc") == {"events": [told]}
