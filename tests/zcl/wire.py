"""What the tests of all clusters need: the wire vectors, and any record of a kind."""

from collections.abc import Iterator
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st
import pytest
import zigpy.types as t
from zigpy.zcl import Cluster
from zigpy.zcl.foundation import CommandSchema, ZCLCommandDef

from sebridge.zcl.record import Text

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "reference" / "se_vectors.json").read_text("utf-8")
)["vectors"]

# spellings of the records' own reference
OTHER_NAMES = {
    "current_time": "utc_time",
    "alternate_cost_delivered": "alternate_cost_deliverd",
    "snapshot_schedules": "snapshot_schedule_payloads",
}


def commands(cluster: type[Cluster]) -> Iterator[tuple[str, ZCLCommandDef]]:
    """Give the commands of a cluster with their direction."""
    for command in cluster.ServerCommandDefs:
        yield "client_to_server", command
    for command in cluster.ClientCommandDefs:
        yield "server_to_client", command


def vectors(cluster: type[Cluster]) -> list[Any]:
    """Return the test parameters (schema, payload, fields) of the cluster's declared commands."""
    declared = {(direction, command.name): command for direction, command in commands(cluster)}
    found = []
    for vector in VECTORS:
        command = declared.get((vector["direction"], vector["command"]))
        if vector["scope"] != "cluster" or int(vector["cluster"], 16) != cluster.cluster_id:
            continue
        if command is not None:
            assert command.id == vector["command_id"]
            payload, fields = bytes.fromhex(vector["payload"]), vector["fields"]
            name = f"{vector['id']} {vector['command']}"
            found.append(pytest.param(command.schema, payload, fields, id=name))
    return found


def shown(record: CommandSchema) -> dict[str, Any]:
    """Return a record's fields as the vectors show them."""
    fields = {item.name: getattr(record, item.name) for item in record.fields}
    return {name: _shown(value) for name, value in fields.items() if value is not None}


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, t.Struct) and any(item.type._bits % 8 for item in _numbers(value)):
        return int.from_bytes(value.serialize(), "little")  # the parts of one bit field
    if isinstance(value, t.Struct):
        return shown(value)  # type: ignore[arg-type]  # a part of a payload is read likewise
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return str(value) if isinstance(value, str) else int(value)


def _numbers(struct: t.Struct) -> list[Any]:
    return [item for item in struct.fields if issubclass(item.type, t.FixedIntType)]


def wanted(record: CommandSchema, fields: dict[str, Any]) -> dict[str, Any]:
    """Return a vector's fields under the record's names, each as its declared type says."""
    kinds = {item.name: item.type for item in record.fields}
    named = {OTHER_NAMES.get(name, name): value for name, value in fields.items()}
    return {name: _as_declared(kinds[name], value) for name, value in named.items()}


def _as_declared(kind: Any, value: Any) -> Any:
    if isinstance(value, str):
        return value if issubclass(kind, str) else value.lower()
    if isinstance(value, int) and not kind._signed:
        return value % (1 << kind._bits)  # the vectors show some octets signed
    return value


# ------------------------------------------------------------------ any record

# fields that say how many items a list has
COUNTS = {
    "number_of_labels",
    "number_of_periods_delivered",
    "number_of_samples",
    "number_of_commands",
    "protocol_count",
}


@st.composite
def records(draw: st.DrawFn, kind: Any) -> Any:
    """Give records of a kind; optional fields are left off from some point on."""
    optional = [item.name for item in kind.fields if item.optional]
    left_off = optional[draw(st.integers(0, len(optional))) :]
    counted = any(item.length is not None for item in kind.fields)
    given: dict[str, Any] = {}
    for item in kind.fields:
        if item.name in left_off:
            given[item.name] = None
        elif counted and item.name in COUNTS:
            given[item.name] = draw(st.integers(0, 4))
        elif item.length is not None:
            count = item.length(SimpleNamespace(**given))
            given[item.name] = draw(_lists(item.type, count, count))
        else:
            least = 1 if item.optional else 0  # an empty list at the end is one left off
            given[item.name] = draw(_values(item.type, least))
    return kind(**given)


def _lists(kind: Any, least: int, most: int) -> st.SearchStrategy[Any]:
    return st.lists(_values(kind._item_type), min_size=least, max_size=most).map(kind)


def _values(kind: Any, least: int = 0) -> st.SearchStrategy[Any]:
    if issubclass(kind, list):
        return _lists(kind, least, 4)
    if issubclass(kind, t.Struct):
        return records(kind)
    if issubclass(kind, Text):
        letters = st.characters(codec="utf-8", exclude_characters="\0")
        fits = st.text(letters, max_size=250).filter(lambda text: len(text.encode()) <= 254)
        return fits.map(Text)
    if issubclass(kind, bytes):
        fixed = getattr(kind, "LENGTH", None)
        if fixed is not None:
            return st.binary(min_size=fixed, max_size=fixed).map(kind)
        least = 0 if issubclass(kind, (t.Bytes, t.LVBytes)) else 1
        return st.binary(min_size=least, max_size=80).map(kind)
    return st.integers(kind.min_value, kind.max_value).map(kind)
