"""Somebody who hears a broker, and costs so little that he is never what is slowest.

paho connects, subscribes and publishes. What it does for each message that comes takes nearly as
long as the program that is measured, so whole packets are cut out of the socket here.
Source of the packets: MQTT Version 5.0 and 3.1.1, OASIS Standard, fixed header and PUBLISH.
"""

import asyncio
from collections.abc import Callable, Iterator
import time
from typing import Any, Final

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.programs import Program

_PUBLISH: Final = 0x30  # at QoS 0
_KIND: Final = 0xF0
_MORE: Final = 0x80
_LONGEST_READ: Final = 1 << 16


class Ear:
    """Hears in the event loop, where nobody else takes the processor from it."""

    def __init__(self, host: str, port: int, program: Program) -> None:
        self.online = asyncio.Event()
        self.heard: Callable[[int, float], object] = lambda _number, _moment: None
        self._program = program
        self._octets = bytearray()
        self._link: Any = None
        self._loop = asyncio.get_running_loop()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_socket_open = self._on_open
        self._client.on_socket_close = self._on_close
        self._client.on_socket_register_write = self._on_full
        self._client.on_socket_unregister_write = self._on_empty
        self._client.connect(host, port, keepalive=0)

    def close(self) -> None:
        """Hear no more."""
        self._client.disconnect()

    def say(self, topic: str, payload: bytes) -> None:
        """Publish something."""
        self._client.publish(topic, payload)

    # ------------------------------------------------------------------ paho

    def _on_open(self, client: Client, _data: Any, link: Any) -> None:
        self._link = link
        self._loop.add_reader(link, client.loop_read)

    def _on_close(self, _client: Client, _data: Any, link: Any) -> None:
        self._loop.remove_reader(link)

    def _on_full(self, client: Client, _data: Any, link: Any) -> None:
        self._loop.add_writer(link, client.loop_write)

    def _on_empty(self, _client: Client, _data: Any, link: Any) -> None:
        self._loop.remove_writer(link)

    def _on_connect(self, client: Client, *_: Any) -> None:
        client.subscribe([(one, 0) for one in self._program.filters])

    def _on_subscribe(self, *_: Any) -> None:
        """Read from here on ourselves: paho reads packet by packet, so none is begun."""
        self._loop.add_reader(self._link, self._read)

    # ------------------------------------------------------------------ what is published

    def _read(self) -> None:
        octets = self._link.recv(_LONGEST_READ)
        now = time.perf_counter()
        if not octets:
            raise ConnectionError("the broker has hung up")
        self._octets += octets
        for topic, payload in published(self._octets):
            if self._program.is_online(topic, payload):
                self.online.set()
            number = self._program.number(topic, payload)
            if number is not None:
                self.heard(number, now)


def published(octets: bytearray) -> Iterator[tuple[str, bytes]]:
    """Take the whole packets out of what was read; yield topic and payload of each PUBLISH."""
    while len(octets) > 1:
        length, at, shift = 0, 1, 0
        while at < len(octets):
            length |= (octets[at] & ~_MORE) << shift
            shift += 7
            at += 1
            if not octets[at - 1] & _MORE:
                break
        else:
            return
        end = at + length
        if len(octets) < end:
            return
        packet = bytes(octets[:end])
        del octets[:end]
        if packet[0] & _KIND == _PUBLISH:
            begin = at + 2 + int.from_bytes(packet[at : at + 2], "big")
            yield packet[at + 2 : begin].decode(), packet[begin:]
