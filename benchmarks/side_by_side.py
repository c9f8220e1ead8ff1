"""The bridge beside zigbee2mqtt on one emulated stick. See README.md beside this file.

python -m benchmarks.side_by_side [--meters 10] [--rates 50 200 1000 0] [--seconds 10] [--runs 5]
                                  [--only sebridge] [--install]
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import nan
from pathlib import Path
from statistics import median
import tempfile
import time
from typing import Final

from benchmarks.ear import Ear
from benchmarks.plugs import Plug
from benchmarks.programs import Program, Sebridge, Zigbee2mqtt
from benchmarks.reports import broker
from benchmarks.rig import HOST, Process, Stick, until
from sebridge.simulator.modules.emulated import KINDS, XBEE, ZNP, Model
from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION, VERSIONS

IN_FLIGHT: Final = 8
_CLOSED: Final = 0.0  # the rate that means: so many reports are always on their way
_FIRST: Final = 100_000
ONLINE_WITHIN: Final = 90.0  # seconds
_AT_ONCE: Final = 8  # meters that join at the same time
_SET_UP_WITHIN: Final = 60.0  # seconds, for each meter
_SETTLING: Final = 5.0  # seconds after the last meter was set up
_LOST_AFTER: Final = 5.0  # seconds in which nothing comes any more
_LONGEST_DELAY: Final = 600.0  # seconds until all that is under way has come
CACHE: Final = Path.home() / ".cache" / "sebridge-bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one program did at one rate."""

    cpu: float  # milliseconds for 1,000 reports
    reached: float  # reports a second
    p50: float  # milliseconds from the stick to whoever hears the broker
    p99: float
    resident: float  # MiB
    lost: int


class Load:
    """Lets the plugs report, and notes when each report is heard of."""

    def __init__(self, stick: Stick, ear: Ear) -> None:
        self._stick = stick
        self._next = _FIRST
        self._sent: dict[int, float] = {}
        self._delays: list[float] = []
        self._last = 0.0
        self._refills = False
        ear.heard = self._heard

    def _heard(self, number: int, moment: float) -> None:
        sent = self._sent.pop(number, None)
        if sent is None:
            return
        self._delays.append(moment - sent)
        self._last = moment
        if self._refills:
            self._report()

    def _report(self) -> None:
        number = self._next
        self._next += 1
        self._sent[number] = time.perf_counter()
        self._stick.report(number)

    async def run(self, rate: float, seconds: float, process: Process) -> Row:
        """Let them report for so long, at a rate or as fast as it goes."""
        self._sent.clear()
        self._delays.clear()
        cpu, begin, first = process.cpu, time.perf_counter(), self._next
        self._last = begin
        await (self._at_rate(rate, seconds) if rate else self._closed_loop(seconds))
        await until(self._is_over, _LONGEST_DELAY)
        count, delays = self._next - first, sorted(self._delays)
        heard = len(delays)
        return Row(
            cpu=(process.cpu - cpu) * 1e6 / heard if heard else nan,
            reached=heard / (self._last - begin) if heard else 0.0,
            p50=delays[heard // 2] * 1000 if heard else nan,
            p99=delays[heard * 99 // 100] * 1000 if heard else nan,
            resident=process.resident,
            lost=count - heard,
        )

    def _is_over(self) -> bool:
        return not self._sent or time.perf_counter() - self._last > _LOST_AFTER

    async def _at_rate(self, rate: float, seconds: float) -> None:
        begin = time.perf_counter()
        for number in range(int(rate * seconds)):
            wait = begin + number / rate - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            self._report()

    async def _closed_loop(self, seconds: float) -> None:
        self._refills = True
        for _ in range(IN_FLIGHT):
            self._report()
        await asyncio.sleep(seconds)
        self._refills = False


def model(arguments: argparse.Namespace) -> Model:
    """Return which module is to be emulated."""
    return Model(arguments.stick, ezsp_version=arguments.ezsp_version)


async def measure(program: Program, arguments: argparse.Namespace) -> dict[float, Row]:
    """Start a program on a stick of its own, have all meters join, load it at each rate."""
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as port:
        async with Stick(model(arguments), arguments.meters) as stick:
            ear = Ear(HOST, port, program)
            process = Process(program, Path(name), broker=port, stick=stick)
            try:
                await asyncio.wait_for(ear.online.wait(), ONLINE_WITHIN)
                await set_up(program, stick, ear)
                print(f"{program.name}: {arguments.meters} meters are set up", flush=True)
                load, rows = Load(stick, ear), {}
                for rate in arguments.rates:
                    rows[rate] = await load.run(rate, arguments.seconds, process)
                    show(program.name, rate, rows[rate])
            except BaseException:
                print(f"{program.name} said at last: {process.said}", flush=True)
                raise
            finally:
                ear.close()
                await asyncio.to_thread(process.stop)  # it may still ask the stick
    return rows


async def set_up(program: Program, stick: Stick, ear: Ear) -> None:
    """Let the plugs join, some at a time, until each was asked for reports."""
    room = asyncio.Semaphore(_AT_ONCE)
    async with asyncio.TaskGroup() as joining:
        for plug in stick.plugs:
            joining.create_task(join(program, stick, ear, plug, room))
    await asyncio.sleep(_SETTLING)


async def join(
    program: Program, stick: Stick, ear: Ear, plug: Plug, room: asyncio.Semaphore
) -> None:
    """Let a plug join while the network is open, for which the program is asked if need be."""
    async with room:
        end = time.monotonic() + ONLINE_WITHIN
        while not stick.is_open and time.monotonic() < end:
            ear.say(*program.permit)
            await until(lambda: stick.is_open, 1)
        await plug.join()
        if not await until(lambda: plug.is_set_up, _SET_UP_WITHIN):
            raise TimeoutError(f"{plug.radio.address} was not set up")


# ------------------------------------------------------------------ what is printed


def show(name: str, rate: float, row: Row) -> None:
    """Print a line."""
    kind = f"{rate:g}/s" if rate else f"{IN_FLIGHT} in flight"
    print(
        f"  {name:<12} {kind:>12}: {row.cpu:6.0f} ms CPU for 1,000, {row.reached:6.0f}/s,"
        f" p50 {row.p50:6.2f} ms, p99 {row.p99:6.2f} ms, {row.resident:5.1f} MiB, lost {row.lost}",
        flush=True,
    )


def medians(rows: Sequence[Row]) -> Row:
    """Return the median of each figure by itself; of what was lost, all of it."""
    names = [field.name for field in fields(Row) if field.name != "lost"]
    found = {name: median(getattr(row, name) for row in rows) for name in names}
    return Row(**found, lost=sum(row.lost for row in rows))


def show_ratios(ours: dict[float, Row], theirs: dict[float, Row]) -> None:
    """Print how the bridge compares: below 1 is less than zigbee2mqtt."""
    print("\n| reports | CPU | reached | p50 | p99 | RSS |\n| --- | --: | --: | --: | --: | --: |")
    for rate, own in ours.items():
        other = theirs[rate]
        name = f"{rate:g}/s" if rate else f"{IN_FLIGHT} in flight"
        ratios = (
            getattr(own, key) / getattr(other, key)
            for key in ("cpu", "reached", "p50", "p99", "resident")
        )
        print(f"| {name} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, default=10)
    parser.add_argument("--rates", type=float, nargs="+", default=[50.0, 200.0, 1000.0, _CLOSED])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--only", choices=["sebridge", "zigbee2mqtt"])
    parser.add_argument("--stick", choices=KINDS, default=ZNP)
    parser.add_argument("--ezsp-version", type=int, choices=VERSIONS, default=USUAL_VERSION)
    parser.add_argument("--install", action="store_true", help="have npm fetch zigbee2mqtt first")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where zigbee2mqtt is")
    arguments = parser.parse_args()
    if arguments.stick == XBEE and arguments.only != Sebridge.name:
        parser.error("zigbee2mqtt has no driver for such an XBee: --only sebridge")
    other = Zigbee2mqtt(arguments.cache)
    if arguments.install:
        other.install(arguments.cache)
    programs: list[Program] = [Sebridge(), other]
    chosen = [one for one in programs if arguments.only in {None, one.name}]
    found: dict[str, list[dict[float, Row]]] = {one.name: [] for one in chosen}
    for run in range(arguments.runs):
        print(f"run {run + 1} of {arguments.runs}", flush=True)
        for program in chosen:
            found[program.name].append(asyncio.run(measure(program, arguments)))
    print("\nmedians:")
    table = {
        name: {rate: medians([run[rate] for run in runs]) for rate in arguments.rates}
        for name, runs in found.items()
    }
    for name, rows in table.items():
        for rate, row in rows.items():
            show(name, rate, row)
    if len(table) == len(programs):
        show_ratios(table["sebridge"], table["zigbee2mqtt"])


if __name__ == "__main__":
    main()
