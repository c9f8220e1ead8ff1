"""What a report of a meter takes, from the frame's octets to the packet for the broker.

python -m benchmarks.journey [--reports 400]

Prints the calls that Python counts for one report (cProfile, closed loop: twenty reports, and the
next twenty when the broker has acknowledged all; the fewest of three turns, as what the clock
brings in between only adds), and how many of them there are until its packets are made, where it
comes right behind others, which is the same on any machine; the messages that the broker
acknowledges for it; and the way of its reading: the files of the bridge on the stack between the
radio's taking of the frame and the writing of the packet. Topics of attributes, which are written
now and then, are left out.
"""

import argparse
from collections.abc import Iterator
import contextlib
import cProfile
from pathlib import Path
import pstats
import sys
import tempfile
from types import FrameType
from typing import Any, Final

from benchmarks.bridge_side import AT_ONCE, Deaf, Load, options_for, ready
from benchmarks.meters import settle
from benchmarks.reports import broker
from sebridge.app.process import Process
from sebridge.base.clock import SystemClock
from sebridge.cli.serving import serve
from sebridge.radio.ether_application import EtherApplication
from sebridge.radio.reception import Reception
from sebridge.transports.mqtt.link import Link

METERS: Final = 10
TURNS: Final = 3
_PACKAGE: Final = f"{Path(__file__).parents[1] / 'sebridge'}/"


def calls_of(profile: cProfile.Profile) -> int:
    """Return how many calls were counted, those of built-in functions among them."""
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # not in typeshed


async def profiled(bridge: Process, load: Load, reports: int) -> int:
    """Return the calls of so many reports, until the broker has acknowledged all of them."""
    with cProfile.Profile() as profile:
        for _ in range(reports // AT_ONCE):
            for _ in range(AT_ONCE):
                load.feed()
            await bridge.link._until_quiet()
    return calls_of(profile)


async def profiled_at_once(bridge: Process, load: Load) -> int:
    """Return the calls of one report, until its packets are made.

    It is the third of three that come together: the timers and the flush that serve several are set
    by then.
    """
    load.feed()
    load.feed()
    with cProfile.Profile() as profile:
        load.feed()
    await bridge.link._until_quiet()
    return calls_of(profile)


@contextlib.contextmanager
def way_of_the_reading(found: list[str]) -> Iterator[None]:
    """Note the files on the stack when the packet with the reading is made."""

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event != "call" or frame.f_code is not Link.show.__code__:
            return
        if not str(frame.f_locals["topic"]).endswith("/metering"):
            return
        above: FrameType | None = frame
        while above is not None:
            name = above.f_code.co_filename
            short = name.removeprefix(_PACKAGE)
            if name != short and short not in found:
                found.insert(0, short)
            above = None if above.f_code is Reception.take.__code__ else above.f_back

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


async def measure(port: int, directory: Path, reports: int) -> None:
    """Build the bridge, let its meters report, print what that took."""
    bridge = Process(
        options_for(port, directory, attribute_interval=3600), clock=SystemClock()
    )  # as on a real radio
    await bridge.start()
    meters = await settle(bridge, METERS)
    await ready(bridge, METERS)
    assert bridge.ether is not None
    coordinator = bridge.ether._nodes[0]
    assert isinstance(coordinator, EtherApplication)
    load = Load(coordinator, meters)
    await profiled(bridge, load, reports)  # what is made once is made now
    published = bridge.link.published
    calls = min([await profiled(bridge, load, reports) for _ in range(TURNS)])
    messages = bridge.link.published - published
    at_once = min([await profiled_at_once(bridge, load) for _ in range(METERS)])
    taker, coordinator.taker = coordinator.taker, Deaf()  # type: ignore[assignment]  # enough of one
    feeding = min([await profiled(bridge, load, reports) for _ in range(TURNS)])
    feeding_at_once = min([await profiled_at_once(bridge, load) for _ in range(METERS)])
    coordinator.taker = taker
    files: list[str] = []
    with way_of_the_reading(files):
        load.feed()
    await bridge.link._until_quiet()
    await bridge.stop()
    print(f"calls for one report: {(calls - feeding) / reports:.0f}")
    print(f"calls until its packets are made: {at_once - feeding_at_once}")
    print(f"messages for one report: {messages / TURNS / reports:.2f}")
    print(f"files on the way of its reading: {len(files)}: {', '.join(files)}")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=400)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as port:
        serve(measure(port, Path(name), arguments.reports))


if __name__ == "__main__":
    main()
