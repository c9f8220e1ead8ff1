"""The one table of the database, and whose file it is. All SQL that makes tables is here.

The table stays as it is: what changes from version to version is what the rows hold, and that is
brought up to date collection by collection (`Database.collection`).
"""

import sqlite3
from typing import Final

from sebridge.base.errors import StorageError

APPLICATION_ID: Final = 0x53454252  # "SEBR": tells our files from other SQLite files
VERSION: Final = 1

# entries keep the order in which they were first written, as a dict does
_TABLE: Final = """CREATE TABLE entry (
    position INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (collection, key)
) STRICT"""


def prepare(connection: sqlite3.Connection) -> None:
    """Make the table in a new file, wholly or not at all.

    Raises StorageError when the file belongs to another program or has a table of a newer sebridge.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if _is_new(connection, version):
        _make(connection)
    elif version != VERSION:
        raise StorageError(
            f"it was written by a newer sebridge (schema {version}, known here: {VERSION})"
        )


def _is_new(connection: sqlite3.Connection, version: int) -> bool:
    """Say whether nothing was ever written; refuse a database that another program made."""
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    is_new = version == 0 and owner == 0 and tables == 0
    if owner != APPLICATION_ID and not is_new:
        raise StorageError("it is a database of another program")
    return is_new


def _make(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
