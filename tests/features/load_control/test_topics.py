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
PARTICIPATION = "sebridge/home/participation/drlc"


def known(identifier: int, *, out: bool = False, end: int | None = 7200) -> EventParticipation:
    return EventParticipation(
        issuer_event_id=identifier,
        participates=not out,
        mandatory=False,
        start=3600,
        end=end,
        criticality_level=2,
    )


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

    bus.send(ParticipationChanged(0x5E, [known(5, out=True)], [known(6, end=None)]))
    bus.send(ParticipationChanged(0x07, []))

    told = {
        "issuer_event_id": 5,
        "participates": False,
        "mandatory": False,
        "from": "2000-01-01T01:00:00Z",
        "until": "2000-01-01T02:00:00Z",
        "criticality_level": 2,
    }
    upcoming = told | {"issuer_event_id": 6, "participates": True, "until": None}
    assert broker.json(PARTICIPATION) == {"events": [told], "upcoming": [upcoming]}


def test_each_event_keeps_its_place_until_it_is_over(clock: VirtualClock, bus: SignalBus) -> None:
    broker, kept = PaperBroker(), dict[str, dict[Any, Any]]()
    host = topic_host(bus, broker, clock, kept)
    LoadControlTopics(replace(host, shows=Role.DISPLAY.shows))

    def places(*events: EventParticipation) -> list[Any]:
        bus.send(ParticipationChanged(0x5E, [events[0]] if events else [], events[1:]))
        topics = sorted(t for t in broker.kept if t.startswith(f"{PARTICIPATION}/"))
        return [broker.json(topic).get("issuer_event_id") for topic in topics]

    assert places() == [None]
    assert places(known(5), known(6)) == [5, 6]
    assert (broker.json(f"{PARTICIPATION}/1")["in_force"]) is True
    assert (broker.json(f"{PARTICIPATION}/2")["in_force"]) is False
    assert places(known(6)) == [None, 6]
    assert places(known(6), known(7), known(6, out=True)) == [7, 6]
    assert broker.json(f"{PARTICIPATION}/2")["participates"] is True
    assert kept["load_control_places"] == {6: 2, 7: 1}
    assert places() == [None, None]
