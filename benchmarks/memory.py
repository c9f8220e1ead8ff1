"""What a further device takes of the bridge's memory. See README.md beside this file.

python -m benchmarks.memory [--meters 50 300] [--lines 20]

Prints what lives after the meters were set up and have reported three times, for each meter beyond
the first so many: octets by file as `tracemalloc` counts them, the simulated meters and their air
left out, and resident memory. The meters come by thirties, and nothing waits to be written.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Sequence
import gc
import linecache
from pathlib import Path
import sys
import tempfile
import tracemalloc
from typing import Final

from benchmarks.bridge_side import Load, options_for, ready, resident_kib
from benchmarks.meters import settle
from benchmarks.reports import broker
from sebridge.app.process import Process
from sebridge.base.clock import SystemClock
from sebridge.cli.serving import serve
from sebridge.radio import duplicates
from sebridge.radio.ether_application import EtherApplication
from sebridge.transports.mqtt.packing import Packed

AT_ONCE: Final = 30
REPORTS: Final = 3  # of each meter
_INTERVAL: Final = 1.0  # seconds: of the topics of attributes, so that none of them waits
_ROOT: Final = Path(__file__).parents[1]
_SIMULATED: Final = (
    tracemalloc.__file__,
    str(_ROOT / "benchmarks" / "*"),
    str(_ROOT / "sebridge" / "radio" / "ether*"),
    str(_ROOT / "sebridge" / "radio" / "key_ring.py"),
)


async def grow(bridge: Process, load: Load, count: int) -> None:
    """Have so many meters, all of them set up, heard and written of."""
    while len(load.meters) < count:
        known = len(load.meters)
        load.meters += await settle(bridge, min(known + AT_ONCE, count), beyond=known)
        await ready(bridge, len(load.meters))
    for _ in range(REPORTS):
        for _ in load.meters:
            load.feed()
        await bridge.link._until_quiet()
        await asyncio.sleep(2 * _INTERVAL + duplicates.WINDOW)
    load.feed()  # what was heard before is no longer looked for
    await bridge.link._until_quiet()


def retained(bridge: Process) -> int:
    """Return the octets of what the bridge keeps because the broker does: topics and payloads."""
    kept = bridge.link._flow._retained._payloads
    packed = [payload.octets for payload in kept.values() if isinstance(payload, Packed)]
    whole = [payload for payload in kept.values() if not isinstance(payload, Packed)]
    return sum(map(sys.getsizeof, [*kept, *packed, *whole]))


def taken() -> tracemalloc.Snapshot:
    """Return what lives now, of the bridge alone."""
    gc.collect()
    left_out = [tracemalloc.Filter(inclusive=False, filename_pattern=name) for name in _SIMULATED]
    return tracemalloc.take_snapshot().filter_traces(left_out)


async def measure(port: int, directory: Path, meters: Sequence[int], lines: int) -> None:
    """Build the bridge, let meters come, print what the later ones took."""
    bridge = Process(
        options_for(port, directory, attribute_interval=_INTERVAL), clock=SystemClock()
    )
    await bridge.start()
    assert bridge.ether is not None
    coordinator = bridge.ether._nodes[0]
    assert isinstance(coordinator, EtherApplication)
    load = Load(coordinator, [])
    few, many = meters
    await grow(bridge, load, few)
    before, resident = taken(), resident_kib()
    await grow(bridge, load, many)
    resident = resident_kib() - resident
    show(taken().compare_to(before, "lineno"), many - few, lines)
    print(f"{resident / (many - few):8.1f} KiB of resident memory, that of the measuring included")
    await bridge.stop()


def show(differences: Sequence[tracemalloc.StatisticDiff], count: int, lines: int) -> None:
    """Print what each of so many meters took."""
    by_file: Counter[str] = Counter()
    for one in differences:
        by_file[_name(one)] += one.size_diff
    for name, size in by_file.most_common():
        if size / count >= 1:
            print(f"{size / count:8.0f} {name}")
    print(f"{sum(by_file.values()) / count:8.0f} octets for each further meter")
    for one in sorted(differences, key=lambda one: -one.size_diff)[:lines]:
        frame = one.traceback[0]
        code = linecache.getline(frame.filename, frame.lineno).strip()
        print(f"{one.size_diff / count:8.0f} {_name(one)}:{frame.lineno}: {code}")


def _name(difference: tracemalloc.StatisticDiff) -> str:
    return difference.traceback[0].filename.removeprefix(f"{_ROOT}/")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, nargs=2, default=[50, 300])
    parser.add_argument("--lines", type=int, default=0, help="so many lines of code, too")
    arguments = parser.parse_args()
    tracemalloc.start()
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as port:
        serve(measure(port, Path(name), arguments.meters, arguments.lines))


if __name__ == "__main__":
    main()
