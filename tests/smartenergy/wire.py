"""What the tests of all clusters need: the wire vectors, and any record of a kind."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
import pytest
import zigpy.types as t
from zigpy.zcl import Cluster
from zigpy.zcl.foundation import CommandSchema, ZCLCommandDef

from sebridge.zcl.record import Octets42, Record, Text

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


def records(kind: type[Record]) -> st.SearchStrategy[Record]:
    """Give records of a kind; optional fields are left off from some point on."""
    required = [item for item in kind.fields if not item.optional]
    optional = [item for item in kind.fields if item.optional]

    def build(values: list[Any], more: list[Any], kept: int) -> Record:
        given = dict(zip((item.name for item in required), values, strict=True))
        for place, (item, value) in enumerate(zip(optional, more, strict=True)):
            given[item.name] = value if place < kept else None
        return kind(**given)

    return st.builds(
        build,
        st.tuples(*(_values(item.type) for item in required)).map(list),
        st.tuples(*(_values(item.type) for item in optional)).map(list),
        st.integers(0, len(optional)),
    )


def _values(kind: Any) -> st.SearchStrategy[Any]:
    if issubclass(kind, Octets42):
        return st.binary(min_size=42, max_size=42).map(Octets42)
    if issubclass(kind, Text):
        letters = st.characters(codec="utf-8", exclude_characters="\0")
        fits = st.text(letters, max_size=250).filter(lambda text: len(text.encode()) <= 254)
        return fits.map(Text)
    return st.integers(kind.min_value, kind.max_value)
