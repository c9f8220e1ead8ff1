"""The least a call over MQTT could cost with paho: whoever asks gets back what they sent.

Run as `python -m benchmarks.echo_paho PORT TOPIC`; says `ready` when it is subscribed. It answers
to the response topic of each message, with its correlation data, at QoS 1, until it is terminated.
"""

import socket
import sys
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


def without_delay(_client: Client, _data: Any, connection: Any) -> None:
    """Let a socket of paho send at once: else an acknowledgement holds the next message up."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def echo(port: int, topic: str) -> None:
    """Answer for ever."""

    def on_message(client: Client, _data: Any, message: MQTTMessage) -> None:
        asked: Any = message.properties
        properties: Any = Properties(PacketTypes.PUBLISH)
        properties.CorrelationData = asked.CorrelationData
        client.publish(asked.ResponseTopic, message.payload, 1, properties=properties)

    def on_connect(client: Client, *_: Any) -> None:
        client.subscribe(topic, 1)

    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.on_socket_open = without_delay
    client.on_connect = on_connect
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.on_message = on_message
    client.connect("127.0.0.1", port)
    client.loop_forever()


if __name__ == "__main__":
    echo(int(sys.argv[1]), sys.argv[2])
