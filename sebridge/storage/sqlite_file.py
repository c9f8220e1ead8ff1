"""The SQLite file itself. Everything here blocks, and runs on the database's one thread."""

from collections.abc import Iterable
import contextlib
import os
from pathlib import Path
import sqlite3
from typing import Final

from sebridge.base.errors import StorageError
from sebridge.storage.schema import prepare

_SET: Final = """INSERT INTO entry (collection, key, value) VALUES (?, ?, ?)
    ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value"""
_DELETE: Final = "DELETE FROM entry WHERE collection = ? AND key = ?"
_ALL: Final = "SELECT collection, key, value FROM entry ORDER BY position"

_OTHERS_MAY_READ: Final = 0o077
_BUSY_TIMEOUT: Final = 5.0  # seconds; a bridge that is just stopping lets go within this time

Row = tuple[str, str, str | None]
"""Collection, key, value; no value deletes."""


class SqliteFile:
    """A file that nobody else may open meanwhile, readable by its owner only.

    Each write is one transaction, on the disk when `write` returns (WAL, synchronous FULL).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def open(self) -> list[tuple[str, str, str]]:
        """Open or make the file, check it, and return all rows, oldest first.

        A file that is damaged is not touched: StorageError says what to do about it.
        """
        try:
            _make(self._path)
            self._connection = sqlite3.connect(
                self._path, timeout=_BUSY_TIMEOUT, isolation_level=None
            )
            return self._prepare(self._connection)
        except (OSError, sqlite3.Error, StorageError) as error:
            self.close()
            raise StorageError(f"the database {self._path} {_reason(error)}") from error

    def _prepare(self, connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
        if found != ["ok"]:
            raise sqlite3.DatabaseError(f"quick_check says: {found[0]}")
        prepare(connection)
        connection.text_factory = _text
        return list(connection.execute(_ALL))

    def write(self, rows: Iterable[Row]) -> None:
        """Write all rows or none; StorageError when the disk refuses."""
        connection = self._connection
        if connection is None:
            raise StorageError(f"the database {self._path} is closed")
        try:
            connection.execute("BEGIN IMMEDIATE")
            for collection, key, value in rows:
                if value is None:
                    connection.execute(_DELETE, (collection, key))
                else:
                    connection.execute(_SET, (collection, key, value))
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                connection.execute("ROLLBACK")
            raise StorageError(f"the database {self._path} cannot be written: {error}") from error

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _make(path: Path) -> None:
    """Make the file where there is none. SQLite gives the files beside it the same mode.

    It is opened for writing here, because SQLite would silently content itself with reading.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    mode = path.stat().st_mode
    if mode & _OTHERS_MAY_READ:  # it holds keys
        path.chmod(mode & 0o700)


def _text(octets: bytes) -> str:
    """Return a text of the file; what is no UTF-8 in it becomes what no text of ours has.

    So a row that was spoilt is one that cannot be read, and holds up no other.
    """
    return octets.decode("utf-8", "surrogateescape")


def _reason(error: Exception) -> str:
    """Say what is wrong with the file, and what a person can do."""
    if isinstance(error, OSError):
        return f"cannot be made or opened: {error.strerror or error}"
    if isinstance(error, StorageError):
        return f"is not used: {error}"
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "is in use by another program; is a second bridge running?"
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return (
            f"is damaged ({error}). Nothing was deleted. Put back a copy, or move the file and "
            "those beside it (-wal, -shm) away to begin anew without what it knew"
        )
    return f"cannot be opened: {error}"
