"""The bridge under load, in a process of its own, which measures itself.

Run as `python -m benchmarks.bridge_side METERS SECONDS RATE... --port PORT --directory DIRECTORY`;
prints one JSON object for each rate. A rate of 0 is the closed loop: twenty reports, and the next
twenty when the broker has acknowledged all that came of them.
"""

import argparse
from array import array
import asyncio
from collections.abc import Awaitable, Callable, Iterator
import contextlib
import cProfile
import gc
import json
from pathlib import Path
import pstats
import sys
import time
from typing import Any, Final, NamedTuple

from benchmarks.meters import Meter, settle
from sebridge.app.process import Process
import sebridge.cli.run  # as the installed program has it in memory
from sebridge.cli.serving import serve
from sebridge.radio.ether_application import EtherApplication
from sebridge.radio.heard import Heard
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import (
    MqttOptions,
    Options,
    OutboxOptions,
    SecurityOptions,
    StorageOptions,
)
from sebridge.settings.simulator_options import AirOptions, SimulatorOptions

AT_ONCE: Final = 20  # reports of the closed loop: as many as mosquitto takes at a time
TURNS: Final = 3
_PATIENCE: Final = 120.0  # seconds to set up the reports of all meters
_WARM_UP: Final = 0.5  # seconds at the same rate that are not counted
_FIRST_SUMMATION: Final = 1_000_000


class Deaf:
    """In the place of the bridge: hears reports and drops them, to learn what feeding costs."""

    def take(self, heard: Heard) -> None:
        """Drop a frame."""


def resident_kib() -> int:
    """Return the resident memory of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


class Load:
    """Reports of many meters in turn; each has a summation of its own, by which it is found."""

    def __init__(self, coordinator: EtherApplication, meters: list[Meter]) -> None:
        self.coordinator = coordinator
        self.fed: array[int] = array("q")  # pairs: summation, nanoseconds
        self.meters = meters
        self._number = 0

    def feed(self) -> None:
        """Let the next meter report."""
        number = self._number = self._number + 1
        summation = _FIRST_SUMMATION + number
        meter = self.meters[number % len(self.meters)]
        frame = meter.report(number, summation, 400 + number % 100)
        self.fed.append(summation)
        self.fed.append(time.monotonic_ns())
        self.coordinator.hear(frame, 200, -60)

    async def at_rate(self, rate: float, seconds: float) -> int:
        """Feed evenly; return how many."""
        begin, count = time.monotonic(), int(rate * seconds)
        for number in range(count):
            wait = begin + number / rate - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            self.feed()
        return count

    async def closed_loop(self, seconds: float, quiet: Callable[[], Awaitable[object]]) -> int:
        """Feed as fast as the broker acknowledges; return how many."""
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            for _ in range(AT_ONCE):
                self.feed()
            count += AT_ONCE
            await quiet()
        return count


def options_for(port: int, directory: Path, attribute_interval: float = 10.0) -> Options:
    """Return the configuration: an air without meters of its own, and everything switched on."""
    return Options(
        registry={"ZCL_Cluster.most_reports": 1_000_000},  # a few meters have to do for a building
        mqtt=MqttOptions(
            broker=BrokerAddress(host="127.0.0.1"),
            port=port,
            attribute_interval=attribute_interval,
            outbox=OutboxOptions(max_messages=1_000_000),
        ),
        # the meters here have no certificates: what is measured comes after joining
        security=SecurityOptions(require_key_establishment=False),
        storage=StorageOptions(path=directory / "sebridge.db"),
        simulator=SimulatorOptions(air=AirOptions(delay=0.0)),
    )


async def measure(arguments: argparse.Namespace) -> None:
    """Build the bridge, load it at each rate, print what it cost."""
    bridge = Process(options_for(arguments.port, arguments.directory))
    await bridge.start()
    before = resident_kib()
    meters = await settle(bridge, arguments.meters)
    await ready(bridge, len(meters))
    assert bridge.ether is not None
    coordinator = bridge.ether._nodes[0]
    assert isinstance(coordinator, EtherApplication)
    load = Load(coordinator, meters)
    idle_kib = resident_kib()
    for rate in arguments.rates:
        found = await one_rate(bridge, load, rate, arguments)
        print(json.dumps(found | {"idle_kib": idle_kib, "empty_kib": before}), flush=True)
    (arguments.directory / "fed").write_bytes(load.fed.tobytes())
    await bridge.stop()


async def ready(bridge: Process, count: int) -> None:
    """Wait until the reports of all meters are set up and the broker has everything."""
    end = time.monotonic() + _PATIENCE
    while set_up(bridge) < count or not bridge.link.connected:  # nobody tells
        await asyncio.sleep(0.1)
        assert time.monotonic() < end, f"only {set_up(bridge)} of {count} meters are set up"
    await bridge.link._until_quiet()


def set_up(bridge: Process) -> int:
    """Return how many meters have been asked for their reports."""
    expected = bridge.gateway.reporting.expectations
    return len({key.pairing.peer for key, expectation in expected if expectation.own})


async def one_rate(
    bridge: Process, load: Load, rate: float, arguments: argparse.Namespace
) -> dict[str, Any]:
    """Load the bridge, then feed the same to nobody; of several turns the cheapest counts.

    Other programs on the machine can only make a turn dearer, mostly by emptying the caches.
    """
    seconds = arguments.seconds / TURNS
    await run(bridge, load, rate, _WARM_UP)
    gc.collect()
    first, published = len(load.fed), bridge.link.published
    with profiled(arguments.profile):
        turns = [await run(bridge, load, rate, seconds) for _ in range(TURNS)]
    measured, sent = load.fed[first:], bridge.link.published - published
    taker, load.coordinator.taker = load.coordinator.taker, Deaf()  # type: ignore[assignment]  # enough of one
    feeding = [await run(bridge, load, rate, seconds) for _ in range(TURNS)]
    load.coordinator.taker = taker
    return {
        "rate": rate,
        "reached": max(turn.reached for turn in turns),
        "gross_ms": min(turn.cost for turn in turns),
        "feeding_ms": min(turn.cost for turn in feeding),
        "messages": sent / sum(turn.reports for turn in turns),
        "rss_kib": resident_kib(),
        "first": measured[0],
        "last": measured[-2],
    }


class Turn(NamedTuple):
    """One run: how many reports, milliseconds of CPU for 1,000, and reports per second."""

    reports: int
    cost: float
    reached: float


async def run(bridge: Process, load: Load, rate: float, seconds: float) -> Turn:
    """Feed at a rate, or as fast as it goes, until the broker has acknowledged everything."""
    quiet = bridge.link._until_quiet
    begin, cpu = time.monotonic(), time.process_time()
    if rate:
        count = await load.at_rate(rate, seconds)
    else:
        count = await load.closed_loop(seconds, quiet)
    await quiet()
    elapsed = time.monotonic() - begin
    return Turn(count, (time.process_time() - cpu) * 1e6 / count, count / elapsed)


@contextlib.contextmanager
def profiled(wanted: bool) -> Iterator[None]:  # noqa: FBT001  # what the command line says
    """Print where the time goes, if that is wanted."""
    if not wanted:
        yield
        return
    with cProfile.Profile() as profile:
        yield
    pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(70)


def main() -> None:
    """Measure what the command line asks for."""
    assert sebridge.cli.run is not None
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("meters", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("rates", type=float, nargs="+")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--profile", action="store_true")
    serve(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
