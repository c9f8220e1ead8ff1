"""Records from plain fields as a frame has them: what is not given is left off."""

from collections.abc import Mapping
from typing import Any

from sebridge.model.plain import from_plain
from sebridge.model.record import Record
from sebridge.model.shape import fields_of


def record_of(kind: type[Record], fields: Mapping[str, Any], path: str) -> Record:
    """Return the record with these fields; raise ParameterError that names the wrong one.

    Unlike a caller's record, it has no default for a field that may be left off.
    """
    record: Record = from_plain(kind, _numbers(fields), path)
    other_names = kind.OTHER_NAMES
    given = {other_names.get(name, name) for name in fields}
    left_off = {
        field.name: None
        for field in fields_of(kind)
        if field.may_be_left_off and field.name not in given
    }
    return record.replace(**left_off)


def _numbers(value: Any) -> Any:
    """Return plain values with 0 and 1 for false and true: a record has numbers for both."""
    if isinstance(value, Mapping):
        return {name: _numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return int(value) if isinstance(value, bool) else value
