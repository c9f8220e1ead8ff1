"""What the tests of all clusters need: the wire vectors, and any record of a kind."""

from typing import Any

from hypothesis import strategies as st
import pytest

from sebridge.model.data_types import (
    CharacterString,
    CountedBy,
    FixedOctets,
    Form,
    Integer,
    RemainingOctets,
)
from sebridge.model.record import Record, fields_by_name
from sebridge.model.shape import Listing, fields_of, form_of, shape_of, without_form
from sebridge.zcl.cluster import ClusterDefinition
from tests.reference_files import reference

VECTORS: list[dict[str, Any]] = reference("se_vectors.json")["vectors"]

# spellings of the records' own reference
OTHER_NAMES = {
    "current_time": "utc_time",
    "alternate_cost_delivered": "alternate_cost_deliverd",
}


def vectors(cluster: ClusterDefinition) -> list[Any]:
    """Return the test parameters (record, payload, fields) of the cluster's declared commands."""
    found = []
    for vector in VECTORS:
        if vector["scope"] != "cluster" or int(vector["cluster"], 16) != cluster.cluster_id:
            continue
        from_server = vector["direction"] == "server_to_client"
        command = cluster.named(vector["command"], from_server=from_server)
        if command is not None and command == cluster.find(
            command.command_id, from_server=from_server
        ):
            assert command.command_id == vector["command_id"]
            payload, fields = bytes.fromhex(vector["payload"]), vector["fields"]
            name = f"{vector['id']} {vector['command']}"
            found.append(pytest.param(command.record, payload, fields, id=name))
    return found


def kinds(cluster: ClusterDefinition) -> list[type[Record]]:
    """Return the records of a cluster's commands."""
    return [command.record for command in cluster.commands]


def shown(record: Record) -> dict[str, Any]:
    """Return a record's fields as the vectors show them."""
    fields = fields_by_name(record).items()
    return {name: _shown(value) for name, value in fields if value is not None}


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Record):
        return shown(value)
    return [_shown(item) for item in value] if isinstance(value, tuple) else value


def wanted(record: Record, fields: dict[str, Any]) -> dict[str, Any]:
    """Return a vector's fields under the record's names, each as its declared type says."""
    declared = {field.name: field.kind for field in fields_of(type(record))}
    named = {OTHER_NAMES.get(name, name): value for name, value in fields.items()}
    return {name: _as_declared(declared[name], value) for name, value in named.items()}


def _as_declared(kind: Any, value: Any) -> Any:
    form = form_of(kind)
    if isinstance(value, str):
        return value if isinstance(form, CharacterString) else value.lower()
    if isinstance(form, Integer) and not form.signed:
        return value % (1 << form.bits)  # the vectors show some octets signed
    return value


# ------------------------------------------------------------------ any record

# fields that say how many items a list has
COUNTS = {
    "number_of_labels",
    "number_of_periods_delivered",
    "number_of_samples",
    "number_of_commands",
    "number_of_transitions",
    "protocol_count",
}


@st.composite
def records(draw: st.DrawFn, kind: type[Record]) -> Any:
    """Give records of a kind; optional fields are left off from some point on."""
    declared = fields_of(kind)
    optional = [field.name for field in declared if field.may_be_left_off]
    left_off = optional[draw(st.integers(0, len(optional))) :]
    counts = [without_form(field.kind)[1] for field in declared]
    counted = any(isinstance(count, CountedBy) for count in counts)
    given: dict[str, Any] = {}
    for field, count in zip(declared, counts, strict=True):
        condition = kind.PRESENT_IF.get(field.name)
        is_there = (
            field.name not in left_off
            if condition is None
            else condition.is_met(given[condition.name])
        )
        if not is_there:
            given[field.name] = None
        elif counted and field.name in COUNTS:
            given[field.name] = draw(st.integers(0, 4))
        elif isinstance(count, CountedBy):
            number = given[count.name] & count.mask
            given[field.name] = draw(_lists(shape_of(field.kind), number, number))
        elif condition is not None:
            given[field.name] = draw(_values(field.kind))
        else:
            least = 1 if field.may_be_left_off else 0  # an empty list at the end is one left off
            given[field.name] = draw(_values(field.kind, least))
    return kind(**given)


def _lists(shape: Any, least: int, most: int) -> st.SearchStrategy[Any]:
    return st.lists(_values(shape.items), min_size=least, max_size=most).map(tuple)


def _values(kind: Any, least: int = 0) -> st.SearchStrategy[Any]:
    shape = shape_of(kind)
    if isinstance(shape, Listing):
        return _lists(shape, least, 4)
    form = form_of(kind)
    return records(kind) if form is None else _values_on_air(form)


def _values_on_air(form: Form) -> st.SearchStrategy[Any]:
    match form:
        case CharacterString():
            letters = st.characters(codec="utf-8", exclude_characters="\0")
            return st.text(letters, max_size=250).filter(lambda text: len(text.encode()) <= 254)
        case Integer():
            return st.integers(form.low, form.high)
        case FixedOctets(size):
            return st.binary(min_size=size, max_size=size)
        case RemainingOctets(fewest):
            return st.binary(min_size=fewest, max_size=80)
        case _:
            return st.binary(max_size=80)
