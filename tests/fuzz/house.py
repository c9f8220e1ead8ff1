"""A whole bridge with a small household on the simulated air, by virtual clock, under attack."""

import asyncio
from collections.abc import AsyncIterator, Iterable, MutableMapping
from contextlib import asynccontextmanager
import json
from typing import Any

from sebridge.app.bridge import Bridge
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.radio.ether import Ether
from sebridge.settings.http_options import HttpOptions
from sebridge.settings.options import Options
from sebridge.settings.simulator_options import HOUSEHOLD, AirOptions, SimulatorOptions
from sebridge.storage.collection import OpenCollection
from sebridge.transports.mqtt.messages import is_topic
from tests.bridge_ports import make_ports
from tests.doubles import RecordingBroker
from tests.fuzz.target import must
from tests.fuzz.watch import PLANTED, leaked
from tests.scenarios.conftest import EVERYTHING, MemoryCollections, Talker

DEVICES = {one.kind: one for one in HOUSEHOLD if one.kind in {"meter", "display", "load_control"}}
"""Who is in the house."""

_MOST_TASKS = 400  # more than at rest
_MOST_ROWS = 12_000  # what one caller may keep of events, in all
_MOST_TOPICS = 3_000
_LONGEST = 60  # characters of a payload that is shown


def house_options(*kinds: str, http: HttpOptions | None = None) -> Options:
    """Return the options of a bridge with devices of these kinds, whose callers may do all."""
    simulator = SimulatorOptions(
        devices=tuple(DEVICES[kind] for kind in kinds), air=AirOptions(delay=0.0)
    )
    return Options(simulator=simulator, rpc=EVERYTHING, http=http)


class House(Talker):
    """A bridge, and what must hold of it whatever it is given.

    Its broker counts what is said as it goes, so that an attack without end can go on.
    """

    def __init__(self, options: Options, open_collection: OpenCollection) -> None:
        self.clock = VirtualClock()
        self.broker = RecordingBroker()
        self.ether = Ether(self.clock, options.simulator.air)
        self.bridge = Bridge(
            options,
            make_ports(options, self.clock, self.ether, open_collection, broker=self.broker),
        )
        self._tasks = 0

    @property
    def keys(self) -> set[str]:
        """The keys that nobody may hear, as hex digits."""
        network = self.ether.network
        if network is None:
            return set()
        links = [network.link_keys[eui64] for eui64 in _addresses() if eui64 in network.link_keys]
        known = {key.reveal().hex() for key in links}
        return known - {PLANTED} | {network.info.network_key.key.serialize().hex()}

    async def start(self, seconds: float) -> None:
        """Start, and let so much time pass, so that devices are known."""
        await self.bridge.start()
        await self.clock.advance(seconds)
        self._tasks = len(asyncio.all_tasks())

    def heard(self) -> list[tuple[str, bytes]]:
        """Return what was streamed, and forget it with all that was said before."""
        streamed = list(self.broker.streamed)
        for topic, payload in (*streamed, *self.broker.history):
            must(is_topic(topic), f"a broker would end the link for the topic {topic!r}")
            text = payload.decode()
            must(not leaked(text, self.keys), f"a key is on {topic}: {text[:_LONGEST]}")
        self.broker.streamed.clear()
        self.broker.history.clear()
        return streamed

    async def check(self, kept: Iterable[MutableMapping[Any, Any]]) -> None:
        """Raise ViolationError where it keeps too much or does not answer a good request."""
        self.heard()
        tasks = len(asyncio.all_tasks()) - self._tasks
        must(tasks <= _MOST_TASKS, f"{tasks} tasks more than before are under way")
        rows = sum(map(len, kept))
        must(rows <= _MOST_ROWS, f"{rows} rows are kept")
        topics = len(self.broker.retained)
        must(topics <= _MOST_TOPICS, f"{topics} topics are kept")
        answer = await self.rpc("registry_configuration", name="RPC_Manager.use_timestamps")
        must(answer["status"] == "ok", f"a good request is answered {json.dumps(answer)}")
        self.heard()


def _addresses() -> list[Eui64]:
    return [one.eui64 for one in DEVICES.values()]


@asynccontextmanager
async def housed(
    options: Options, *, seconds: float = 30.0
) -> AsyncIterator[tuple[House, dict[str, MutableMapping[Any, Any]]]]:
    """Run a bridge whose rows are in memory; return it with them."""
    kept: dict[str, MutableMapping[Any, Any]] = {}
    house = House(options, MemoryCollections(kept).collection)
    await house.start(seconds)
    try:
        yield house, kept
    finally:
        await house.bridge.stop()
