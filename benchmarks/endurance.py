"""Kill the bridge and its broker under load, again and again, and count what is lost.

Run as `script/endurance`; `--help` tells its options. CONTRIBUTING.md tells what is counted.
"""

from abc import ABC, abstractmethod
import argparse
from collections.abc import Callable, Iterator, Mapping
import contextlib
from dataclasses import dataclass, field
import itertools
import json
from pathlib import Path
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions
from typing_extensions import override
import yaml

from sebridge.base.clock import zigbee_time
from sebridge.transports.mqtt.broker import find_mosquitto

HOST: Final = "127.0.0.1"
BASE: Final = "sebridge/home"
ANSWERS: Final = "endurance/answers"
METER: Final = "00:0d:6f:00:0a:00:00:01"

PATIENCE: Final = 120.0
"""Seconds after which something will not happen any more, however busy the machine is."""
_LONGEST_LIFE: Final = 4.0  # seconds from the start of a program to its death
_AFTER_THE_BROKER: Final = 30.0  # seconds for retained topics to be right, once it is reached
_MOST_UNANSWERED: Final = 150  # the bridge takes 200 at once
_PAUSE: Final = 0.02  # seconds between two requests
_LOOK_AGAIN: Final = 0.05
_DUPLICATE: Final = 0x8A  # status of an event that exists already
_DO_NOT_SEND_RETAINED: Final = 2

_HOUSE: Final = {
    "devices": [
        {"kind": "meter", "name": "Meter", "eui64": METER},
        {"kind": "display", "name": "Display", "eui64": "00:0d:6f:00:0a:00:00:03"},
        {"kind": "load_control", "name": "Heater", "eui64": "00:0d:6f:00:0a:00:00:05"},
    ]
}
BROKER: Final = """\
listener {port} 127.0.0.1
user root
allow_anonymous true
persistence true
persistence_location {directory}/
autosave_interval {autosave}
max_queued_messages 100000
set_tcp_nodelay true
"""


def eventually(condition: Callable[[], object], patience: float = PATIENCE) -> bool:
    """Wait until something is so; return False when it is not within so many seconds."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK_AGAIN)
    return True


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Return whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


class Program:
    """A process that can be killed and started again."""

    def __init__(self, log: Path, *command: str) -> None:
        self._log = log
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None

    def check(self) -> None:
        """Raise RuntimeError when it ended by itself."""
        if self._process is not None and (status := self._process.poll()) is not None:
            raise RuntimeError(f"{self._command[0]} ended with status {status}: {self._log}")


class MqttClient(ABC):
    """A client which comes back as soon as the broker does."""

    def __init__(self, name: str, port: int, *filters: str, keeps_session: bool) -> None:
        self._port = port
        self._filters = filters
        self._wish = SubscribeOptions(
            1,
            retainAsPublished=True,
            retainHandling=_DO_NOT_SEND_RETAINED if keeps_session else 0,
        )
        self._connect = Properties(PacketTypes.CONNECT)
        if keeps_session:
            self._connect.SessionExpiryInterval = 86_400
        self.client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        self.client.max_inflight_messages_set(1000)
        self.client.on_connect = self._on_connect
        self.client.on_message = self._on_message
        self._leaving = threading.Event()
        self._keeps_session = keeps_session
        self._loop = threading.Thread(target=self._run, name=name, daemon=True)

    def begin(self) -> None:
        self._loop.start()

    def leave(self) -> None:
        self._leaving.set()
        self.client.disconnect()
        self._loop.join()

    def _run(self) -> None:
        while not self._leaving.is_set():
            with contextlib.suppress(OSError):
                self.client.connect(
                    HOST,
                    self._port,
                    clean_start=not self._keeps_session,
                    properties=self._connect,
                )
                self.client.loop_forever()
            time.sleep(_LOOK_AGAIN)

    def _on_connect(self, client: Client, *_: object) -> None:
        if self._filters:
            client.subscribe([(one, self._wish) for one in self._filters])

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.heard(message)

    @abstractmethod
    def heard(self, message: MQTTMessage) -> None:
        """Take a message of what was subscribed to."""


# ---------------------------------------------------------------------- requests


@dataclass
class Asked:
    """A request, and what became of it."""

    acknowledged: bool = False
    answers: int = 0
    excused: bool = False  # the broker was killed while it may have been the only one that knew

    @property
    def is_awaited(self) -> bool:
        return not (self.answers or self.excused)


@dataclass
class Tally:
    """What became of all requests."""

    asked: dict[bytes, Asked] = field(default_factory=dict)
    repeated: int = 0  # calls of which the effect was there when they were begun again
    errors: int = 0  # requests that were answered by an error

    @property
    def awaited(self) -> list[Asked]:
        return [one for one in self.asked.values() if one.is_awaited]

    @property
    def unanswered(self) -> list[Asked]:
        return [one for one in self.asked.values() if one.acknowledged and not one.answers]

    @property
    def lost(self) -> list[Asked]:
        return [one for one in self.unanswered if not one.excused]


class Household(MqttClient):
    """Asks with a short pause between two requests, and counts the answers."""

    def __init__(self, port: int, chance: random.Random, pause: float = _PAUSE) -> None:
        super().__init__("endurance", port, ANSWERS, keeps_session=True)
        self._pause = pause
        self.tally = Tally()
        self._chance = chance
        self._numbers = itertools.count(1)
        self._prices = itertools.count(1)
        self._first_start = zigbee_time(time.time()) + 86_400
        self._packets: dict[int, bytes] = {}
        self._lock = threading.Lock()
        self._pausing = threading.Event()
        self.client.on_publish = self._on_publish
        self._asking = threading.Thread(target=self._ask, name="asking", daemon=True)

    @override
    def begin(self) -> None:
        super().begin()
        self._asking.start()

    def pause(self) -> None:
        """Ask no more."""
        self._pausing.set()
        if self._asking.is_alive():
            self._asking.join()

    @property
    def count(self) -> int:
        """How much it has asked so far."""
        with self._lock:
            return len(self.tally.asked)

    def has_answered_since(self, count: int) -> bool:
        """Say whether anything was answered that it asked after so many requests."""
        with self._lock:
            return any(
                one.answers for one in itertools.islice(self.tally.asked.values(), count, None)
            )

    def excuse(self) -> None:
        """Hold the bridge to nothing of which the broker, which was just killed, was told."""
        with self._lock:
            for one in self.tally.asked.values():
                one.excused = one.excused or not one.answers

    def _ask(self) -> None:
        while not self._pausing.wait(self._pause):
            with self._lock:
                waiting = len(self.tally.awaited)
            if waiting < _MOST_UNANSWERED:
                self._ask_once()

    def _ask_once(self) -> None:
        topic, body = self._request()
        correlation = b"%d" % next(self._numbers)
        properties = Properties(PacketTypes.PUBLISH)
        properties.ResponseTopic = ANSWERS
        properties.CorrelationData = correlation
        with self._lock:
            self.tally.asked[correlation] = Asked()
            sent = self.client.publish(topic, json.dumps(body), 1, properties=properties)
            self._packets[sent.mid] = correlation

    def _request(self) -> tuple[str, Any]:
        """Return a question, a question that asks a device, a command, or a batch of them."""
        kind = self._chance.choices(("time", "meter", "price", "batch"), (6, 2, 2, 1))[0]
        if kind == "time":
            return f"{BASE}/rpc/request/get_time", {}
        if kind == "meter":
            return f"{BASE}/rpc/request/get_meter_reading", {"destination_address": METER}
        if kind == "price":
            return f"{BASE}/rpc/request/create_price_event", self._price()
        calls = [("get_time", {}), ("create_price_event", self._price()), ("get_time", {})]
        return f"{BASE}/rpc/request", [
            {"jsonrpc": "2.0", "method": method, "params": params, "id": number}
            for number, (method, params) in enumerate(calls)
        ]

    def _price(self) -> dict[str, Any]:
        number = next(self._prices)
        return {
            "record": {
                "issuer_event_id": number,
                "start_time": self._first_start + 60 * number,
                "duration_in_minutes": 1,
                "price": number,
                "unit_of_measure": 0,
                "currency": 978,
                "price_trailing_digit_and_price_tier": 0x20,
            }
        }

    def _on_publish(self, _client: Client, _data: object, packet: int, *_: object) -> None:
        with self._lock:
            correlation = self._packets.pop(packet, None)
            if correlation is not None:
                self.tally.asked[correlation].acknowledged = True

    @override
    def heard(self, message: MQTTMessage) -> None:
        correlation = getattr(message.properties, "CorrelationData", b"")
        body = json.loads(message.payload)
        with self._lock:
            asked = self.tally.asked.get(correlation)
            if asked is None:
                return
            asked.answers += 1
            bodies = body if isinstance(body, list) else [body]
            results = [one.get("result") for one in bodies]
            if asked.answers == 1:
                self.tally.errors += any("error" in one for one in bodies)
                self.tally.repeated += any(
                    isinstance(one, Mapping) and one.get("status") == _DUPLICATE for one in results
                )


# ---------------------------------------------------------------------- retained topics


class Retained(MqttClient):
    """What is kept on topics: as it was published, or as the broker has it."""

    def __init__(self, name: str, port: int, *, keeps_session: bool) -> None:
        super().__init__(name, port, "sebridge/#", "homeassistant/#", keeps_session=keeps_session)
        self.payloads: dict[str, bytes] = {}

    @override
    def heard(self, message: MQTTMessage) -> None:
        if not message.retain:
            return
        if message.payload:
            self.payloads[message.topic] = bytes(message.payload)
        else:
            self.payloads.pop(message.topic, None)


def difference(port: int, published: Retained) -> dict[str, str]:
    """Return what is wrong with the topics that the broker keeps, once they had time."""
    kept = Retained("endurance-kept", port, keeps_session=False)
    kept.begin()
    try:
        eventually(lambda: kept.payloads == published.payloads, _AFTER_THE_BROKER)
        return dict(_differences(published.payloads.copy(), kept.payloads.copy()))
    finally:
        kept.leave()


def _differences(
    right: Mapping[str, bytes], found: Mapping[str, bytes]
) -> Iterator[tuple[str, str]]:
    for topic in sorted(right.keys() | found.keys()):
        if topic not in found:
            yield topic, "is missing"
        elif topic not in right:
            yield topic, "was emptied, and is kept"
        elif right[topic] != found[topic]:
            yield topic, "is an older one"


# ---------------------------------------------------------------------- the run


class Endurance:
    """A bridge, a broker, and the one who kills them."""

    def __init__(self, directory: Path, options: argparse.Namespace) -> None:
        self._chance = random.Random(options.seed)
        self._victims = options.victims
        self._port: int = options.port or unused_port()
        self._published = Retained("endurance-published", self._port, keeps_session=True)
        self._household = Household(self._port, random.Random(options.seed))
        configuration = directory / "mosquitto.conf"
        configuration.write_text(
            BROKER.format(port=self._port, directory=directory, autosave=options.autosave)
        )
        self._broker = Program(
            directory / "mosquitto.log", str(find_mosquitto()), "-c", str(configuration)
        )
        config = directory / "config.yaml"
        config.write_text(
            yaml.safe_dump(
                {
                    "mqtt": {"broker": HOST, "port": self._port},
                    "storage": {"path": str(directory / "sebridge.db")},
                    "simulator": _HOUSE,
                }
            )
        )
        self._bridge = Program(
            directory / "bridge.log",
            *(sys.executable, "-m", "sebridge", "run", "-c", str(config)),
        )
        self._kills = 0
        self._wrong: dict[str, str] = {}

    def run(self, kills: int) -> bool:
        """Kill so many times; print the figures; return whether nothing was lost."""
        self._broker.start()
        eventually(self._broker_answers)
        self._published.begin()
        self._bridge.start()
        try:
            eventually(self._bridge_is_up)  # what is asked before reaches nobody
            self._household.begin()
            for number in range(kills):
                self._kill(self._victims[number % len(self._victims)])
            self._household.pause()
            # also of what the broker has not acknowledged yet: it may while all is being ended
            eventually(lambda: not self._household.tally.awaited)
            # the last answers of those that nobody can be held to
            eventually(lambda: not self._household.tally.unanswered, 5.0)
        finally:
            self._bridge.end(signal.SIGTERM)
            self._household.pause()
            self._household.leave()
            self._published.leave()
            self._broker.end(signal.SIGTERM)
        return self._report()

    def _bridge_is_up(self) -> bool:
        self._bridge.check()
        return self._published.payloads.get(f"{BASE}/availability") == b"online"

    def _broker_answers(self) -> bool:
        self._broker.check()
        return answers(self._port)

    def _kill(self, victim: str) -> None:
        time.sleep(self._chance.uniform(0.0, _LONGEST_LIFE))  # it may be starting just now
        self._bridge.check()
        self._kills += 1
        if victim == "bridge":
            self._bridge.end(signal.SIGKILL)
            self._bridge.start()
            return
        self._broker.end(signal.SIGKILL)
        self._household.excuse()
        self._broker.start()
        eventually(self._broker_answers)
        # an earlier answer may be one that the broker has kept: who answers now is there again
        before = self._household.count
        eventually(lambda: self._household.has_answered_since(before))
        # what the broker took before the bridge had subscribed anew came to nobody
        self._household.excuse()
        self._wrong |= difference(self._port, self._published)

    def _report(self) -> bool:
        tally = self._household.tally
        asked = tally.asked.values()
        lost = len(tally.lost)
        acknowledged = sum(one.acknowledged for one in asked)
        answered = sum(bool(one.answers) for one in asked)
        print(f"kills:                          {self._kills} ({', '.join(self._victims)} in turn)")
        print(f"requests acknowledged:          {acknowledged}")
        print(f"requests answered:              {answered}")
        print(f"of these, by an error:          {tally.errors}")
        print(f"acknowledged and lost:          {lost}")
        if "broker" in self._victims:
            unknown = len(tally.unanswered) - lost
            print(f"unanswered, the broker's fault: {unknown}")
            print(f"retained topics:                {len(self._published.payloads)}")
            print(f"retained topics wrong:          {len(self._wrong)}")
        print(f"answered more than once:        {sum(one.answers > 1 for one in asked)}")
        print(f"begun again after a kill:       {tally.repeated}")
        for topic, problem in itertools.islice(self._wrong.items(), 10):
            print(f"  {topic} {problem}")
        return not lost and not self._wrong


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/endurance",
        description="Kill the bridge and its broker under load, and count what is lost."
        " Ends with status 1 where a request that was acknowledged is never answered,"
        " or a retained topic is not right after a death of the broker.",
    )
    parser.add_argument("--kills", type=int, default=100, help="how many (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="of chance (default: 1)")
    parser.add_argument(
        "--victims",
        nargs="+",
        choices=("bridge", "broker"),
        default=["bridge", "broker"],
        help="who is killed, in turn (default: bridge broker)",
    )
    parser.add_argument("--port", type=int, help="of the broker (default: one that is free)")
    parser.add_argument(
        "--autosave",
        type=int,
        default=2,
        metavar="SECONDS",
        help="between two savings of the broker (default: 2)",
    )
    parser.add_argument("--directory", type=Path, help="for databases and logs, which stay there")
    options = parser.parse_args()
    if options.directory is not None:
        options.directory.mkdir(parents=True, exist_ok=True)
        return 0 if Endurance(options.directory, options).run(options.kills) else 1
    with tempfile.TemporaryDirectory() as directory:
        return 0 if Endurance(Path(directory), options).run(options.kills) else 1


if __name__ == "__main__":
    sys.exit(main())
