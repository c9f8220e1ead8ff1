"""How many functions a call by RPC takes, beside an echo at the same door. See README.md.

python -m benchmarks.call_counts [--calls 300]
"""

import argparse
from collections.abc import Iterator
import contextlib
from pathlib import Path
import tempfile

from benchmarks.answerers import Answerer, bridge, http_echo, mqtt_echo
from benchmarks.callers import Call, OverHttp, OverMqtt, Way, over_mqtt
from benchmarks.reports import broker
from benchmarks.rpc import HTTP_ECHO, MQTT_ECHO, OVER_HTTP, OVER_MQTT

_TURNS = 3


def counted(way: Way, call: Call, answerer: Answerer, calls: int) -> float:
    """Return the functions of one call, one caller: the fewest of several turns."""
    way.run(call, 1, 0.2)
    return min(_turn(way, call, answerer, calls) for _ in range(_TURNS))


def _turn(way: Way, call: Call, answerer: Answerer, calls: int) -> float:
    answerer.begin_counting()
    made = 0
    while made < calls:
        made += len(way.run(call, 1, 0.1))
    return answerer.end_counting() / made


def rows(calls: int) -> Iterator[tuple[str, float, float]]:
    """Yield each form of a call with its count and that of its echo."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(broker(directory))
        answerer = stack.enter_context(bridge(port, 250, directory, counted=True))
        mqtt: OverMqtt = stack.enter_context(over_mqtt(port))
        echo = stack.enter_context(mqtt_echo(port, counted=True))
        least = counted(mqtt, MQTT_ECHO, echo, calls)
        yield "MQTT: echo", least, least
        for name, call in OVER_MQTT.items():
            yield f"MQTT: {name}", counted(mqtt, call, answerer, calls), least
        echo = stack.enter_context(http_echo(counted=True))
        least = counted(OverHttp(echo.port), HTTP_ECHO, echo, calls)
        yield "HTTP: echo", least, least
        for name, call in OVER_HTTP.items():
            yield f"HTTP: {name}", counted(OverHttp(answerer.port), call, answerer, calls), least


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300, help="of each form, in each turn")
    arguments = parser.parse_args()
    print("| call | functions | of echo |")
    print("| --- | --: | --: |")
    for name, count, least in rows(arguments.calls):
        print(f"| {name} | {count:.0f} | {count / least:.2f} |", flush=True)


if __name__ == "__main__":
    main()
