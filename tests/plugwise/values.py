"""What a record says, field by field as hex digits, as the vectors have it."""

from typing import Any, get_args

import msgspec

from sebridge.plugwise.fields import write_record


def values_of(record: msgspec.Struct) -> list[str]:
    """Return the digits of each field; those of a record in it, or of a list, one by one."""
    whole, start = write_record(record), 0
    found: list[str] = []
    for field in msgspec.structs.fields(type(record)):
        inside = _inside(getattr(record, field.name))
        if inside is None:
            form = get_args(field.type)[1]
            inside = [whole[start : start + form.digits]]
        found += inside
        start += sum(map(len, inside))
    return found


def _inside(value: Any) -> list[str] | None:
    if isinstance(value, tuple):
        return [digits for item in value for digits in values_of(item)]
    return values_of(value) if isinstance(value, msgspec.Struct) else None
