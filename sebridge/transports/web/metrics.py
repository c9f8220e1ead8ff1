"""What the bridge counts -> the text that Prometheus reads. Pure.

Source: Prometheus, "Exposition formats", the text-based format.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from sebridge.rpc.dispatcher import Outcome

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class HttpAnswer(msgspec.Struct, frozen=True, gc=False):
    """A request that was answered: its path, empty where there is none such, and the status."""

    path: str
    status: int


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """All that is shown: the facts of health, what became of calls and of HTTP requests."""

    version: str
    health: Mapping[str, Any]
    calls: Mapping[Outcome, int]
    answers: Mapping[HttpAnswer, int]
    connections: Mapping[str, int]


def exposition(counted: Counted) -> bytes:
    """Return the metrics as text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(counted))
    return generate_latest(registry)


class _Snapshot(Collector):
    """The metrics of one moment."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted

    @override
    def collect(self) -> Iterator[Metric]:
        yield from _of_the_bridge(self._counted)
        yield from _of_the_radio(self._counted.health)
        yield from _of_the_broker(self._counted.health["broker"])
        yield from _of_the_responses(self._counted.health["responses"])
        yield from _of_the_interfaces(self._counted)


def _of_the_bridge(counted: Counted) -> Iterator[Metric]:
    health = counted.health
    yield _labelled(
        GaugeMetricFamily("sebridge_info", "The version that runs.", labels=["version"]),
        {counted.version: 1},
    )
    yield GaugeMetricFamily(
        "sebridge_uptime_seconds", "Seconds since the start.", float(health["uptime"])
    )
    yield GaugeMetricFamily(
        "sebridge_event_loop_lag_seconds",
        "How late the event loop was at worst in the last minute.",
        health["event_loop_lag"],
    )
    yield GaugeMetricFamily(
        "sebridge_database_writable",
        "1 while the database can be written.",
        float(health["database_writable"]),
    )


def _of_the_radio(health: Mapping[str, Any]) -> Iterator[Metric]:
    radio = health["radio"]
    yield GaugeMetricFamily(
        "sebridge_radio_joined", "1 while the radio is on a network.", float(radio["joined"])
    )
    yield CounterMetricFamily(
        "sebridge_radio_starts", "How often the radio was started.", radio["starts"]
    )
    yield _labelled(
        CounterMetricFamily("sebridge_frames", "Frames from the air, by kind.", labels=["kind"]),
        health["frames"],
    )
    yield _labelled(
        GaugeMetricFamily("sebridge_devices", "Devices: known, and active.", labels=["state"]),
        health["devices"],
    )
    yield _labelled(
        CounterMetricFamily(
            "sebridge_limits", "What devices brought beyond a limit, by kind.", labels=["kind"]
        ),
        health["limits"],
    )


def _of_the_broker(broker: Mapping[str, Any]) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "sebridge_broker_connected", "1 while the broker is there.", float(broker["connected"])
    )
    yield GaugeMetricFamily(
        "sebridge_outbox_messages", "Messages that wait for the broker.", broker.get("queued", 0)
    )
    counters = {
        name: count for name, count in broker.items() if name not in {"connected", "queued"}
    }
    yield _labelled(
        CounterMetricFamily(
            "sebridge_broker_events", "Messages and reconnections, by kind.", labels=["kind"]
        ),
        counters,
    )


def _of_the_responses(responses: Mapping[str, Any]) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "sebridge_stored_responses", "Responses that wait for a head-end.", responses["waiting"]
    )
    counters = {name: responses[name] for name in ("dropped", "pushed", "failures", "unasked")}
    yield _labelled(
        CounterMetricFamily(
            "sebridge_response_events",
            "Stored responses dropped or pushed, failures to push, and replies nobody asked for.",
            labels=["kind"],
        ),
        counters,
    )


def _of_the_interfaces(counted: Counted) -> Iterator[Metric]:
    calls = CounterMetricFamily(
        "sebridge_rpc_calls",
        "RPC calls by interface, method and outcome; the method is empty where there is none such.",
        labels=["interface", "method", "outcome"],
    )
    for outcome, count in sorted(counted.calls.items(), key=lambda item: repr(item[0])):
        calls.add_metric([outcome.interface, outcome.method, outcome.word], count)
    yield calls
    answers = CounterMetricFamily(
        "sebridge_http_requests",
        "HTTP requests by path and status; the path is empty where there is none such.",
        labels=["path", "status"],
    )
    for answered, count in sorted(counted.answers.items(), key=lambda item: repr(item[0])):
        answers.add_metric([answered.path, str(answered.status)], count)
    yield answers
    connections = dict(counted.connections)
    yield GaugeMetricFamily(
        "sebridge_http_connections", "HTTP connections there are.", connections.pop("open")
    )
    yield _labelled(
        CounterMetricFamily(
            "sebridge_http_connections_closed",
            "HTTP connections that were one too many, or whose client did not read, by kind.",
            labels=["kind"],
        ),
        connections,
    )


def _labelled(
    family: CounterMetricFamily | GaugeMetricFamily, values: Mapping[str, float]
) -> Metric:
    for label, value in values.items():
        family.add_metric([label], value)
    return family
