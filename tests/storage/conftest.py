"""A database in a temporary place, on the machine's clock."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sebridge.base.clock import SystemClock
from sebridge.storage.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sebridge.db"


@pytest_asyncio.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    made = Database(path, SystemClock())
    await made.open()
    yield made
    await made.close()
