"""A building of 2,000 devices, and what grows with their number. See README.md beside this file.

python -m benchmarks.building [--meters 20 200 2000] [--seconds 10] [--memory]
"""

import argparse
from collections.abc import Sequence
import json
from pathlib import Path
import subprocess
import sys
import tempfile
from typing import Any, Final

from benchmarks.reports import broker

_MODES: Final = ("live", "storm", "start")
_FIGURES: Final = {
    "interviewed": "virtual s until all have joined and told what they are",
    "reporting": "virtual s until reports of all are set up",
    "settling_cpu": "CPU s for both, the simulated devices included",
    "busiest": "frames of the gateway in the busiest of these seconds",
    "resident": "KiB resident for each, the simulated device included",
    "memory": "octets that live for each, retained topics and payloads included",
    "retained": "octets of these in retained topics and payloads",
    "report": "CPU ms for 1,000 reports",
    "report_dropping": "the same while 5 % drop and return in a minute",
    "death": "virtual s until a device is offline that died without a word",
    "lost": "frames of the devices that never arrived",
    "storm": "virtual s after a power cut of all until all are online",
    "storm_reporting": "virtual s until nothing more is asked of them",
    "storm_cpu": "CPU s for both",
    "storm_busiest": "frames of the gateway in the busiest of these seconds",
    "ready": "s from opening the database until the broker has everything",
    "ready_cpu": "CPU s of these",
    "online": "s until all known devices are online, on an air without delay",
    "online_cpu": "CPU s of these",
}


def measure(meters: int, seconds: float, *, memory: bool) -> dict[str, Any]:
    """Return what a building of so many meters costs, in octets for each where it is memory."""
    found = _run(_MODES, meters, seconds)
    if memory:
        lives = _run(("memory",), meters, seconds)
        found |= {name: octets / meters for name, octets in lives.items()}
    return found


def _run(modes: Sequence[str], meters: int, seconds: float) -> dict[str, Any]:
    """Run each in a process of its own, on what those before it have left."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as port:
        for mode in modes:
            command = [sys.executable, "-m", "benchmarks.building_side", mode, str(meters)]
            command += ["--seconds", str(seconds), "--port", str(port), "--directory", name]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            found |= json.loads(done.stdout)
    return found


def show(sizes: Sequence[int], found: Sequence[dict[str, Any]]) -> None:
    """Print a line for each figure, with how it grows from the first size to the last."""
    print("".join(f"{size:>10}" for size in sizes) + f"{'growth':>9}  meters")
    for name, meaning in _FIGURES.items():
        values = [one[name] for one in found if name in one]
        if values:
            growth = f"x{values[-1] / values[0]:.2f}" if values[0] else ""
            numbers = "".join(f"{value:>10.2f}" for value in values)
            print(f"{numbers}{growth:>9}  {meaning}")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, nargs="+", default=[20, 200, 2000])
    parser.add_argument("--seconds", type=float, default=10.0, help="virtual, of each turn")
    parser.add_argument("--memory", action="store_true", help="count what lives, too")
    arguments = parser.parse_args()
    found = [
        measure(meters, arguments.seconds, memory=arguments.memory) for meters in arguments.meters
    ]
    show(arguments.meters, found)


if __name__ == "__main__":
    main()
