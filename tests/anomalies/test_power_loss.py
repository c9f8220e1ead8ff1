"""The database when the process is killed, the power fails, or the disk refuses."""

import asyncio
from collections.abc import Iterator
import contextlib
from pathlib import Path
import resource
import shutil
import signal
import subprocess
import sys

import pytest

from sebridge.base.clock import SystemClock
from sebridge.base.errors import StorageError
from sebridge.storage.database import Database

WRITER = """
import asyncio, pathlib, sys
from sebridge.base.clock import SystemClock
from sebridge.storage.database import Database

async def main():
    database = Database(pathlib.Path(sys.argv[1]), SystemClock())
    await database.open()
    events = database.collection("events", int, str)
    for number in range(1_000_000):
        events[number] = "event " * 20
        await database.flush()
        print("committed", number, flush=True)

asyncio.run(main())
"""


async def read(path: Path) -> dict[int, str]:
    database = Database(path, SystemClock())
    await database.open()
    found = dict(database.collection("events", int, str))
    await database.close()
    return found


def test_what_was_flushed_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "sebridge.db"

    for start in (0, 40):  # the second time on what the first one left behind
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            committed = -1
            for line in child.stdout:
                committed = int(line.split()[1])
                if committed == start + 40:
                    child.send_signal(signal.SIGKILL)
        found = asyncio.run(read(path))

        assert committed >= start + 40
        assert set(range(committed + 1)) <= set(found)
        assert child.returncode == -signal.SIGKILL


async def test_a_power_cut_between_two_writes_keeps_the_first(tmp_path: Path) -> None:
    path = tmp_path / "live" / "sebridge.db"
    database = Database(path, SystemClock())
    await database.open()
    events = database.collection("events", int, str)

    for number in range(20):
        events[number] = f"event {number}"
        await database.flush()
        # what a disk holds when the power fails right now
        await asyncio.to_thread(shutil.copytree, path.parent, tmp_path / f"cut{number}")
    await database.close()

    for number in range(20):
        after = await read(tmp_path / f"cut{number}" / "sebridge.db")
        assert after == {earlier: f"event {earlier}" for earlier in range(number + 1)}


async def test_a_power_cut_in_the_middle_of_a_write_leaves_no_half_of_it(tmp_path: Path) -> None:
    path = tmp_path / "live" / "sebridge.db"
    database = Database(path, SystemClock())
    await database.open()
    events = database.collection("events", int, str)
    events.update(dict.fromkeys(range(50), "first" * 100))
    await database.flush()
    first = path.with_name("sebridge.db-wal").stat().st_size
    events.update(dict.fromkeys(range(100), "second" * 100))
    await database.flush()
    copy = tmp_path / "cut"
    await asyncio.to_thread(shutil.copytree, path.parent, copy)
    await database.close()
    log = (copy / "sebridge.db-wal").read_bytes()

    for length in range(first, len(log) - 1, max((len(log) - first) // 7, 1)):
        (copy / "sebridge.db-wal").write_bytes(log[:length])
        half = tmp_path / f"half{length}"
        await asyncio.to_thread(shutil.copytree, copy, half)

        assert await read(half / "sebridge.db") == dict.fromkeys(range(50), "first" * 100)


@contextlib.contextmanager
def no_file_longer_than(octets: int) -> Iterator[None]:
    """Make the operating system refuse to write, as a failing or full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_that_refuses_is_heard_of_and_everything_is_written_later(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sebridge.db"
    database = Database(path, SystemClock())
    await database.open()
    events = database.collection("events", int, str)
    events[0] = "before"
    await database.flush()
    room = path.with_name("sebridge.db-wal").stat().st_size

    with no_file_longer_than(room + 2000):
        events[1] = "x" * 50_000
        with pytest.raises(StorageError, match="cannot be written"):
            await database.flush()
        assert not database.writable
        assert events[1] == "x" * 50_000
    events[2] = "after"
    await database.flush()

    assert database.writable
    await database.close()
    assert await read(path) == {0: "before", 1: "x" * 50_000, 2: "after"}
