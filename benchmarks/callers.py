"""Callers at a bridge or an echo: each waits for its answer and then calls again."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
import contextlib
from dataclasses import dataclass
from statistics import median
import time
from typing import Any, Final, Protocol

from aiohttp import ClientSession, ClientTimeout, TCPConnector
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from benchmarks.answerers import Answerer
from benchmarks.echo_paho import without_delay

TURNS: Final = 3
TURNS_OF_BOTH: Final = 12
_REPLY: Final = "bare/reply"
_PATIENCE: Final = 20.0  # seconds without any answer


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent: to a topic or a path. Each answer holds `expected`."""

    to: str
    body: bytes
    expected: bytes
    kind: str = "application/json"


@dataclass(frozen=True, slots=True)
class Found:
    """The quickest of several turns: calls per second, milliseconds of an answer and of CPU."""

    rate: float
    p50: float
    p99: float
    cost: float  # of the answerer's process for 1,000 calls

    def of(self, other: "Found") -> "Found":
        """Return each figure as a part of another's."""
        return Found(
            rate=self.rate / other.rate,
            p50=self.p50 / other.p50,
            p99=self.p99 / other.p99,
            cost=self.cost / other.cost,
        )


class Way(Protocol):
    """How calls get to their answerer."""

    def run(self, call: Call, callers: int, seconds: float) -> list[float]:
        """Call as fast as answers come; return the seconds that each took."""


class OverMqtt:
    """Calls through a broker at QoS 1, each with correlation data of its own."""

    def __init__(self, client: Client, reply_to: str) -> None:
        self._client = client
        self._reply_to = reply_to
        self._begun: dict[bytes, float] = {}
        self._taken: list[float] = []
        self._answers: deque[bytes] = deque()
        self._number = 0
        client.on_message = self._on_message

    def run(
        self, call: Call, callers: int, seconds: float, *, patience: float = _PATIENCE
    ) -> list[float]:
        """Call as fast as answers come; return the seconds that each took.

        `patience` is the seconds that there may be without any answer.
        """
        self._taken.clear()
        end = time.perf_counter() + seconds
        for _ in range(callers):
            self._send(call)
        while self._begun:
            for _ in range(self._received(call, patience)):
                if time.perf_counter() < end:
                    self._send(call)
        return list(self._taken)

    def send(self, call: Call, times: int) -> None:
        """Call so many times, and wait for nothing."""
        for _ in range(times):
            self._send(call)

    def answers_within(self, seconds: float) -> list[bytes]:
        """Return the answers that come in so many seconds."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self._client.loop(0.1)
        found = list(self._answers)
        self._answers.clear()
        return found

    def _received(self, call: Call, patience: float) -> int:
        """Wait for answers; return how many came."""
        end = time.perf_counter() + patience
        while not self._answers:
            self._client.loop(1.0)
            assert time.perf_counter() < end, f"no answer from {call.to}"
        for answer in self._answers:
            assert call.expected in answer, answer
        count = len(self._answers)
        self._answers.clear()
        return count

    def _send(self, call: Call) -> None:
        self._number += 1
        identifier = self._number.to_bytes(8, "big")
        properties: Any = Properties(PacketTypes.PUBLISH)
        properties.ResponseTopic = self._reply_to
        properties.CorrelationData = identifier
        self._begun[identifier] = time.perf_counter()
        self._client.publish(call.to, call.body, 1, properties=properties)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        answered: Any = message.properties
        begun = self._begun.pop(answered.CorrelationData, None)
        if begun is not None:  # QoS 1: an answer may come twice
            self._taken.append(time.perf_counter() - begun)
            self._answers.append(bytes(message.payload))


@contextlib.contextmanager
def over_mqtt(port: int, reply_to: str = _REPLY) -> Iterator[OverMqtt]:
    """Connect to a broker, ready to be answered on a topic."""
    subscribed = False

    def on_connect(client: Client, *_: Any) -> None:
        client.subscribe(reply_to, 1)

    def on_subscribe(*_: Any) -> None:
        nonlocal subscribed
        subscribed = True

    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.max_inflight_messages_set(0)
    client.on_socket_open = without_delay
    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.connect("127.0.0.1", port)
    while not subscribed:
        client.loop(1.0)
    yield OverMqtt(client, reply_to)
    client.disconnect()


class OverHttp:
    """Calls by POST, each caller on a connection of its own that stays open."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def run(self, call: Call, callers: int, seconds: float) -> list[float]:
        """Call as fast as answers come; return the seconds that each took."""
        return asyncio.run(self._run(call, callers, seconds))

    async def _run(self, call: Call, callers: int, seconds: float) -> list[float]:
        taken: list[float] = []
        async with ClientSession(
            self._url,
            connector=TCPConnector(limit=callers),
            headers={"Content-Type": call.kind},
            timeout=ClientTimeout(_PATIENCE),
        ) as session:
            end = time.perf_counter() + seconds
            await asyncio.gather(*(self._calls(session, call, end, taken) for _ in range(callers)))
        return taken

    async def _calls(
        self, session: ClientSession, call: Call, end: float, taken: list[float]
    ) -> None:
        while (begun := time.perf_counter()) < end:
            async with session.post(call.to, data=call.body) as response:
                answer = await response.read()
            taken.append(time.perf_counter() - begun)
            assert call.expected in answer, answer


def measure(way: Way, call: Call, answerer: Answerer, callers: int, seconds: float) -> Found:
    """Call in several turns; of each figure the best counts.

    Other programs on the machine can only make a turn dearer and slower.
    """
    way.run(call, callers, seconds / (2 * TURNS))
    return _best([_turn(way, call, answerer, callers, seconds / TURNS) for _ in range(TURNS)])


@dataclass(frozen=True, slots=True)
class Side:
    """Who is called, and how."""

    way: Way
    call: Call
    answerer: Answerer

    def turn(self, callers: int, seconds: float) -> Found:
        """Call for so long."""
        return _turn(self.way, self.call, self.answerer, callers, seconds)


def measure_beside(side: Side, echo: Side, callers: int, seconds: float) -> tuple[Found, Found]:
    """Call both in turn, the echo first; return the best figures, and them as parts of the echo's.

    Other programs move both sides of a pair of turns, and of the ratios the median counts.
    """
    for one in (echo, side):
        one.way.run(one.call, callers, seconds / TURNS_OF_BOTH)
    each = seconds / TURNS_OF_BOTH
    pairs = [(echo.turn(callers, each), side.turn(callers, each)) for _ in range(TURNS_OF_BOTH)]
    ratios = [turn.of(beside) for beside, turn in pairs]
    return _best([turn for _, turn in pairs]), Found(
        rate=median(one.rate for one in ratios),
        p50=median(one.p50 for one in ratios),
        p99=median(one.p99 for one in ratios),
        cost=median(one.cost for one in ratios),
    )


def _best(turns: Sequence[Found]) -> Found:
    return Found(
        rate=max(turn.rate for turn in turns),
        p50=min(turn.p50 for turn in turns),
        p99=min(turn.p99 for turn in turns),
        cost=min(turn.cost for turn in turns),
    )


def _turn(way: Way, call: Call, answerer: Answerer, callers: int, seconds: float) -> Found:
    cpu, begun = answerer.cpu(), time.perf_counter()
    taken = sorted(way.run(call, callers, seconds))
    elapsed = time.perf_counter() - begun
    return Found(
        rate=len(taken) / elapsed,
        p50=_percentile(taken, 50),
        p99=_percentile(taken, 99),
        cost=(answerer.cpu() - cpu) * 1e6 / len(taken),
    )


def _percentile(ordered: list[float], percent: int) -> float:
    """Return it in milliseconds, of seconds."""
    return ordered[len(ordered) * percent // 100] * 1e3
