"""Records <-> plain fields for JSON: what base.values does, and the lists that a payload has."""

from collections.abc import Mapping
from typing import Any, Final

import zigpy.types as t
from zigpy.zcl.foundation import CommandSchema

from sebridge.base.errors import ParameterError
from sebridge.model.values import plain_record, typed

_MOST_ITEMS: Final = 0x10000


def fields_of(record: CommandSchema) -> dict[str, Any]:
    """Return a record's fields: numbers, text, hex text for octets, lists; no fields left off."""
    return plain_record(record)


def record_of(kind: type[CommandSchema], fields: Mapping[str, Any], path: str) -> CommandSchema:
    """Return the record with these fields; raise ParameterError that names the wrong one."""
    record: CommandSchema = _struct(kind, fields, path)
    return record


def _struct(kind: Any, value: Any, path: str) -> Any:
    if not isinstance(value, Mapping):
        raise ParameterError(path, "is not an object")
    items = {item.name: item for item in kind.fields}
    other_names: Mapping[str, str] = getattr(kind, "OTHER_NAMES", {})
    given = {other_names.get(name, name): item for name, item in value.items()}
    for name in given:
        if name not in items:
            raise ParameterError(f"{path}.{name}", "is unknown")
    left_off: dict[str, None] = {}
    for name, item in items.items():
        if name not in given and item.optional:
            left_off[name] = None
        elif name not in given and item.default is None:
            raise ParameterError(f"{path}.{name}", "is missing")
    read = {name: _field(items[name].type, v, f"{path}.{name}") for name, v in given.items()}
    return kind(**read, **left_off)


def _field(kind: Any, value: Any, path: str) -> Any:
    if issubclass(kind, list):
        if not isinstance(value, list) or len(value) > _MOST_ITEMS:
            raise ParameterError(path, f"is not a list of at most {_MOST_ITEMS} items")
        item_type = kind._item_type  # noqa: SLF001  # zigpy has no public name for it
        return kind(_field(item_type, item, f"{path}[{n}]") for n, item in enumerate(value))
    if issubclass(kind, t.Struct) and not issubclass(kind, int):
        return _struct(kind, value, path)
    if issubclass(kind, int):
        value = int(value) if isinstance(value, bool) else value
    return typed(kind, value, path)
