"""What a meter's report costs, from the radio's frame to MQTT. See README.md beside this file.

python -m benchmarks.reports [--meters 10 1000] [--rates 50 200 1000 0] [--seconds 10]
"""

import argparse
from array import array
from collections.abc import Iterator
import contextlib
from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
import sys
import tempfile
import time
from typing import Any, Final

from sebridge.transports.mqtt.broker import HOST, find_mosquitto, free_port

_METERING: Final = "sebridge/home/device/+/+/metering"
_CLOSED: Final = 0.0  # the rate that means: as fast as the broker acknowledges
_BARE_REPORTS: Final = 5000

_CONFIGURATION: Final = """\
listener {port} {host}
allow_anonymous true
max_inflight_messages 0
max_queued_messages 0
set_tcp_nodelay true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. Costs are milliseconds of CPU for 1,000 reports."""

    meters: int
    rate: float
    reached: float
    cost: float
    feeding: float
    messages: float
    rss_kib: int
    p50: float  # milliseconds from frame to watcher
    p99: float
    lost: int


@contextlib.contextmanager
def broker(directory: Path) -> Iterator[int]:
    """Run a mosquitto that keeps nothing; give its port."""
    port = free_port(0)
    file = directory / "mosquitto.conf"
    file.write_text(_CONFIGURATION.format(port=port, host=HOST))
    process = subprocess.Popen(
        [find_mosquitto(), "-c", file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(0.5)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def watcher(port: int, file: Path) -> Iterator[None]:
    """Let somebody else watch all readings; what they saw is in the file afterwards."""
    command = [sys.executable, "-m", "benchmarks.watcher", str(port), _METERING, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        time.sleep(0.5)  # for what is still on its way


def measure(meters: int, arguments: argparse.Namespace) -> list[Row]:
    """Load a bridge with so many meters at each rate."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with broker(directory) as port, watcher(port, directory / "seen"):
            command = [sys.executable, "-m", "benchmarks.bridge_side", str(meters)]
            command += [str(arguments.seconds), *(str(rate) for rate in arguments.rates)]
            command += ["--port", str(port), "--directory", str(directory)]
            command += ["--profile"] if arguments.profile else []
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        fed = pairs(directory / "fed")
        seen = pairs(directory / "seen")
    return [row(meters, one, fed, seen) for one in found]


def pairs(file: Path) -> dict[int, int]:
    """Return summation -> nanoseconds; the first of each."""
    numbers: array[int] = array("q")
    numbers.frombytes(file.read_bytes())
    found: dict[int, int] = {}
    for index in range(0, len(numbers), 2):
        found.setdefault(numbers[index], numbers[index + 1])
    return found


def row(meters: int, one: dict[str, Any], fed: dict[int, int], seen: dict[int, int]) -> Row:
    """Return a line of the table, from what the bridge and the watcher noted."""
    numbers = range(one["first"], one["last"] + 1)
    delays = sorted((seen[n] - fed[n]) / 1e6 for n in numbers if n in seen)
    return Row(
        meters=meters,
        rate=one["rate"],
        reached=one["reached"],
        cost=one["gross_ms"] - one["feeding_ms"],
        feeding=one["feeding_ms"],
        messages=one["messages"],
        rss_kib=one["rss_kib"],
        p50=delays[len(delays) // 2] if delays else float("nan"),
        p99=delays[len(delays) * 99 // 100] if delays else float("nan"),
        lost=len(numbers) - len(delays),
    )


def bare(count: int) -> float:
    """Return what a bare publish loop costs, in milliseconds of CPU for 1,000 reports."""
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as port:
        command = [sys.executable, "-m", "benchmarks.bare_paho", str(port), str(count)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def show(rows: list[Row], bare_cost: float) -> None:
    """Print the table and the ratios."""
    print("CPU: milliseconds for 1,000 reports, cheapest of three turns, feeding them not counted")
    print(
        f"{'meters':>6} {'rate/s':>7} {'reached':>8} {'CPU':>7} {'feeding':>8} {'RSS MiB':>8}"
        f" {'p50 ms':>7} {'p99 ms':>7} {'msgs':>5} {'lost':>5} {'of paho':>8}"
    )
    for one in rows:
        rate = "closed" if one.rate == _CLOSED else f"{one.rate:g}"
        print(
            f"{one.meters:>6} {rate:>7} {one.reached:>8.0f} {one.cost:>7.0f}"
            f" {one.feeding:>8.0f} {one.rss_kib / 1024:>8.1f} {one.p50:>7.2f} {one.p99:>7.2f}"
            f" {one.messages:>5.1f} {one.lost:>5} {one.cost / bare_cost:>8.2f}"
        )
    print(f"a bare paho publish loop of the same messages: {bare_cost:.0f} ms for 1,000 reports")
    growth(rows)


def growth(rows: list[Row]) -> None:
    """Print how the cost grows with the number of meters."""
    for rate in dict.fromkeys(one.rate for one in rows):
        same = [one for one in rows if one.rate == rate]
        few, many = same[0], same[-1]
        if few is not many:
            name = "closed loop" if rate == _CLOSED else f"{rate:g}/s"
            further = (many.rss_kib - few.rss_kib) / (many.meters - few.meters)
            print(
                f"{name}: from {few.meters} to {many.meters} meters CPU x"
                f" {many.cost / few.cost:.2f}, memory {further:.1f} KiB for each further one"
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, nargs="+", default=[10, 1000])
    parser.add_argument("--rates", type=float, nargs="+", default=[50.0, 200.0, 1000.0, _CLOSED])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    arguments = parser.parse_args()
    rows = [row for meters in arguments.meters for row in measure(meters, arguments)]
    show(rows, bare(_BARE_REPORTS))


if __name__ == "__main__":
    main()
