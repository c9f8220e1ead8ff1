"""A program ends with its parent."""

from collections.abc import Iterator
import ctypes
import os
from pathlib import Path
import subprocess
import sys

import pytest

from sebridge.base import parent_death
from tests.patience import PATIENCE, eventually

PROGRAM = str(parent_death.__file__)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_program_runs_in_the_same_process_with_its_arguments() -> None:
    command = [sys.executable, PROGRAM, str(os.getpid()), "/bin/sh", "-c", "echo $$ $0", "argument"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        output, _ = program.communicate(timeout=PATIENCE)

    assert output.split() == [str(program.pid), "argument"]


def test_the_program_ends_when_its_parent_is_killed() -> None:
    script = (
        "import os, subprocess, sys, time;"
        f"command = [sys.executable, {PROGRAM!r}, str(os.getpid()), '/bin/sleep', '60'];"
        "p = subprocess.Popen(command);"
        "print(p.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        eventually(lambda: Path(f"/proc/{pid}/comm").read_text().strip() == "sleep")
        parent.kill()
        parent.wait()

    eventually(lambda: not is_alive(pid))


def test_the_program_does_not_begin_when_its_parent_is_gone() -> None:
    somebody_else = str(os.getpid() + 1)

    done = subprocess.run(
        [sys.executable, PROGRAM, somebody_else, "/bin/echo", "never"],
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert "the parent is gone already" in done.stderr


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """Return what this process would have become; it does not end with its parent afterwards."""
    told: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _path, command: told.append(command))
    yield told
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # PR_SET_PDEATHSIG


def test_the_program_gets_its_arguments(became: list[list[str]]) -> None:
    parent_death.main([str(os.getppid()), "/bin/echo", "well"])

    assert became == [["/bin/echo", "well"]]


def test_where_the_parent_is_another_by_now_nothing_is_begun(became: list[list[str]]) -> None:
    with pytest.raises(SystemExit, match="gone already"):
        parent_death.main([str(os.getpid()), "/bin/echo"])

    assert became == []
