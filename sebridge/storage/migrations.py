"""Schema versions of the database, one step each. All SQL that makes or changes tables is here.

A step that was released is never edited: what comes later is a further step.
"""

import sqlite3
from typing import Final

from sebridge.base.errors import StorageError

APPLICATION_ID: Final = 0x53454252  # "SEBR": tells our files from other SQLite files

STEPS: Final[tuple[tuple[str, ...], ...]] = (
    # 1: entries keep the order in which they were first written, as a dict does
    (
        """CREATE TABLE entry (
            position INTEGER PRIMARY KEY,
            collection TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (collection, key)
        ) STRICT""",
    ),
)


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the tables to the newest version, step by step; return the number of steps taken.

    Each step is done wholly or not at all. Raises StorageError when the file belongs to another
    program or was written by a newer sebridge.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    _check_owner(connection, version)
    if version > len(STEPS):
        raise StorageError(
            f"it was written by a newer sebridge (schema {version}, known here: {len(STEPS)})"
        )
    for number, statements in enumerate(STEPS[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return len(STEPS) - version


def _check_owner(connection: sqlite3.Connection, version: int) -> None:
    """Refuse a database that another program made."""
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    is_new = version == 0 and owner == 0 and tables == 0
    if owner != APPLICATION_ID and not is_new:
        raise StorageError("it is a database of another program")
