"""Notifications are streamed; what is in force is kept as well."""

import json

import pytest

from sebridge.rpc.message import Notification
from sebridge.transports.mqtt.notifications import NotificationStream
from sebridge.transports.mqtt.topics import Topics
from tests.transports.mqtt.paper import PaperBroker

TOPICS = Topics("sebridge", "home")
TIME = 1_300_000_000.123456
KEPT = {"updated_active_price_event": "price", "updated_active_DRLC_events": "drlc"}


def stream_to(broker: PaperBroker, *, use_timestamps: bool = True) -> NotificationStream:
    return NotificationStream(broker, TOPICS, use_timestamps=lambda: use_timestamps)


def test_a_notification_is_streamed_with_its_time() -> None:
    broker = PaperBroker()

    stream_to(broker)(Notification("message", {"severity": 1}, TIME))

    ((topic, payload),) = broker.said
    assert topic == "sebridge/home/notification/message"
    assert json.loads(payload) == {"severity": 1, "timestamp": 1_300_000_000.123}
    assert broker.kept == {}


def test_the_time_is_left_out_where_it_is_not_wanted() -> None:
    broker = PaperBroker()
    stream = stream_to(broker, use_timestamps=False)

    stream(Notification("message", {"severity": 1}, TIME))

    assert json.loads(broker.said[0][1]) == {"severity": 1}


@pytest.mark.parametrize(("name", "kind"), KEPT.items())
def test_what_is_in_force_is_streamed_and_kept(name: str, kind: str) -> None:
    broker = PaperBroker()
    body = {"destination_endpoint_id": 94, "cluster_id": 0x0700, "record_list": []}

    stream_to(broker)(Notification(name, body, TIME, kind))

    assert [topic for topic, _ in broker.said] == [f"sebridge/home/notification/{name}"]
    assert broker.json(f"sebridge/home/active/{kind}") == body
