"""The table of the database, and whose file it is."""

from collections.abc import Iterator
import sqlite3

import pytest

from sebridge.base.errors import StorageError
from sebridge.storage.schema import VERSION, prepare


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:", isolation_level=None)
    yield made
    made.close()


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_a_new_file_gets_the_table(connection: sqlite3.Connection) -> None:
    prepare(connection)

    assert version(connection) == VERSION
    assert list(connection.execute("SELECT * FROM entry")) == []


def test_a_present_file_is_left_as_it_is(connection: sqlite3.Connection) -> None:
    prepare(connection)
    connection.execute("INSERT INTO entry (collection, key, value) VALUES ('a', '1', 'true')")

    prepare(connection)

    assert list(connection.execute("SELECT key, value FROM entry")) == [("1", "true")]


def test_what_fails_leaves_nothing_behind(connection: sqlite3.Connection) -> None:
    def refuse(action: int, *_arguments: object) -> int:
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_PRAGMA else sqlite3.SQLITE_OK

    connection.execute("PRAGMA user_version")
    pragmas = iter((False, False, True))  # the two that ask may, the first that sets may not
    connection.set_authorizer(
        lambda action, *rest: (
            refuse(action, *rest)
            if action != sqlite3.SQLITE_PRAGMA or next(pragmas)
            else sqlite3.SQLITE_OK
        )
    )

    with pytest.raises(sqlite3.DatabaseError):
        prepare(connection)

    connection.set_authorizer(None)
    assert version(connection) == 0
    assert list(connection.execute("SELECT name FROM sqlite_schema")) == []


def test_a_file_of_a_newer_version_is_refused(connection: sqlite3.Connection) -> None:
    prepare(connection)
    connection.execute("PRAGMA user_version = 99")

    with pytest.raises(StorageError, match="newer sebridge"):
        prepare(connection)


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE theirs (a)", "PRAGMA user_version = 3", "PRAGMA application_id = 7"],
)
def test_a_file_of_another_program_is_refused(
    connection: sqlite3.Connection, statement: str
) -> None:
    connection.execute(statement)

    with pytest.raises(StorageError, match="another program"):
        prepare(connection)
