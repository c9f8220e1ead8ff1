"""Rows of older and of newer versions: they open here, and what is written here opens there."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import sqlite3
from typing import Any

from hypothesis import given, settings, strategies as st
import msgspec
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock
from sebridge.base.secret import Secret
from sebridge.features.load_control.participation import Participation
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.features.messaging.records import DisplayMessageRecord
from sebridge.features.metering.entities import MeterShape
from sebridge.features.metering.meters import MeterConfiguration
from sebridge.features.metering.simulated_load import RegisterState
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.succession import Item
from sebridge.features.price.tariff_records import (
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.features.price.values import BlockPeriod
from sebridge.features.time.zone import ChosenZone
from sebridge.gateway.pairing import PairedAttribute
from sebridge.gateway.reporting.expectations import Expectation
from sebridge.model.data_types import Text, Uint8
from sebridge.model.record import Record
from sebridge.model.row_codec import Later, RowCodec, Upgrade
from sebridge.network.known_device import KnownDevice
from sebridge.network.link_keys import LinkKey
from sebridge.network.peer import Peer
from sebridge.radio.radio import NetworkPlan
from sebridge.radio.zdo_server import Binding
from sebridge.rpc.response_buffer import StoredResponse
from sebridge.schedule.event import ScheduledEvent
from sebridge.settings.additions import AddedCluster, AddedEndpoint
from sebridge.storage.database import Database
from sebridge.transports.mqtt.outbox import OutboxMessage
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.zcl.wire import records

OLD = Path(__file__).parents[1] / "reference" / "database_41d9e4b.sql"
OF_ANOTHER_VERSION = "of_a_feature_to_come"

KINDS: Mapping[str, tuple[Any, Any]] = {
    "aliases": (str, str),
    "announced": (str, tuple[str, ...]),
    "basic_attributes": (int, Any),
    "bindings": (Binding, bool),
    "block_periods": (str, Item[BlockPeriod]),
    "calorific_values": (str, Item[PublishCalorificValueRecord]),
    "clusters": (int, AddedCluster),
    "confirmed_messages": (int, bool),
    "conversion_factors": (str, Item[PublishConversionFactorRecord]),
    "devices": (Eui64, KnownDevice),
    "endpoints": (int, AddedEndpoint),
    "established_keys": (Eui64, LinkKey),
    "expected_reports": (PairedAttribute, Expectation),
    "interfaces": (str, bool),
    "link_keys": (Eui64, Secret),
    "load_control": (int, ScheduledEvent[LoadControlEventRecord]),
    "load_control_attributes": (int, Any),
    "load_control_choices": (int, Participation),
    "load_control_senders": (int, tuple[Peer, ...]),
    "message_cancellation": (str, int),
    "messages": (int, ScheduledEvent[DisplayMessageRecord]),
    "meter_shapes": (str, MeterShape),
    "meters": (str, MeterConfiguration),
    "mirrors": (int, Peer),
    "module_store": (tuple[str, str], Any),
    "modules": (str, bool),
    "network_plan": (str, NetworkPlan),
    "network_time": (str, float),
    "outbox": (int, OutboxMessage),
    "price_client_attributes": (int, Any),
    "price_units": (str, str),
    "prices": (int, ScheduledEvent[PublishPriceRecord]),
    "protected_messages": (int, bool),
    "registry": (str, Any),
    "responses": (int, StoredResponse),
    "retained_topics": (str, bool),
    "sent_reports": (PairedAttribute, AttributeReportingConfigurationRecord),
    "simulated_authorities": (str, Secret),
    "simulated_keys": (Eui64, LinkKey),
    "simulated_registers": (str, RegisterState),
    "time_zone": (str, ChosenZone),
}
"""What the gateway keeps in each collection."""


def restored(path: Path) -> Path:
    """Make the database that the code of commit 41d9e4b wrote."""
    connection = sqlite3.connect(path)
    connection.executescript(OLD.read_text("utf-8"))
    connection.close()
    return path


def rows_of(path: Path) -> list[tuple[str, str, str]]:
    connection = sqlite3.connect(path)
    try:
        return list(
            connection.execute("SELECT collection, key, value FROM entry ORDER BY position")
        )
    finally:
        connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return restored(tmp_path / "old.db")


# ------------------------------------------------------------------ the database of 41d9e4b


async def test_every_row_of_the_old_database_is_read(path: Path) -> None:
    database = Database(path, SystemClock())
    await database.start()

    opened = {name: database.collection(name, *kinds) for name, kinds in KINDS.items()}
    await database.stop()

    assert database.unreadable == 0
    assert {name for name, collection in opened.items() if not collection} == set()
    assert {row[0] for row in rows_of(path)} == {*KINDS, OF_ANOTHER_VERSION}


async def test_the_old_code_finds_every_row_as_it_left_it(path: Path) -> None:
    """Written anew, each is the text that the old code wrote, so that it can read it again."""
    before = rows_of(path)
    database = Database(path, SystemClock())
    await database.start()
    for name, kinds in KINDS.items():
        collection = database.collection(name, *kinds)
        for key, value in list(collection.items()):
            del collection[key]
            collection[key] = value

    await database.stop()

    assert sorted(rows_of(path)) == sorted(before)


async def test_opening_and_closing_writes_nothing(path: Path) -> None:
    before = rows_of(path)
    database = Database(path, SystemClock())
    await database.start()
    for name, kinds in KINDS.items():
        database.collection(name, *kinds)

    await database.stop()

    assert rows_of(path) == before
    assert database.commits == 0


@pytest.mark.parametrize("kind", [PublishPriceRecord, LoadControlEventRecord, DisplayMessageRecord])
@settings(max_examples=30)
@given(data=st.data())
def test_a_record_is_written_with_every_field_as_the_old_code_demands(
    kind: type[Record], data: st.DataObject
) -> None:
    """It refused rows with other fields than it knew, and took None for what was left off."""
    record = data.draw(records(kind))

    written = json.loads(RowCodec[Record](kind).write(record))

    assert list(written) == list(kind.__struct_fields__)
    assert all(type(value) in {int, str, type(None)} for value in written.values())


# ------------------------------------------------------------------ rows of newer versions


@dataclass(frozen=True)
class Part:
    name: str


@dataclass(frozen=True)
class Thing:
    size: int
    parts: tuple[Part, ...] = ()
    label: str = "plain"
    best: Part | None = None


class Fruit(Record):
    weight: Uint8
    name: Text | None = "apple"


NEWER = (
    '{"size":1,"colour":"red","parts":[{"name":"a","age":5},{"name":"b"}],'
    '"best":{"name":"a","rank":1}}'
)


async def database_with(path: Path, rows: Mapping[str, Mapping[str, str]]) -> Database:
    """Open a database whose collections another version wrote."""
    database = Database(path, SystemClock())
    await database.start()
    await database.stop()
    connection = sqlite3.connect(path)
    for name, entries in rows.items():
        for key, text in entries.items():
            connection.execute(
                "INSERT INTO entry (collection, key, value) VALUES (?, ?, ?)", (name, key, text)
            )
    connection.commit()
    connection.close()
    database = Database(path, SystemClock())
    await database.start()
    return database


def on_disk(path: Path, name: str) -> dict[str, Any]:
    return {key: json.loads(text) for at, key, text in rows_of(path) if at == name}


async def test_what_a_newer_version_wrote_is_read_and_stays(tmp_path: Path) -> None:
    database = await database_with(tmp_path / "a.db", {"things": {'"a"': NEWER}})
    things = database.collection("things", str, Thing)

    things["a"] = Thing(size=2, parts=(Part("b"), Part("a"), Part("c")), best=Part("a"))
    await database.stop()

    assert on_disk(tmp_path / "a.db", "things") == {
        '"a"': {
            "size": 2,
            "colour": "red",
            "parts": [{"name": "b"}, {"name": "a", "age": 5}, {"name": "c"}],
            "label": "plain",
            "best": {"name": "a", "rank": 1},
        }
    }


async def test_what_was_unknown_goes_with_its_row(tmp_path: Path) -> None:
    database = await database_with(tmp_path / "a.db", {"things": {'"a"': NEWER}})
    things = database.collection("things", str, Thing)

    del things["a"]
    things["a"] = Thing(size=1)
    await database.stop()

    assert "colour" not in on_disk(tmp_path / "a.db", "things")['"a"']


async def test_a_part_that_is_gone_takes_along_what_was_unknown_of_it(tmp_path: Path) -> None:
    database = await database_with(tmp_path / "a.db", {"things": {'"a"': NEWER}})
    things = database.collection("things", str, Thing)

    things["a"] = Thing(size=1, best=None)
    await database.stop()

    shown = on_disk(tmp_path / "a.db", "things")['"a"']
    assert (shown["parts"], shown["best"], shown["colour"]) == ([], None, "red")


async def test_a_record_may_have_more_fields_or_fewer(tmp_path: Path) -> None:
    rows = {'"more"': '{"weight":1,"name":"x","seeds":7}', '"fewer"': '{"weight":2}'}
    database = await database_with(tmp_path / "a.db", {"fruits": rows})

    fruits = database.collection("fruits", str, Fruit)

    assert dict(fruits) == {"more": Fruit(weight=1, name="x"), "fewer": Fruit(weight=2)}
    fruits["more"] = Fruit(weight=3, name=None)
    await database.stop()
    assert on_disk(tmp_path / "a.db", "fruits")['"more"'] == {
        "weight": 3,
        "name": None,
        "seeds": 7,
    }


async def test_one_of_several_kinds_is_known_by_its_fields_also_with_unknown_ones(
    tmp_path: Path,
) -> None:
    rows = {"1": '{"weight":1,"name":"x","seeds":7}', "2": '{"size":1,"label":"y","colour":2}'}
    database = await database_with(tmp_path / "a.db", {"mixed": rows})

    mixed = database.collection("mixed", int, Thing | Fruit | int)
    await database.stop()

    assert dict(mixed) == {1: Fruit(weight=1, name="x"), 2: Thing(size=1, label="y")}


# ------------------------------------------------------------------ fields that came later


class Labelled(msgspec.Struct, frozen=True):
    size: int
    label: Later[str] = ""
    rank: Later[int] = 0


async def test_a_field_that_came_later_stands_beside_the_row(tmp_path: Path) -> None:
    """Code that refuses what it does not know reads the row as it always was."""
    path = tmp_path / "a.db"
    database = await database_with(path, {"things": {"1": '{"size":3}', "2": '{"size":4}'}})
    things = database.collection("things", int, Labelled)
    found = dict(things)

    things[1] = Labelled(size=3, label="x")
    things[3] = Labelled(size=5)
    await database.stop()

    assert found == {1: Labelled(3), 2: Labelled(4)}
    assert on_disk(path, "things") == {"1": {"size": 3}, "2": {"size": 4}, "3": {"size": 5}}
    assert on_disk(path, "things.later") == {"1": {"label": "x"}}


async def test_a_field_that_came_later_is_read_again_and_goes_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    rows = {"1": '{"size":3}', "2": '{"size":4}'}
    beside = {"1": '{"label":"x","rank":2}', "2": '{"label":"y"}'}
    database = await database_with(path, {"things": rows, "things.later": beside})

    things = database.collection("things", int, Labelled)
    found = dict(things)
    del things[1]
    things[2] = Labelled(4)
    await database.stop()

    assert found == {1: Labelled(3, "x", 2), 2: Labelled(4, "y")}
    assert on_disk(path, "things") == {"2": {"size": 4}}
    assert on_disk(path, "things.later") == {}


# ------------------------------------------------------------------ upgrades


def doubled(row: Any) -> Any:
    """Version 2 counts in halves; a row of version 2 says so."""
    return row if "unit" in row else {"size": 2 * row["size"], "unit": "half"}


def named(row: Any) -> Any:
    """Version 3 has a name."""
    return row if "name" in row else row | {"name": "none"}


@dataclass(frozen=True)
class Second:
    size: int
    unit: str


@dataclass(frozen=True)
class Third:
    size: int
    unit: str
    name: str


async def opened(path: Path, kind: Any, upgrades: tuple[Upgrade, ...]) -> dict[Any, Any]:
    database = Database(path, SystemClock())
    await database.start()
    found = dict(database.collection("things", int, kind, upgrades))
    await database.stop()
    return found


async def test_rows_are_brought_from_version_to_version_and_written(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = await database_with(path, {"things": {"1": '{"size":3}'}})
    await database.stop()

    second = await opened(path, Second, (doubled,))
    on_the_way = on_disk(path, "things"), on_disk(path, "collection_versions")
    third = await opened(path, Third, (doubled, named))
    again = await opened(path, Third, (doubled, named))

    assert second == {1: Second(6, "half")}
    assert on_the_way == ({"1": {"size": 6, "unit": "half"}}, {'"things"': 2})
    assert third == again == {1: Third(6, "half", "none")}
    assert on_disk(path, "collection_versions") == {'"things"': 3}


async def test_an_older_version_lowers_what_the_newer_one_then_raises_again(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = await database_with(path, {"things": {"1": '{"size":3}'}})
    await database.stop()
    await opened(path, Third, (doubled, named))

    older = await opened(path, Second, (doubled,))
    noted = on_disk(path, "collection_versions")
    newer = await opened(path, Third, (doubled, named))

    assert older == {1: Second(6, "half")}
    assert noted == {'"things"': 2}
    assert newer == {1: Third(6, "half", "none")}


async def test_the_first_version_is_not_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = await database_with(path, {"things": {"1": '{"size":3}'}})
    await database.stop()
    await opened(path, Second, (doubled,))

    await opened(path, Thing, ())

    assert on_disk(path, "collection_versions") == {}


async def test_a_row_that_cannot_be_upgraded_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = await database_with(path, {"things": {"1": "[]", "2": '{"size":1}'}})
    await database.stop()

    found = await opened(path, Second, (doubled,))

    assert found == {2: Second(2, "half")}
    assert on_disk(path, "things") == {"1": [], "2": {"size": 2, "unit": "half"}}
