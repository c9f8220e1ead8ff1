"""What Prometheus reads."""

from typing import Any

from prometheus_client.parser import text_string_to_metric_families
import pytest

from sebridge.rpc.dispatcher import Outcome
from sebridge.transports.web.metrics import Counted, HttpAnswer, exposition

CONNECTIONS = {"open": 3, "turned_away": 2, "slow": 1}
HEALTH: dict[str, Any] = {
    "uptime": 12,
    "radio": {"joined": True, "age": 3, "starts": 2},
    "frames": {"received": 7, "malformed": 1},
    "broker": {"connected": False, "queued": 4, "published": 9, "reconnects": 1},
    "responses": {
        "waiting": 3,
        "dropped": 1,
        "pushed": 2,
        "failures": 5,
        "unasked": 6,
        "problem": None,
    },
    "database_writable": True,
    "devices": {"known": 3, "active": 2},
    "limits": {"devices_crowded_out": 5},
    "event_loop_lag": 0.25,
}


def samples(**changed: Any) -> dict[tuple[str, ...], float]:
    """Return the value of each sample by its name and the values of its labels."""
    nothing: dict[str, Any] = {"calls": {}, "answers": {}, "connections": CONNECTIONS}
    counted = {"version": "1.2", "health": HEALTH} | nothing | changed
    text = exposition(Counted(**counted)).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("sample", "value"),
    [
        (("sebridge_info", "1.2"), 1),
        (("sebridge_uptime_seconds",), 12),
        (("sebridge_event_loop_lag_seconds",), 0.25),
        (("sebridge_database_writable",), 1),
        (("sebridge_radio_joined",), 1),
        (("sebridge_radio_starts_total",), 2),
        (("sebridge_frames_total", "received"), 7),
        (("sebridge_frames_total", "malformed"), 1),
        (("sebridge_devices", "known"), 3),
        (("sebridge_devices", "active"), 2),
        (("sebridge_broker_connected",), 0),
        (("sebridge_outbox_messages",), 4),
        (("sebridge_broker_events_total", "published"), 9),
        (("sebridge_broker_events_total", "reconnects"), 1),
    ],
)
def test_each_fact_of_health_is_a_metric(sample: tuple[str, ...], value: float) -> None:
    assert samples()[sample] == value


def test_calls_are_told_by_interface_method_and_outcome() -> None:
    found = samples(calls={Outcome("mqtt", "identify", "ok"): 5, Outcome("http", "", "error"): 2})

    assert found["sebridge_rpc_calls_total", "mqtt", "identify", "ok"] == 5
    assert found["sebridge_rpc_calls_total", "http", "", "error"] == 2


def test_visits_are_told_by_path_and_status() -> None:
    found = samples(answers={HttpAnswer("/rpc", 200): 3, HttpAnswer("", 404): 1})

    assert found["sebridge_http_requests_total", "/rpc", "200"] == 3
    assert found["sebridge_http_requests_total", "", "404"] == 1


def test_a_label_may_hold_anything() -> None:
    odd = 'a"b\\c\nd'

    assert samples(version=odd)["sebridge_info", odd] == 1


def test_every_metric_says_what_it_is() -> None:
    text = exposition(
        Counted(version="1", health=HEALTH, calls={}, answers={}, connections=CONNECTIONS)
    ).decode()

    for family in text_string_to_metric_families(text):
        assert family.documentation
        assert family.type in {"counter", "gauge"}


def test_connections_are_counted() -> None:
    text = exposition(
        Counted(version="1", health=HEALTH, calls={}, answers={}, connections=CONNECTIONS)
    ).decode()

    assert "sebridge_http_connections 3.0" in text
    assert 'sebridge_http_connections_closed_total{kind="turned_away"} 2.0' in text
    assert 'sebridge_http_connections_closed_total{kind="slow"} 1.0' in text


def test_stored_responses_are_counted() -> None:
    text = exposition(
        Counted(version="1", health=HEALTH, calls={}, answers={}, connections=CONNECTIONS)
    ).decode()

    assert "sebridge_stored_responses 3.0" in text
    assert 'sebridge_response_events_total{kind="dropped"} 1.0' in text
    assert 'sebridge_response_events_total{kind="failures"} 5.0' in text
