"""What a bridge costs with nothing to do. See README.md beside this file.

python -m benchmarks.idle [--seconds 60]

Each is `sebridge run` on the simulated air in a process of its own, behind a real mosquitto. CPU is
that of all its threads. Wake-ups are counted by the kernel, where the main thread gave the
processor away by itself: the event loop began to wait.
"""

import argparse
from collections.abc import Iterator
import contextlib
import os
from pathlib import Path
import subprocess
import tempfile
import time
from typing import Final

from benchmarks.reports import broker
from benchmarks.start import CONFIGURATION, started

_SETTLING: Final = 20.0  # seconds until all devices have joined and all is published

_HTTP: Final = "http: true\n"
_METERS: Final = "simulator:\n  devices:\n" + "".join(
    f"    - {{kind: meter, name: Meter {number}, eui64: '00:0d:6f:00:0a:00:00:{number:02x}'}}\n"
    for number in range(10)
)
_BRIDGES: Final = {
    "no devices": "",
    "no devices, HTTP": _HTTP,
    "10 simulated meters": _METERS,
}


@contextlib.contextmanager
def bridge(directory: Path, further: str) -> Iterator[int]:
    """Run a bridge that has settled; give its process id.

    It is started twice: what is made once, such as certificates, is there at the second time.
    """
    with broker(directory) as port:
        configuration = directory / "config.yaml"
        configuration.write_text(CONFIGURATION.format(port=port) + further)
        for is_measured in (False, True):
            process = started(configuration)
            time.sleep(_SETTLING)
            if is_measured:
                yield process.pid
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a bridge."""
    process.terminate()
    process.wait()


def cpu(pid: int) -> float:
    """Return the processor time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def status(pid: int, name: str) -> int:
    """Return a number of what the kernel says of the main thread."""
    lines = Path(f"/proc/{pid}/task/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    print(f"{'':<22}{'wake-ups/min':>13}{'CPU ms/min':>12}{'% of a core':>12}{'RSS MiB':>9}")
    for name, further in _BRIDGES.items():
        with tempfile.TemporaryDirectory() as directory, bridge(Path(directory), further) as pid:
            wakes, seconds = status(pid, "voluntary"), cpu(pid)
            time.sleep(arguments.seconds)
            wakes, seconds = status(pid, "voluntary") - wakes, cpu(pid) - seconds
            resident = status(pid, "VmRSS") / 1024
        per_minute, share = 60 / arguments.seconds, seconds / arguments.seconds
        print(
            f"{name:<22}{wakes * per_minute:>13.0f}{seconds * per_minute * 1000:>12.0f}"
            f"{share:>12.2%}{resident:>9.1f}"
        )


if __name__ == "__main__":
    main()
