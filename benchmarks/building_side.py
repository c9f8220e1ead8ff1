"""A bridge with a building of meters, in a process of its own, which measures itself.

Run as `python -m benchmarks.building_side MODE METERS --port PORT --directory DIR`; prints one
JSON object. `live` has the meters join, report, drop and return, and die. `storm` knows those that
`live` left, and has all of them come back at once. Both go by a virtual clock: only the link to the
broker is in real time. `start` starts on what `live` left, in real time. `memory` counts what
lives.
"""

import argparse
import asyncio
from collections.abc import Callable
import gc
import json
from pathlib import Path
import random
import time
import tracemalloc
from typing import Any, Final

from benchmarks.bridge_side import Deaf, options_for, resident_kib, set_up
from benchmarks.building_devices import Building
from benchmarks.memory import retained, taken
from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
import sebridge.cli.run  # as the installed program has it in memory
from sebridge.cli.serving import serve
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_application import EtherApplication
from sebridge.settings.simulator_options import AirOptions

AIR: Final = AirOptions(loss=0.01, delay=0.02)
RATE: Final = 500.0  # reports a second, of all meters together
DROPPING: Final = 0.05  # share of the meters that drop and return in a minute
AWAY: Final = 10.0  # seconds until a meter that dropped is back
DEAD: Final = 5  # meters that die without a word
TURNS: Final = 3  # of which the cheapest counts
_STEP: Final = 1.0  # virtual seconds between looks whether something is reached
_LONGEST: Final = 4 * 3600.0  # virtual seconds for anything
_FIRST_SUMMATION: Final = 1_000_000


class Live:
    """A bridge by virtual clock, with a building on its air."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.clock = VirtualClock()
        options = options_for(arguments.port, arguments.directory)
        self.process = Process(options, clock=self.clock)
        self.count: int = arguments.meters
        self.online: set[str] = set()
        self._random = random.Random(1)
        self._number = 0

    async def start(self) -> None:
        """Start the bridge; all meters are off the air."""
        await self.process.start()
        self.process.link.follow(self._follow)
        self.ether.make_air(AIR)
        self.ether.watch(self._watch)
        self.building = Building(self.ether, self.count)
        self.seconds: dict[int, int] = {}  # frames of the gateway, by second of the clock

    @property
    def ether(self) -> Ether:
        """The air."""
        assert self.process.ether is not None
        return self.process.ether

    @property
    def coordinator(self) -> EtherApplication:
        """The stick."""
        found = self.ether._nodes[0]
        assert isinstance(found, EtherApplication)
        return found

    def is_quiet(self, seconds: int) -> bool:
        """Say whether the gateway has sent nothing for so long."""
        return max(self.seconds, default=0) < self.clock.monotonic() - seconds

    def _follow(self, topic: str, payload: bytes, *, is_kept: bool) -> None:
        del is_kept
        if topic.endswith("/availability") and "/device/" in topic:
            (self.online.add if payload == b"online" else self.online.discard)(topic)

    def _watch(self, frame: AirFrame) -> None:
        if frame.source == self.coordinator.address:
            second = int(self.clock.monotonic())
            self.seconds[second] = self.seconds.get(second, 0) + 1

    async def pass_time(self, seconds: float) -> None:
        """Let virtual time pass, and the broker take what came of it."""
        await self.clock.advance(seconds)
        await self.process.link._until_quiet()

    async def until(self, is_reached: Callable[[], bool]) -> float:
        """Let time pass until something is reached; return the virtual seconds."""
        begun = self.clock.monotonic()
        while not is_reached():
            await self.pass_time(_STEP)
            assert self.clock.monotonic() < begun + _LONGEST, "it takes too long"
        return self.clock.monotonic() - begun

    @property
    def active(self) -> int:
        """How many devices are there and have told all of themselves."""
        directory = self.process.gateway.directory
        return sum(directory.is_active(k.eui64) and k.is_complete for k in directory)

    async def settle(self) -> dict[str, Any]:
        """Have all meters join, be interviewed, and have their reports set up."""
        manager = self.process.gateway.manager
        for meter in self.building.meters:
            await manager.add(meter.address, meter.key)
        self.ether.open_joining(int(_LONGEST))
        cpu = time.process_time()
        joining = asyncio.create_task(self.building.join(self.building.meters))
        interviewed = await self.until(lambda: joining.done() and self.active == self.count)
        reporting = interviewed + await self.until(lambda: set_up(self.process) == self.count)
        await joining
        return {
            "interviewed": interviewed,
            "reporting": reporting,
            "settling_cpu": time.process_time() - cpu,
            "busiest": max(self.seconds.values()),
        }

    # ------------------------------------------------------------------ reports

    async def reports(self, seconds: float, *, dropping: bool) -> float:
        """Have the meters report for so long; return the CPU milliseconds of 1,000 reports."""
        begun = time.process_time()
        count = int(seconds * RATE)
        drops = self._drops(seconds) if dropping else []
        for number in range(count):
            while drops and drops[0] <= number:
                drops.pop(0)
                self._drop()
            self._report()
            await self.clock.advance(1 / RATE)
            if number % 100 == 99:
                await self.process.link._until_quiet()
        await self.process.link._until_quiet()
        return (time.process_time() - begun) * 1e6 / count

    def _drops(self, seconds: float) -> list[int]:
        number = self.count * DROPPING * seconds / 60
        whole = int(number) + (self._random.random() < number % 1)
        return sorted(self._random.randrange(int(seconds * RATE)) for _ in range(whole))

    def _drop(self) -> None:
        meter = self._random.choice(self.building.meters)
        if self.ether.nwk_of(meter.address) is None:
            return
        self.building.drop(meter, with_notice=True)
        self.clock.call_later(AWAY, lambda: self.building.come_back(meter, has_left=True))

    def _report(self) -> None:
        number = self._number = self._number + 1
        meter = self.building.meters[number % self.count]
        summation = _FIRST_SUMMATION + number
        self.building.send(meter.report(number, summation, 400 + number % 100))

    async def cost(self, seconds: float) -> dict[str, float]:
        """Return the CPU milliseconds that 1,000 reports cost, without those of feeding them."""
        calm = [await self.reports(seconds, dropping=False) for _ in range(TURNS)]
        lively = [await self.reports(seconds, dropping=True) for _ in range(TURNS)]
        await self.pass_time(2 * AWAY)  # who dropped is back
        taker, self.coordinator.taker = self.coordinator.taker, Deaf()  # type: ignore[assignment]  # enough of one
        feeding = min([await self.reports(seconds, dropping=False) for _ in range(TURNS)])
        self.coordinator.taker = taker
        return {"report": min(calm) - feeding, "report_dropping": min(lively) - feeding}

    async def death(self) -> float:
        """Return the virtual seconds until people know of meters that died, of the last of them."""
        dead = self.building.meters[:DEAD]
        for meter in dead:
            self.building.drop(meter, with_notice=False)
        topics = {self._availability(meter.address) for meter in dead}
        return await self.until(lambda: not topics & self.online)

    def _availability(self, device: Eui64) -> str:
        return self.process.bridge.topics.device_availability(device)


async def live(arguments: argparse.Namespace) -> dict[str, Any]:
    """Have a building live, and tell what that cost."""
    one = Live(arguments)
    await one.start()
    before = resident_kib()
    found = await one.settle()
    await one.reports(max(6 * one.count / RATE, 10.0), dropping=False)
    gc.collect()
    found["resident"] = (resident_kib() - before) / one.count
    found |= await one.cost(arguments.seconds)
    await one.until(lambda: one.active == one.count)
    found["death"] = await one.death()
    for meter in one.building.meters[:DEAD]:
        one.building.come_back(meter)
    await one.until(lambda: one.active == one.count)
    found["lost"] = one.building.lost
    await one.process.stop()
    return found


async def memory(arguments: argparse.Namespace) -> dict[str, Any]:
    """Have a building live, and tell what lives of it in memory."""
    one = Live(arguments)
    await one.start()
    before, kept_before = taken(), retained(one.process)
    await one.settle()
    await one.reports(max(6 * one.count / RATE, 10.0), dropping=False)
    await one.pass_time(60.0)  # nothing waits
    after, kept = taken(), retained(one.process)
    await one.process.stop()
    grown = sum(difference.size_diff for difference in after.compare_to(before, "filename"))
    return {"memory": grown, "retained": kept - kept_before}


async def storm(arguments: argparse.Namespace) -> dict[str, Any]:
    """Have the power cut and come back in the whole building at once; tell how that went."""
    one = Live(arguments)
    await one.start()
    for meter in one.building.meters:
        assert one.ether.network is not None
        one.ether.network.link_keys[meter.address] = meter.key
        meter.nwk = one.process.gateway.directory[meter.address].nwk or 0
    cpu = time.process_time()
    for meter in one.building.meters:
        one.building.come_back(meter)
    seconds = await one.until(lambda: len(one.online) == one.count)
    busiest = max(one.seconds.values())
    reporting = seconds + await one.until(lambda: one.is_quiet(10))
    await one.process.stop()
    return {
        "storm": seconds,
        "storm_reporting": reporting,
        "storm_cpu": time.process_time() - cpu,
        "storm_busiest": max(busiest, *one.seconds.values()),
    }


async def start(arguments: argparse.Namespace) -> dict[str, Any]:
    """Start where all meters are known, on an air that takes no time, and tell how long that took.

    Up to the moment at which the broker has everything, and to that at which all meters are online.
    """
    directory: Path = arguments.directory
    begun, cpu = time.monotonic(), time.process_time()
    process = Process(options_for(arguments.port, directory))
    await process.start()
    assert process.ether is not None
    assert process.ether.network is not None
    building = Building(process.ether, arguments.meters)
    online: set[str] = set()
    process.link.follow(
        lambda topic, payload, **_how: online.add(topic) if _is_online(topic, payload) else None
    )
    for meter in building.meters:
        process.ether.network.link_keys[meter.address] = meter.key
        meter.nwk = process.gateway.directory[meter.address].nwk or 0
        process.ether.attach(meter, meter.nwk)
    while not process.link.connected:  # noqa: ASYNC110  # nobody tells
        await asyncio.sleep(0.01)
    await process.link._until_quiet()
    ready, ready_cpu = time.monotonic() - begun, time.process_time() - cpu
    while len(online) < arguments.meters:  # nobody tells
        await asyncio.sleep(0.05)
        assert time.monotonic() < begun + 600, f"only {len(online)} are online"
    await process.link._until_quiet()
    found = {
        "ready": ready,
        "ready_cpu": ready_cpu,
        "online": time.monotonic() - begun,
        "online_cpu": time.process_time() - cpu,
    }
    await process.stop()
    return found


def _is_online(topic: str, payload: bytes) -> bool:
    return topic.endswith("/availability") and "/device/" in topic and payload == b"online"


MODES: Final = {"live": live, "memory": memory, "storm": storm, "start": start}


async def measure(arguments: argparse.Namespace) -> None:
    """Do what is asked for, and print what came of it."""
    print(json.dumps(await MODES[arguments.mode](arguments)), flush=True)


def main() -> None:
    """Measure what the command line asks for."""
    assert sebridge.cli.run is not None
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("meters", type=int)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    arguments = parser.parse_args()
    if arguments.mode == "memory":
        tracemalloc.start()
    serve(measure(arguments))


if __name__ == "__main__":
    main()
