"""The least it could cost with paho: a loop that publishes the same messages, and nothing else.

Run as `python -m benchmarks.bare_paho PORT COUNT`; prints milliseconds of CPU for 1,000 reports.
The messages are those of one report, ready made: a reading at QoS 0 and a notification at QoS 1.
Eight reports are under way at a time.
"""

import sys
import time
from typing import Any, Final

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

_DEVICE: Final = "bare/home/device/001350be00000000"
_MESSAGES: Final = (
    (f"{_DEVICE}/1/metering", 360, 0, True),
    ("bare/home/notification/received_attribute_report_collection", 340, 1, False),
)
_AT_ONCE: Final = 8  # reports


def publish(port: int, count: int) -> float:
    """Publish the messages of so many reports; return milliseconds of CPU for 1,000."""
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    acknowledged = 0

    def on_publish(*_: Any) -> None:
        nonlocal acknowledged
        acknowledged += 1

    client.on_publish = on_publish
    client.max_inflight_messages_set(0)
    client.connect("127.0.0.1", port)
    while not client.is_connected():
        client.loop(1.0)
    begin, wanted = time.process_time(), 0
    for done in range(0, count, _AT_ONCE):
        for _ in range(min(_AT_ONCE, count - done)):
            for topic, size, quality, retain in _MESSAGES:
                client.publish(topic, b"x" * size, quality, retain)
                wanted += 1
        while acknowledged < wanted:
            client.loop(1.0)
    cost = time.process_time() - begin
    client.disconnect()
    return cost * 1e6 / count


if __name__ == "__main__":
    print(publish(int(sys.argv[1]), int(sys.argv[2])))
