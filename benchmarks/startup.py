"""How long a subcommand takes before it does anything: what its imports cost.

python -m benchmarks.startup [--turns 5]

Each row is the processor time, user and system, of a whole process: the median of some turns. Of
those that need a broker or run on, it is the process that prints their help: it imports the same.
"""

import argparse
import os
from pathlib import Path
import statistics
import subprocess
import sys
import tempfile
from typing import Final

from sebridge.cli.main import main as sebridge

_PROGRAM: Final = Path(sys.executable).with_name("sebridge")
_PYTHON: Final = (sys.executable, "-c", "pass")
_CALLS: Final = (
    ("--version",),
    ("--help",),
    ("completion", "bash"),
    ("decode", "0x0109", "0x0700", "01070001"),
    ("check-config", "-c", "config.yaml"),
    ("token", "dashboard"),
)


def cost(*command: str, directory: str) -> float:
    """Return the processor seconds of a program."""
    process = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def commands() -> list[tuple[str, ...]]:
    """Return what is measured: these calls, and the help of every other subcommand."""
    called = {call[0] for call in _CALLS}
    others = [(name, "--help") for name in sebridge.commands if name not in called]
    return [_PYTHON, *((str(_PROGRAM), *call) for call in (*_CALLS, *others))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    turns: int = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "config.yaml").touch()
        for command in commands():
            times = [cost(*command, directory=directory) for _ in range(turns)]
            shown = " ".join(("python" if command is _PYTHON else "sebridge", *command[1:]))
            print(f"{statistics.median(times):6.3f}  {shown}", flush=True)


if __name__ == "__main__":
    main()
