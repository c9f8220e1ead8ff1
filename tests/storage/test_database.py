"""Write-behind: what is written when, what is not, and what is heard when the disk refuses."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
import logging
from pathlib import Path
import sqlite3
import tempfile

from hypothesis import given, strategies as st
import pytest
from typing_extensions import override

from sebridge.base.clock import SystemClock, Timer, VirtualClock
from sebridge.base.errors import StorageError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.storage.collection import Collection
from sebridge.storage.database import Database
from sebridge.storage.signals import StorageChanged
from tests.examples import fewer_examples
from tests.patience import until
from tests.storage.disk import Disk


@dataclass(frozen=True, slots=True)
class Meter:
    name: str
    key: Secret


def on_disk(path: Path) -> dict[tuple[str, str], str]:
    """Read the file as another program would, once the bridge has let it go."""
    connection = sqlite3.connect(path)
    rows = {
        (row[0], row[1]): row[2]
        for row in connection.execute("SELECT collection, key, value FROM entry")
    }
    connection.close()
    return rows


async def reopened(database: Database, path: Path) -> Database:
    await database.close()
    again = Database(path, SystemClock())
    await again.open()
    return again


class Noting(VirtualClock):
    """A virtual clock that remembers for how long it was to wait, and how often it called back."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.called = 0

    @override
    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        def call() -> None:
            self.called += 1
            callback()

        self.waits.append(seconds)
        return super().call_later(seconds, call)


async def test_what_was_set_is_there_after_a_restart(database: Database, path: Path) -> None:
    meters = database.collection("meters", int, Meter)
    meters[1] = Meter("Main", Secret(b"\x01\x02"))
    meters[2] = Meter("Gas", Secret(b"\x03"))
    database.collection("switches", str, bool)["lamp"] = True

    again = await reopened(database, path)

    assert dict(again.collection("meters", int, Meter)) == {
        1: Meter("Main", Secret(b"\x01\x02")),
        2: Meter("Gas", Secret(b"\x03")),
    }
    assert dict(again.collection("switches", str, bool)) == {"lamp": True}
    await again.close()


async def test_a_deleted_entry_is_gone_after_a_restart(database: Database, path: Path) -> None:
    things = database.collection("things", int, int)
    things.update({1: 1, 2: 2})
    await database.flush()
    del things[1]

    await database.close()

    assert on_disk(path) == {("things", "2"): "2"}


async def test_a_flush_with_nothing_to_write_does_nothing(database: Database) -> None:
    things = database.collection("things", int, int)
    things[1] = 1
    await database.flush()

    things[1] = 1
    await database.flush()

    assert database.commits == 1
    assert database.pending == 0


async def test_flushes_at_the_same_time_share_a_commit(database: Database) -> None:
    things = database.collection("things", int, int)

    async def add(number: int) -> None:
        things[number] = number
        await database.flush()

    await asyncio.gather(*(add(number) for number in range(100)))

    assert database.commits == 1


async def test_what_is_set_during_a_commit_is_in_the_next(
    database: Database, path: Path, disk: Disk
) -> None:
    things = database.collection("things", int, int)
    things[1] = 1
    disk.hold()
    first = asyncio.ensure_future(database.flush())
    await until(lambda: disk.held_up)

    things[2] = 2
    del things[1]
    things[3] = 3
    del things[3]
    assert database.pending == 2
    disk.go_on()
    await asyncio.gather(first, database.flush(), database.flush())

    assert database.commits == 2
    await database.close()
    assert on_disk(path) == {("things", "2"): "2"}


async def test_a_flush_that_is_cancelled_does_not_stop_the_commit(database: Database) -> None:
    things = database.collection("things", int, int)
    things[1] = 1
    waiting = asyncio.ensure_future(database.flush())
    await asyncio.sleep(0)

    waiting.cancel()

    await until(lambda: database.commits == 1)


async def test_a_commit_that_is_cancelled_is_done_again(
    database: Database, path: Path, disk: Disk
) -> None:
    things = database.collection("things", int, int)
    things[1] = 1
    disk.hold()
    waiting = asyncio.ensure_future(database.flush())
    await until(lambda: disk.held_up)
    (commit,) = (task for task in asyncio.all_tasks() if task.get_name() == "Database: commit")

    commit.cancel()
    disk.go_on()
    del things[1]
    things[2] = 2
    await waiting

    await database.close()
    assert on_disk(path) == {("things", "2"): "2"}


async def test_a_change_lingers_and_is_then_written(path: Path) -> None:
    clock = VirtualClock()
    database = Database(path, clock, linger=0.05)
    await database.open()
    things = database.collection("things", int, int)
    for number in range(10):
        things[1] = number

    await clock.advance(0.049)
    assert (database.commits, database.pending) == (0, 1)
    await clock.advance(0.001)
    await until(lambda: database.commits == 1)
    await clock.advance(1)

    assert (database.commits, database.pending) == (1, 0)
    await database.close()


async def test_an_entry_that_was_added_and_deleted_never_reaches_the_disk(path: Path) -> None:
    clock = VirtualClock()
    database = Database(path, clock)
    await database.open()
    things = database.collection("things", int, int)
    for number in range(1000):
        things[number] = number
        del things[number]
    assert database.pending == 0

    await clock.advance(1)
    await database.flush()

    assert database.commits == 0
    await database.close()


async def test_what_came_and_went_wakes_nobody_and_who_comes_next_is_in_time(path: Path) -> None:
    clock = Noting()
    database = Database(path, clock, linger=0.05)
    await database.open()
    things = database.collection("things", int, int)
    for number in range(10):
        things[number] = number
        await clock.advance(0.04)
        del things[number]
    await clock.advance(1)
    assert clock.called == 0
    things[10] = 10

    await clock.advance(0.05)
    await until(lambda: database.commits == 1)

    assert database.pending == 0
    await database.close()


async def test_of_many_that_come_and_go_none_is_written_and_who_stays_is_in_time(
    path: Path,
) -> None:
    clock = VirtualClock()
    database = Database(path, clock, linger=0.05)
    await database.open()
    things = database.collection("things", int, int)
    for number in range(1000):  # each of them is there for 15 ms
        things[number] = number
        await clock.advance(0.01)
        things.pop(number - 1, None)
        await clock.advance(0.005)
    assert database.commits == 0
    things[7] = 7

    await clock.advance(0.05)
    await until(lambda: database.commits == 1)

    assert database.pending == 0
    await database.close()
    assert on_disk(path) == {("things", "7"): "7", ("things", "999"): "999"}


async def test_an_entry_that_was_written_deleted_and_added_again_is_there(
    database: Database, path: Path
) -> None:
    things = database.collection("things", int, int)
    things[1] = 1
    await database.flush()
    del things[1]
    things[1] = 5
    del things[1]
    things[1] = 6

    await database.close()

    assert on_disk(path) == {("things", "1"): "6"}


async def test_a_full_disk_is_an_error_that_loses_nothing(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture, disk: Disk
) -> None:
    things = database.collection("things", int, str)
    things[1] = "small"
    await database.flush()
    disk.fill()

    caplog.set_level(logging.INFO)
    things[2] = "x" * 100_000
    for _ in range(3):
        with pytest.raises(StorageError, match=r"sebridge\.db cannot be written: .* full"):
            await database.flush()
    assert not database.writable
    assert database.pending == 1
    assert len(caplog.messages) == 1

    disk.empty()
    await database.flush()

    assert database.writable
    assert caplog.messages[1:] == [f"the database {path} can be written again"]
    await database.close()
    assert len(on_disk(path)[("things", "2")]) == 100_002


async def test_without_a_flush_a_full_disk_is_tried_again_ever_more_slowly(
    path: Path, disk: Disk
) -> None:
    clock = Noting()
    database = Database(path, clock, linger=1)
    await database.open()
    things = database.collection("things", int, str)
    disk.fill()
    things[1] = "x" * 100_000

    for attempts in range(1, 8):
        await clock.advance(clock.waits[-1])
        await until(lambda done=attempts: len(clock.waits) > done)  # type: ignore[misc]  # bound now
    things[2] = "more"
    disk.empty()
    await clock.advance(30)
    await until(lambda: database.commits == 1)

    assert clock.waits == [1, 2, 4, 8, 16, 30, 30, 30]
    assert database.writable
    await database.close()
    assert len(on_disk(path)) == 2


async def test_an_entry_deleted_after_a_failed_commit_is_deleted(
    database: Database, path: Path, disk: Disk
) -> None:
    things = database.collection("things", int, str)
    disk.fill()
    things[1] = "x" * 100_000
    with pytest.raises(StorageError):
        await database.flush()
    disk.empty()

    del things[1]
    await database.close()

    assert on_disk(path) == {}


async def test_closing_with_a_full_disk_says_so_and_lets_go(path: Path, disk: Disk) -> None:
    database = Database(path, SystemClock())
    await database.open()
    things = database.collection("things", int, str)
    disk.fill()
    things[1] = "x" * 100_000

    with pytest.raises(StorageError):
        await database.close()

    await database.close()
    assert on_disk(path) == {}


async def test_a_value_that_cannot_be_stored_does_not_hold_up_the_others(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    things = database.collection("things", int, object)
    things[1] = Path("no JSON")
    things[2] = 2

    with pytest.raises(StorageError, match="an entry of things cannot be stored"):
        await database.flush()

    assert "is kept in memory only" in caplog.text
    assert things[1] == Path("no JSON")
    assert database.pending == 0
    await database.close()
    assert on_disk(path) == {("things", "2"): "2"}


async def test_a_row_whose_octets_are_no_text_holds_up_no_other_and_stays_on_the_disk(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database.collection("things", int, str)[1] = "text"
    await database.close()
    spoilt = [(b"things", b"2", b'"\xff"'), (b"things", b"\xff", b'"a"'), (b"\xff", b"1", b"1")]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO entry (collection, key, value)"
            " VALUES (CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))",
            spoilt,
        )

    again = Database(path, SystemClock())
    await again.open()
    things = again.collection("things", int, str)
    found = dict(things)
    things[3] = "more"
    await again.close()

    assert found == {1: "text"}
    assert again.unreadable == 2
    assert "the row with key \\udcff is skipped and kept" in caplog.text
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        left = list(connection.execute("SELECT collection, key, value FROM entry"))
    assert left == [(b"things", b"1", b'"text"'), *spoilt, (b"things", b"3", b'"more"')]


async def test_rows_that_cannot_be_read_stay_on_the_disk(database: Database, path: Path) -> None:
    things = database.collection("things", int, object)
    things.update({1: "text", 2: 2})
    again = await reopened(database, path)

    numbers = again.collection("things", int, int)
    assert dict(numbers) == {2: 2}
    assert again.unreadable == 1
    numbers.clear()
    await again.close()

    assert on_disk(path) == {("things", "1"): '"text"'}


async def test_a_collection_is_given_out_once(database: Database) -> None:
    database.collection("things", int, int)

    with pytest.raises(ValueError, match="the collection things is in use already"):
        database.collection("things", int, int)


async def test_a_database_that_is_not_open_has_no_collections(path: Path) -> None:
    with pytest.raises(StorageError, match="is not open"):
        Database(path, SystemClock()).collection("things", int, int)


async def test_a_change_after_the_end_is_an_error(path: Path) -> None:
    database = Database(path, SystemClock())
    await database.open()
    things = database.collection("things", int, int)
    await database.close()

    with pytest.raises(StorageError, match="is not open"):
        things[1] = 1


async def test_a_change_in_another_thread_is_an_error_and_changes_nothing(path: Path) -> None:
    database = Database(path, SystemClock())
    await database.open()
    things = database.collection("things", int, int)
    things[1] = 1

    with pytest.raises(StorageError, match="is changed in another thread"):
        await asyncio.to_thread(things.__setitem__, 1, 2)
    await database.close()

    assert on_disk(path) == {("things", "1"): "1"}


@pytest.fixture
def damaged(path: Path) -> Path:
    path.parent.mkdir()
    path.write_bytes(b"junk" * 1000)
    return path


async def test_a_file_that_cannot_be_opened_is_an_error_each_time(damaged: Path) -> None:
    database = Database(damaged, SystemClock())

    for _ in range(2):
        with pytest.raises(StorageError, match="is damaged"):
            await database.open()

    await database.close()


async def test_it_starts_and_stops_like_any_service(path: Path) -> None:
    database = Database(path, SystemClock())
    await database.start()
    await database.open()
    database.collection("things", int, int)[1] = 1

    await database.stop()
    await database.stop()

    assert on_disk(path) == {("things", "1"): "1"}


async def test_stopping_raises_when_the_last_changes_could_not_be_written(
    path: Path, disk: Disk
) -> None:
    database = Database(path, SystemClock())
    await database.start()
    things = database.collection("things", int, str)
    disk.fill()
    things[1] = "x" * 100_000

    with pytest.raises(StorageError):
        await database.stop()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(0, 5), st.text(max_size=3)),
        st.tuples(st.just("delete"), st.integers(0, 5), st.just("")),
        st.tuples(st.sampled_from(["flush", "begin", "pass", "reopen"]), st.just(0), st.just("")),
    ),
    max_size=25,
)


class Pair:
    """A collection and the dict that it must equal."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[asyncio.Future[None]] = []
        self.expected: dict[int, str] = {}

    async def open(self) -> None:
        self.database = Database(self._path, SystemClock(), linger=0.001)
        await self.database.open()
        self.things: Collection[int, str] = self.database.collection("things", int, str)

    async def step(self, what: str, key: int, value: str) -> None:
        match what:
            case "set":
                self.things[key] = self.expected[key] = value
            case "delete":
                assert self.things.pop(key, None) == self.expected.pop(key, None)
            case "flush":
                await self.database.flush()
            case "begin":
                self._waiting.append(asyncio.ensure_future(self.database.flush()))
            case "pass":
                await asyncio.sleep(0.0005)
            case "reopen":
                await self.close()
                await self.open()
        assert dict(self.things) == self.expected

    async def close(self) -> None:
        await asyncio.gather(*self._waiting)
        await self.database.close()


@fewer_examples(2)  # each opens files
@given(STEPS)
def test_it_equals_a_dict_whatever_is_done_and_when(steps: list[tuple[str, int, str]]) -> None:
    async def run(path: Path) -> None:
        pair = Pair(path)
        await pair.open()
        for step in steps:
            await pair.step(*step)
        await pair.close()
        await pair.open()
        assert dict(pair.things) == pair.expected
        await pair.close()

    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(run(Path(directory) / "sebridge.db"))


async def test_trouble_and_its_end_are_told(path: Path, disk: Disk) -> None:
    bus, told = SignalBus(strict=True), list[StorageChanged]()
    bus.listen(StorageChanged, told.append)
    database = Database(path, VirtualClock(), bus=bus)
    await database.open()
    things = database.collection("things", int, str)
    disk.fill()
    things[1] = "x" * 100_000

    for _ in range(2):
        with pytest.raises(StorageError):
            await database.flush()
    disk.empty()
    await database.flush()

    assert [news.writable for news in told] == [False, True]
    assert "full" in told[0].reason
    await database.close()


async def test_a_copy_has_what_was_set_a_moment_before(database: Database, tmp_path: Path) -> None:
    database.collection("sums", int, int)[7] = 1

    await database.copy(tmp_path / "copy.db")

    assert on_disk(tmp_path / "copy.db")["sums", "7"] == "1"
