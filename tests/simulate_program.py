"""`sebridge simulate` as a process of its own."""

from collections.abc import Iterator
import contextlib
import os
from pathlib import Path
import subprocess
import sys

from tests.patience import PATIENCE


@contextlib.contextmanager
def simulating(*arguments: str, directory: Path) -> Iterator[list[str]]:
    """Run it in a directory; give what it says until it is there. It must end when it is told."""
    with subprocess.Popen(
        [sys.executable, "-m", "sebridge", "simulate", *arguments],
        cwd=directory,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as stick:
        assert stick.stdout is not None
        said: list[str] = []
        for line in stick.stdout:
            said.append(line.rstrip())
            if line.startswith("They "):
                break
        try:
            yield said
        finally:
            stick.terminate()
            status = stick.wait(PATIENCE)
    assert status == 0
