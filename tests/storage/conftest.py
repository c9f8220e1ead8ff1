"""A database in a temporary place, on the machine's clock."""

from collections.abc import AsyncIterator
from pathlib import Path
import sqlite3

import pytest
import pytest_asyncio

from sebridge.base.clock import SystemClock
from sebridge.storage.database import Database
from tests.storage.disk import Disk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sebridge.db"


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(sqlite3, "connect", made.connect)
    return made


@pytest_asyncio.fixture
async def database(path: Path, disk: Disk) -> AsyncIterator[Database]:
    made = Database(path, SystemClock())
    await made.open()
    yield made
    await made.close()
