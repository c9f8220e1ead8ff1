"""What it takes to hear a report: from octets on the line of a stick to who listens to the radio.

    python -m benchmarks.reception [--frames 2000]

For each kind of radio both ways: through all of its library, and by the fast lane. One frame for
each reading of the line. Columns: microseconds for one report (the best of some turns), and the
calls that Python counts for it (cProfile; those of built-in functions among them).
"""

import argparse
import asyncio
from collections.abc import Callable, Sequence
import cProfile
import gc
import time
from typing import Any, Final, NamedTuple

from typing_extensions import override

from benchmarks.journey import calls_of
from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock
from sebridge.radio.address_book import AddressBook
from sebridge.radio.frame_recorder import FrameRecorder
from sebridge.radio.radio import Incoming
from sebridge.radio.reception import Reception
from sebridge.radio.transmitter import RadioCounters
from sebridge.radio.zdo_server import ZdoServer, node_descriptor
from sebridge.zcl.zdo import LogicalType
from tests.radio.ezsp import bench as ezsp_bench
from tests.radio.lane_bench import LaneBench
from tests.radio.simulated_air import METER, Ears
from tests.radio.xbee import bench as xbee_bench
from tests.radio.znp import bench as znp_bench

METERS: Final = 10
TURNS: Final = 5


class Radio(NamedTuple):
    """The library of a radio, and a report on its line: of which meter, with what, as which."""

    name: str
    bench: Callable[[], LaneBench[Any]]
    report: Callable[[int, bytes, int], bytes]


def _of_xbee(meter: int, data: bytes, _number: int) -> bytes:
    return xbee_bench.framed(xbee_bench.explicit(METER + meter, _nwk(meter), data=data))


def _of_ezsp(version: int) -> Radio:
    def report(meter: int, data: bytes, number: int) -> bytes:
        content = ezsp_bench.message(version, sender=_nwk(meter), message=data)
        return ezsp_bench.framed(content, number % 8)

    return Radio(f"EZSP {version}", lambda: ezsp_bench.ezsp_bench(version), report)


RADIOS: Final = (
    Radio("ZNP", znp_bench.znp_bench, lambda m, d, _: znp_bench.message(SrcAddr=_nwk(m), Data=d)),
    _of_ezsp(8),
    _of_ezsp(13),
    _of_ezsp(14),
    Radio("XBee", xbee_bench.xbee_bench, _of_xbee),
)


def _nwk(meter: int) -> int:
    return 0x1001 + meter


def octets_of(radio: Radio, frames: int) -> list[bytes]:
    """Return reports of two attributes, summation and demand, on the line."""
    return [radio.report(number % METERS, _report(number), number) for number in range(frames)]


def _report(number: int) -> bytes:
    head, summation = bytes((0x18, number % 256, 0x0A)), number.to_bytes(6, "little")
    return head + b"\x00\x00\x25" + summation + b"\x00\x04\x2a\x90\x01\x00"


class Counting(Ears):
    """Counts what comes through, and keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    @override
    def received(self, frame: Incoming) -> None:
        self.count += 1


def listening(radio: Radio, *, fast: bool) -> tuple[LaneBench[Any], Counting]:
    """Return the radio's library with the bridge behind it, which knows all meters."""
    bench, ears = radio.bench(), Counting()
    clock = SystemClock()
    recorder = FrameRecorder(clock)
    reception = Reception(bench.application, AddressBook(), RadioCounters(), recorder, clock)
    bench.application.taker = reception
    for meter in range(METERS):
        reception.remember(Eui64(METER + meter), _nwk(meter), stays=True)
    zdo = ZdoServer(Eui64(1), [], node_descriptor(LogicalType.COORDINATOR), {}, 0)
    reception.open(ears, zdo)
    return (bench.open() if fast else bench), ears


def reading(radio: Radio, line: Sequence[bytes], *, fast: bool) -> Callable[[], None]:
    """Return what lets a library that nobody used yet read the line, frame by frame."""
    bench, ears = listening(radio, fast=fast)
    read = bench.line.data_received

    def read_all() -> None:
        for octets in line:
            read(octets)
        assert ears.count == len(line), f"{ears.count} of {len(line)} came through"

    return read_all


def calls(work: Callable[[], None]) -> int:
    """Return how many calls of functions something takes."""
    with cProfile.Profile() as profile:
        work()
    return calls_of(profile)


def seconds(work: Callable[[], None]) -> float:
    """Return how long something takes."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


async def table(frames: int) -> None:
    """Print a line for each radio; both ways take turns, so that other programs disturb both."""
    print("| radio | library: µs | calls | fast lane: µs | calls | times |")
    print("| --- | --: | --: | --: | --: | --: |")
    for radio in RADIOS:
        line = octets_of(radio, frames)
        counted = [calls(reading(radio, line, fast=fast)) / frames for fast in (False, True)]
        turns = [
            [seconds(reading(radio, line, fast=fast)) for fast in (False, True)]
            for _ in range(TURNS)
        ]
        slow, fast = (min(times) / frames * 1e6 for times in zip(*turns, strict=True))
        print(
            f"| {radio.name} | {slow:.1f} | {counted[0]:.0f} | {fast:.1f} | {counted[1]:.0f} |"
            f" {slow / fast:.0f} |"
        )


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=2000)
    asyncio.run(table(parser.parse_args().frames))


if __name__ == "__main__":
    main()
