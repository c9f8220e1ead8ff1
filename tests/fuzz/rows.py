"""Rows of the database, as another version, a person or a broken disk may have left them.

An input is a JSON list of rows, each a list of collection, key and value. A lone surrogate in one
stands for octets that are no UTF-8.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
import json
from pathlib import Path
from random import Random
import sqlite3
from typing import Any

from sebridge.base.clock import Instant, SystemClock
from sebridge.storage.database import Database
from sebridge.transports.mqtt.messages import Topic, is_topic
from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage
from sebridge.transports.mqtt.retained import Retained
from tests.fuzz.house import House, house_options
from tests.fuzz.mutation import changed, changed_value, odd_value
from tests.fuzz.target import Target, must

_INSERT = """INSERT OR REPLACE INTO entry (collection, key, value)
    VALUES (CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))"""


class RowsSubject:
    """A bridge on a database; each input is a database of its own."""

    def __init__(self, directory: Path) -> None:
        self.keys: set[str] = set()
        self._directory = directory
        self._number = 0

    async def take(self, octets: bytes) -> None:
        """Start a bridge on rows, twice; what it cannot read is said, and stays where it is."""
        self._number += 1
        path = self._directory / f"{self._number}.db"
        await _make(path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executemany(_INSERT, [_octets(row) for row in json.loads(octets)])
        unreadable = [await self._start(path) for _ in range(2)]
        must(unreadable[0] <= unreadable[1], f"{unreadable} rows were left out: some are gone")
        path.unlink()

    async def _start(self, path: Path) -> int:
        database = Database(path, SystemClock())
        await database.open()
        try:
            kept = Retained(database.collection("retained_topics", Topic, bool))
            wrong = [topic for topic in kept.topics if not is_topic(topic)]
            must(not wrong, f"a broker would end the link for the topics {wrong}")
            outbox = Outbox(
                notifications=database.collection("outbox", int, OutboxMessage),
                answers=database.collection("outbox_answers", int, OutboxMessage),
                max_messages=10,
                max_age=60.0,
                earliest=0.0,
            )
            outbox.expire(Instant(SystemClock().utc(), SystemClock().monotonic()))
            house = House(house_options(), database.collection)
            try:
                await house.start(seconds=5.0)
                await house.check(())
            finally:
                await house.bridge.stop()
            return database.unreadable
        finally:
            await database.close()


async def _make(path: Path) -> None:
    """Make an empty database."""
    database = Database(path, SystemClock())
    await database.open()
    await database.close()


def _octets(row: Sequence[Any]) -> tuple[bytes, ...]:
    return tuple(str(text).encode("utf-8", "surrogatepass") for text in row)


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return rows of seeds, with changes in keys, values and octets."""
    known = [row for seed in seeds for row in json.loads(seed)]
    rows = []
    for _ in range(random.choice((1, 3, 10, 30))):
        collection, key, value = random.choice(known)
        if random.random() < 0.2:
            key = _changed(random, key)
        for _ in range(random.choice((0, 1, 1, 2))):
            value = _changed(random, value)
        if random.random() < 0.05:
            collection = random.choice((random.choice(known)[0], f"{collection}.later", "\x00", ""))
        rows.append([collection, key, value])
    return json.dumps(rows, indent=1).encode()


def _changed(random: Random, text: str) -> str:
    """Return a text with a change in the JSON that it is, or in its octets."""
    if random.random() < 0.75:
        try:
            value = changed_value(random, json.loads(text))
        except (ValueError, RecursionError):
            value = odd_value(random)
        return json.dumps(value)
    octets = changed(random, text.encode("utf-8", "surrogatepass"))
    return octets.decode("utf-8", random.choice(("replace", "surrogateescape")))


@asynccontextmanager
async def _subject(directory: Path) -> AsyncIterator[RowsSubject]:
    yield RowsSubject(directory)


TARGET = Target(
    name="rows",
    told="rows of the database",
    subject=_subject,
    grow=grow,
    lasts=50,
    in_suite=25,
)
