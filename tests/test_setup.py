"""Setting up waits for its turn where another program installs packages."""

from collections.abc import Iterator
import fcntl
from pathlib import Path
import subprocess
from typing import Any

import pytest

from tests.patience import PATIENCE

APT = Path(__file__).parents[1] / "script" / "apt"


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """Return a directory in the place of apt's own lists of packages."""
    (tmp_path / "partial").mkdir()
    return tmp_path


@pytest.fixture
def updating(lists: Path) -> Iterator[subprocess.Popen[str]]:
    """Update no source at all while another program has the lock."""
    with (lists / "lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        with apt("update", f"-oDir::State::lists={lists}") as process:
            yield process


def apt(*arguments: str) -> subprocess.Popen[str]:
    nowhere = ("-oDir::Etc::sourcelist=/dev/null", "-oDir::Etc::sourceparts=/dev/null")
    command: list[Any] = [APT, *nowhere, *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def test_a_lock_of_another_program_is_waited_for(
    updating: subprocess.Popen[str], lists: Path
) -> None:
    assert updating.stderr is not None
    assert updating.stderr.readline().startswith("apt is in use by another program; waiting")
    assert updating.poll() is None

    (lists / "lock").unlink()  # as if it had been let go

    assert updating.wait(PATIENCE) == 0
    assert updating.stderr.read() == ""


def test_what_is_wrong_otherwise_is_told_at_once() -> None:
    with apt("install", "no-such-package-anywhere") as process:
        assert process.stderr is not None

        assert process.wait(PATIENCE) == 1
        assert "no-such-package-anywhere" in process.stderr.read()
