"""A real mosquitto, certificates of a real openssl, and a client that is not ours."""

import asyncio
from collections.abc import Sequence
import contextlib
from pathlib import Path
import signal
import socket
import subprocess
import threading
from typing import Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from sebridge.transports.mqtt.broker import find_mosquitto
from tests.key_search import SEARCH
from tests.patience import PATIENCE, eventually
from tests.ports import unused_port

USER, PASSWORD = "bridge", "correct horse battery"
_FENCE = "sebridge/fence"


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Mosquitto:
    """A broker of its own directory and port, which can be killed and started again."""

    def __init__(self, directory: Path, lines: tuple[str, ...]) -> None:
        self.directory = directory
        self.port = unused_port()
        self._process: subprocess.Popen[bytes] | None = None
        directory.mkdir(parents=True, exist_ok=True)
        self._configuration = directory / "mosquitto.conf"
        self._configuration.write_text(
            "\n".join(
                (
                    f"listener {self.port} 127.0.0.1",
                    "user root",
                    "persistence true",
                    f"persistence_location {directory}/",
                    "autosave_on_changes true",
                    "autosave_interval 1",
                    "max_inflight_messages 0",
                    # with 0, 2.0.11 disconnects a client that is refused a topic
                    "max_queued_messages 100000",
                    "set_tcp_nodelay true",
                    *lines,
                    "",
                )
            )
        )

    def start(self) -> None:
        log = (self.directory / "mosquitto.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [str(find_mosquitto()), "-v", "-c", str(self._configuration)],
                stdout=log,
                stderr=log,
            )
        eventually(lambda: answers(self.port))

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None

    def has_said(self, text: str) -> bool:
        """Return whether something is in its log, which tells of every packet."""
        return text in (self.directory / "mosquitto.log").read_text()

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def forget_everything(self) -> None:
        (self.directory / "mosquitto.db").unlink(missing_ok=True)


class Cable:
    """The way to a broker, which can be cut: what is under way is lost, and both ends see it."""

    def __init__(self, port: int) -> None:
        self._broker = port
        self._ends: list[asyncio.StreamWriter] = []
        self._carrying: set[asyncio.Task[None] | None] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*(task for task in self._carrying if task is not None))

    def cut(self) -> None:
        """Cut the connections that there are; new ones can be made."""
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._carrying.add(asyncio.current_task())
        there, back = await asyncio.open_connection("127.0.0.1", self._broker)
        self._ends += (writer, back)
        await asyncio.gather(_carry(reader, back), _carry(there, writer))


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while octets := await source.read(65_536):
            target.write(octets)
    target.close()


class Listener:
    """A client of the house: hears topics, and asks."""

    def __init__(self, port: int, *filters: str, quality: int = 1) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self.correlations: list[bytes | None] = []
        self.lost = False
        self._latest: dict[str, bytes] = {}
        self._by_topic: dict[str, list[bytes]] = {}
        self._subscribed = threading.Event()
        self._filters = [(one, quality) for one in filters]
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.on_disconnect = self._on_disconnect
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._subscribed.wait(PATIENCE), "the listener is not subscribed"

    def _on_connect(self, client: Client, *_: object) -> None:
        client.subscribe(self._filters)

    def _on_subscribe(self, *_: object) -> None:
        self._subscribed.set()

    def _on_disconnect(self, *_: object) -> None:
        self.lost = True

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if "/rpc/request" not in message.topic:  # those are the test's own
            SEARCH.told("a message by MQTT", bytes(message.payload))
        payload = bytes(message.payload)
        self.heard.append((message.topic, payload, message.retain))
        self._latest[message.topic] = payload
        self._by_topic.setdefault(message.topic, []).append(payload)
        self.correlations.append(getattr(message.properties, "CorrelationData", None))

    def topics(self) -> dict[str, bytes]:
        """Return the last payload of each topic."""
        return self._latest.copy()

    def payloads(self, topic: str) -> list[bytes]:
        """Return all that was heard on a topic."""
        return list(self._by_topic.get(topic, ()))

    def forget(self) -> None:
        """Have heard nothing so far."""
        self.heard.clear()
        self._latest.clear()
        self._by_topic.clear()

    def say(
        self, topic: str, payload: bytes, *, retain: bool = False, **properties: object
    ) -> None:
        """Publish, and wait until the broker has it."""
        chosen = Properties(PacketTypes.PUBLISH)
        for name, value in properties.items():
            setattr(chosen, name, value)
        self._client.publish(topic, payload, 1, retain, chosen).wait_for_publish(PATIENCE)

    def say_all(self, topic: str, payloads: Sequence[bytes]) -> None:
        """Publish without a pause, and wait until the broker has all of it."""
        for sent in [self._client.publish(topic, payload, 1) for payload in payloads]:
            sent.wait_for_publish(PATIENCE)

    def topics_so_far(self) -> dict[str, bytes]:
        """Return the last payload of each topic, once all that was published before is here.

        What we say comes after it. Whoever asks listens to everything below `sebridge`.
        """
        self.say(_FENCE, b"")
        eventually(lambda: _FENCE in self.topics())
        topics = self.topics()
        del topics[_FENCE]
        return topics

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Certificates:
    """An authority, a broker called `broker.test`, and a client, made by openssl."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.ca = self._authority("ca")
        self.other_ca = self._authority("other")
        self.broker = self._signed("broker", "subjectAltName=DNS:broker.test")
        self.client = self._signed("client", "extendedKeyUsage=clientAuth")

    def _authority(self, name: str) -> Path:
        self._openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", f"/CN=sebridge test {name}", "-days", "2"),
            *("-keyout", f"{name}.key", "-out", f"{name}.pem"),
        )
        return self._directory / f"{name}.pem"

    def _signed(self, name: str, extension: str) -> tuple[Path, Path]:
        (self._directory / f"{name}.ext").write_text(extension)
        self._openssl(
            *("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr"),
        )
        self._openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem"),
        )
        return self._directory / f"{name}.pem", self._directory / f"{name}.key"

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(
            ["openssl", *arguments], cwd=self._directory, check=True, capture_output=True
        )
