"""Somebody who watches the broker, in a process of its own, and notes when a reading arrives.

Run as `python -m benchmarks.watcher PORT FILTER FILE`: it says `ready` when it is subscribed, and
on the end of its standard input writes pairs of 64-bit numbers into the file: the summation of
the reading, and the moment of arrival in nanoseconds of the machine's monotonic clock.
"""

from array import array
from pathlib import Path
import re
import sys
import time
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

_ENERGY: Final = re.compile(rb'"energy_in":([0-9.]+)')


def watch(port: int, topic_filter: str, file: Path) -> None:
    """Watch until standard input ends."""
    arrivals: array[int] = array("q")

    def on_message(_client: Client, _data: Any, message: MQTTMessage) -> None:
        now = time.monotonic_ns()
        found = _ENERGY.search(message.payload)
        if found is not None:
            arrivals.extend((round(float(found[1]) * 1000), now))

    def on_connect(client: Client, *_: Any) -> None:
        client.subscribe(topic_filter, 0)

    def on_subscribe(*_: Any) -> None:
        print("ready", flush=True)

    client = Client(CallbackAPIVersion.VERSION2)
    client.on_message, client.on_connect, client.on_subscribe = on_message, on_connect, on_subscribe
    client.connect("127.0.0.1", port)
    client.loop_start()
    sys.stdin.read()
    client.disconnect()
    client.loop_stop()
    file.write_bytes(arrivals.tobytes())


if __name__ == "__main__":
    watch(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
