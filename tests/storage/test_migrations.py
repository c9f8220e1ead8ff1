"""Steps between versions of the schema."""

from collections.abc import Iterator
import sqlite3

import pytest

from sebridge.base.errors import StorageError
from sebridge.storage import migrations
from sebridge.storage.migrations import STEPS, migrate


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:", isolation_level=None)
    yield made
    made.close()


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_a_new_file_gets_every_step(connection: sqlite3.Connection) -> None:
    taken = migrate(connection)

    assert taken == len(STEPS)
    assert version(connection) == len(STEPS)
    assert list(connection.execute("SELECT * FROM entry")) == []


def test_a_present_file_gets_only_the_missing_steps(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(connection)
    connection.execute("INSERT INTO entry (collection, key, value) VALUES ('a', '1', 'true')")
    later = (*STEPS, ("ALTER TABLE entry ADD COLUMN note TEXT",))
    monkeypatch.setattr(migrations, "STEPS", later)

    taken = migrate(connection)

    assert taken == 1
    assert version(connection) == len(later)
    assert list(connection.execute("SELECT key, note FROM entry")) == [("1", None)]
    assert migrate(connection) == 0


def test_a_step_that_fails_leaves_nothing_behind(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(connection)
    broken = (*STEPS, ("CREATE TABLE half (a)", "CREATE TABLE entry (a)"))
    monkeypatch.setattr(migrations, "STEPS", broken)

    with pytest.raises(sqlite3.OperationalError):
        migrate(connection)

    assert version(connection) == len(STEPS)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema")]
    assert "half" not in names


def test_a_file_of_a_newer_version_is_refused(connection: sqlite3.Connection) -> None:
    migrate(connection)
    connection.execute("PRAGMA user_version = 99")

    with pytest.raises(StorageError, match="newer sebridge"):
        migrate(connection)


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE theirs (a)", "PRAGMA user_version = 3", "PRAGMA application_id = 7"],
)
def test_a_file_of_another_program_is_refused(
    connection: sqlite3.Connection, statement: str
) -> None:
    connection.execute(statement)

    with pytest.raises(StorageError, match="another program"):
        migrate(connection)
