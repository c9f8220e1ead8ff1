"""Setting up waits for its turn where another program installs packages, and tries npm twice."""

from collections.abc import Iterator
import fcntl
import os
from pathlib import Path
import shutil
import subprocess
from typing import Any

import pytest

from tests.patience import PATIENCE

PROJECT = Path(__file__).parents[1]
APT = PROJECT / "script" / "apt"


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


# ------------------------------------------------------------------ the packages of node


class Machine:
    """A copy of what fetches the packages, with an npm that fails as often as is said."""

    def __init__(self, directory: Path, failures: int) -> None:
        self._directory = directory
        for name in ("script/node_packages", "tests/node_packages/package.json"):
            (directory / name).parent.mkdir(parents=True)
            shutil.copy2(PROJECT / name, directory / name)
        self.lock = directory / "tests/node_packages/package-lock.json"
        self.lock.write_text("{}")
        self.calls = directory / "calls"
        self.calls.touch()
        npm = directory / "bin" / "npm"
        npm.parent.mkdir()
        npm.write_text(
            f'#!/bin/sh\necho "$1" >>{self.calls}\n[ "$(wc -l <{self.calls})" -gt {failures} ]\n'
        )
        npm.chmod(0o755)

    def fetch(self) -> int:
        """Return the exit status."""
        path = f"{self._directory / 'bin'}:{os.environ['PATH']}"
        script = self._directory / "script" / "node_packages"
        return subprocess.run([script], env=os.environ | {"PATH": path}, check=False).returncode


def test_packages_of_node_are_fetched_once_for_each_lock_file(tmp_path: Path) -> None:
    machine = Machine(tmp_path, failures=0)

    statuses = [machine.fetch(), machine.fetch()]
    machine.lock.write_text("{ }")
    statuses.append(machine.fetch())

    assert statuses == [0, 0, 0]
    assert machine.calls.read_text() == "ci\nci\n"


def test_npm_is_tried_twice(tmp_path: Path) -> None:
    machine = Machine(tmp_path, failures=1)

    assert machine.fetch() == 0
    assert machine.calls.read_text() == "ci\nci\n"


def test_what_npm_did_not_fetch_is_fetched_the_next_time(tmp_path: Path) -> None:
    machine = Machine(tmp_path, failures=2)

    assert machine.fetch() != 0
    assert machine.fetch() == 0
