"""The SQLite file itself. Everything here blocks, and runs on the database's one thread."""

from collections.abc import Iterable
import contextlib
import logging
import os
from pathlib import Path
import sqlite3
from typing import Final

from sebridge.base.errors import StorageError
from sebridge.storage.schema import prepare

_LOGGER = logging.getLogger(__name__)

_SET: Final = """INSERT INTO entry (collection, key, value) VALUES (?, ?, ?)
    ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value"""
_DELETE: Final = "DELETE FROM entry WHERE collection = ? AND key = ?"
_ALL: Final = """SELECT CAST(collection AS BLOB), CAST(key AS BLOB), CAST(value AS BLOB)
    FROM entry ORDER BY position"""

_OTHERS_MAY_READ: Final = 0o077
_BESIDE: Final = ("-wal", "-shm")  # files of SQLite, by what their names end with
_UNFINISHED: Final = ".new"
_EMPTY: Final = (
    "it is empty, and what it held is lost. Put back a copy, or remove the empty file to begin anew"
)
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

        A file that is damaged is not touched: StorageError says what to do about it. A link is
        followed to what it names, and that is said.
        """
        try:
            real = self._path.resolve()
            if real != self._path.absolute():
                _LOGGER.info("the database %s is at %s", self._path, real)
            _make(real)
            connection = _connect(real)
            self._connection = connection
            rows = self._prepare(connection)
            _close_to_others(real)
        except (OSError, sqlite3.Error, UnicodeError, StorageError) as error:
            self.close()
            raise StorageError(f"the database {self._path} {_reason(error)}") from error
        return rows

    def _prepare(self, connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
        if found != ["ok"]:
            raise sqlite3.DatabaseError(f"quick_check says: {found[0]}")
        prepare(connection)
        return [
            (_text(collection), _text(key), _text(value))
            for collection, key, value in connection.execute(_ALL)
        ]

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

    def copy(self, target: Path) -> None:
        """Write all that was committed into a file of its own, readable by its owner only.

        It stands there, in the place of one from before, when it is whole and on the disk.
        StorageError when the disk refuses.
        """
        if self._connection is None:
            raise StorageError(f"the database {self._path} is closed")
        unfinished = target.with_name(f"{target.name}{_UNFINISHED}")
        try:
            unfinished.unlink(missing_ok=True)
            file = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                self._connection.execute("VACUUM INTO ?", (str(unfinished),))
                os.fsync(file)
            finally:
                os.close(file)
            unfinished.rename(target)
        except (OSError, sqlite3.Error) as error:
            unfinished.unlink(missing_ok=True)
            raise StorageError(f"the database {self._path} cannot be copied: {error}") from error

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_TIMEOUT, isolation_level=None)


def _make(path: Path) -> None:
    """Make the file where there is none; raise where the one that is there cannot be ours.

    A new one is made under another name, so that a file which was begun and is empty never stands
    in its place: one that is empty has lost what it held.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # for writing, because SQLite would silently content itself with reading
        os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC))
    except FileNotFoundError:
        _make_new(path)
    if path.stat().st_size == 0:
        raise StorageError(_EMPTY)


def _make_new(path: Path) -> None:
    unfinished = path.with_name(f"{path.name}{_UNFINISHED}")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with contextlib.closing(_connect(unfinished)) as connection:
        prepare(connection)
    unfinished.rename(path)


def _close_to_others(path: Path) -> None:
    """Take from others what they may do with a file that is ours, and those beside it."""
    for one in (path, *(path.with_name(f"{path.name}{end}") for end in _BESIDE)):
        with contextlib.suppress(FileNotFoundError):
            mode = one.stat().st_mode
            if mode & _OTHERS_MAY_READ:  # it holds keys
                one.chmod(mode & 0o700)


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
