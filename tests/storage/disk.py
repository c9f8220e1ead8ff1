"""A disk that can be full, or hold up who writes: SQLite itself, told to be so."""

from pathlib import Path
import sqlite3
import threading
from typing import Any

from typing_extensions import override

from tests.patience import PATIENCE

_EVERYTHING = 1_000_000  # pages


class Disk:
    """What a test makes of the disk below all databases that it opens."""

    def __init__(self) -> None:
        self.connections: list[sqlite3.Connection] = []
        self.patience = PATIENCE  # seconds at most for a file that is locked
        self.held_up = False  # somebody waits to write
        self.pages = _EVERYTHING
        self.is_free = threading.Event()
        self.is_free.set()
        self._connect = sqlite3.connect

    def fill(self) -> None:
        """Let no file grow any more."""
        self.pages = 1

    def empty(self) -> None:
        """Let files grow again."""
        self.pages = _EVERYTHING

    def hold(self) -> None:
        """Let whoever begins to write wait until `go_on`."""
        self.is_free.clear()

    def go_on(self) -> None:
        """Let those who wait write."""
        self.is_free.set()

    def connect(self, path: Path, *, timeout: float = 5.0, **how: Any) -> sqlite3.Connection:
        """Open a database as `sqlite3.connect` does."""
        disk = self

        class Watched(sqlite3.Connection):
            @override
            def execute(self, sql: str, /, *parameters: Any) -> sqlite3.Cursor:
                if sql.startswith("BEGIN"):
                    disk.held_up = not disk.is_free.is_set()
                    assert disk.is_free.wait(PATIENCE)
                    disk.held_up = False
                    super().execute(f"PRAGMA max_page_count = {disk.pages}")
                return super().execute(sql, *parameters)

        self.connections.append(
            self._connect(path, timeout=min(timeout, self.patience), factory=Watched, **how)
        )
        return self.connections[-1]
