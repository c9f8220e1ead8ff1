"""What a call costs, over MQTT and HTTP, in JSON and XML. See README.md beside this file.

python -m benchmarks.rpc [--callers 1 16] [--buffered 10 10000] [--seconds 6]
"""

import argparse
from collections.abc import Iterator, Mapping
import contextlib
from dataclasses import dataclass
from pathlib import Path
import tempfile
import time
from typing import Final

from benchmarks.answerers import (
    ECHO_PATH,
    ECHO_TOPIC,
    Answerer,
    bridge,
    http_echo,
    mqtt_echo,
)
from benchmarks.callers import (
    Call,
    Found,
    OverHttp,
    OverMqtt,
    Side,
    Way,
    measure,
    measure_beside,
    over_mqtt,
)
from benchmarks.reports import broker

_CAPACITY: Final = 250  # responses kept, where their number is not what is measured
_AT_ONCE: Final = 16  # callers while responses are buffered
_FILLING: Final = 100  # calls of one document

_BARE: Final = b"{}"
_JSON_RPC: Final = b'{"jsonrpc":"2.0","id":1,"method":"get_time"}'
_XML: Final = '<rci_request version="1.1"><do_command target="{}">{}</do_command></rci_request>'
_NOW: Final = _XML.format("RPC_request", '<get_time synchronous="TRUE"/>').encode()
_LATER: Final = _XML.format("RPC_request", "<get_time/>").encode()
_FILL: Final = _XML.format("RPC_request", "<get_time/>" * _FILLING).encode()
_FETCH: Final = _XML.format("RPC_response", '<get_responses limit="1"/>').encode()

_ROOT: Final = "sebridge/home"
_DOCUMENTS: Final = f"{_ROOT}/rci/request"
_TIME: Final = b"UTC_2000"

MQTT_ECHO: Final = Call(ECHO_TOPIC, _JSON_RPC, _JSON_RPC)
HTTP_ECHO: Final = Call(ECHO_PATH, _JSON_RPC, _JSON_RPC)
_LATER_CALL: Final = Call(_DOCUMENTS, _LATER, b"rci_reply")
_FILL_CALL: Final = Call(_DOCUMENTS, _FILL, b"rci_reply")
_FETCH_CALL: Final = Call(_DOCUMENTS, _FETCH, _TIME)

OVER_MQTT: Final = {
    "JSON, one topic a method": Call(f"{_ROOT}/rpc/request/get_time", _BARE, _TIME),
    "JSON-RPC 2.0": Call(f"{_ROOT}/rpc/request", _JSON_RPC, _TIME),
    "XML": Call(_DOCUMENTS, _NOW, _TIME),
}
OVER_HTTP: Final = {
    "JSON-RPC 2.0": Call("/rpc", _JSON_RPC, _TIME),
    "XML": Call("/rci", _NOW, _TIME, "text/xml"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what was called, and its figures as parts of those of the echo."""

    name: str
    callers: int
    found: Found
    of_echo: Found


@dataclass(frozen=True, slots=True)
class Refilled:
    """A way on which another response comes into the buffer before each call; that is not timed."""

    way: Way

    def run(self, call: Call, callers: int, seconds: float) -> list[float]:
        """Call for so long; return the seconds that each took."""
        taken: list[float] = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.way.run(_LATER_CALL, 1, 0.0)
            taken += self.way.run(call, callers, 0.0)
        return taken


@dataclass(frozen=True, slots=True)
class Answerers:
    """The bridge and the bare echo at either door, and the ways to them."""

    mqtt: OverMqtt
    bridge: Answerer
    mqtt_echo: Answerer
    http_echo: Answerer

    def rows(self, callers: int, seconds: float) -> Iterator[Row]:
        """Measure each form of a call at both doors."""
        echo = Side(self.mqtt, MQTT_ECHO, self.mqtt_echo)
        forms = {name: Side(self.mqtt, call, self.bridge) for name, call in OVER_MQTT.items()}
        yield from _beside("MQTT", forms, echo, callers, seconds)
        echo = Side(OverHttp(self.http_echo.port), HTTP_ECHO, self.http_echo)
        way = OverHttp(self.bridge.port)
        forms = {name: Side(way, call, self.bridge) for name, call in OVER_HTTP.items()}
        yield from _beside("HTTP", forms, echo, callers, seconds)

    def buffered(self, count: int, seconds: float) -> Iterator[Row]:
        """Measure with so many responses in the buffer, which is full then."""
        for _ in range(0, count, _FILLING):
            self.mqtt.run(_FILL_CALL, 1, 0.0)
        time.sleep(0.5)  # for what is still on its way
        full = Call(_DOCUMENTS, _FETCH, f'remaining="{count - 1}"'.encode())
        self.mqtt.run(full, 1, 0.0)
        echo = measure(self.mqtt, MQTT_ECHO, self.mqtt_echo, _AT_ONCE, seconds)
        alone = measure(self.mqtt, MQTT_ECHO, self.mqtt_echo, 1, seconds)
        for name, call in {"XML": OVER_MQTT["XML"], "XML, fetched later": _LATER_CALL}.items():
            found = measure(self.mqtt, call, self.bridge, _AT_ONCE, seconds)
            yield Row(f"{count:,} buffered: {name}", _AT_ONCE, found, found.of(echo))
        fetching = measure(Refilled(self.mqtt), _FETCH_CALL, self.bridge, 1, seconds)
        yield Row(f"{count:,} buffered: get_responses limit=1", 1, fetching, fetching.of(alone))


def _beside(
    door: str, forms: Mapping[str, Side], echo: Side, callers: int, seconds: float
) -> Iterator[Row]:
    for name, side in {"echo": echo, **forms}.items():
        yield Row(f"{door}: {name}", callers, *measure_beside(side, echo, callers, seconds))


@contextlib.contextmanager
def answerers(capacity: int) -> Iterator[Answerers]:
    """Run all processes; the bridge keeps at most so many responses."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(broker(directory))
        yield Answerers(
            bridge=stack.enter_context(bridge(port, capacity, directory)),
            mqtt_echo=stack.enter_context(mqtt_echo(port)),
            http_echo=stack.enter_context(http_echo()),
            mqtt=stack.enter_context(over_mqtt(port)),
        )


def show(rows: list[Row]) -> None:
    """Print a table."""
    print(
        "| call | callers | calls/s | p50 ms | p99 ms | CPU | of echo: calls/s | p50 | p99 | CPU |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        one, part = row.found, row.of_echo
        print(
            f"| {row.name} | {row.callers} | {one.rate:.0f} | {one.p50:.2f} | {one.p99:.2f}"
            f" | {one.cost:.0f} | {part.rate:.2f} | {part.p50:.1f} | {part.p99:.1f}"
            f" | {part.cost:.2f} |"
        )


def growth(sizes: list[int], tables: list[list[Row]]) -> None:
    """Print how the costs grow with the number of buffered responses."""
    few, many = tables[0], tables[-1]
    print(f"| from {sizes[0]:,} to {sizes[-1]:,} buffered | calls/s | p50 | p99 | CPU |")
    print("|---|--:|--:|--:|--:|")
    for first, last in zip(few, many, strict=True):
        one, other = first.found, last.found
        print(
            f"| {last.name.partition(': ')[2]} | x{other.rate / one.rate:.2f}"
            f" | x{other.p50 / one.p50:.2f} | x{other.p99 / one.p99:.2f}"
            f" | x{other.cost / one.cost:.2f} |"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, nargs="+", default=[1, 16])
    parser.add_argument("--buffered", type=int, nargs="+", default=[10, 10_000])
    parser.add_argument("--seconds", type=float, default=6.0, help="for each line")
    arguments = parser.parse_args()
    with answerers(_CAPACITY) as all_of_them:
        rows = [row for n in arguments.callers for row in all_of_them.rows(n, arguments.seconds)]
    tables = []
    for count in arguments.buffered:
        with answerers(count) as all_of_them:
            tables.append(list(all_of_them.buffered(count, arguments.seconds)))
    print("CPU: milliseconds of the answering process for 1,000 calls")
    show(rows)
    print()
    show([row for table in tables for row in table])
    print()
    growth(arguments.buffered, tables)


if __name__ == "__main__":
    main()
