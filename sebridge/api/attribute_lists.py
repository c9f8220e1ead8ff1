"""What a request may list: attributes, each once, not too many."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from sebridge.base.errors import ParameterError

MOST_RECORDS: Final = 100
_HIGHEST_UINT16: Final = 0xFFFF
"""More than any frame could carry."""


class OfAttribute(Protocol):
    """A record that is about one attribute."""

    @property
    def attribute_id(self) -> int:
        """Its identifier."""


def attribute_ids(records: Sequence[OfAttribute]) -> list[int]:
    """Return the ids; ParameterError for one that cannot be, and for more than MOST_RECORDS."""
    if len(records) > MOST_RECORDS:
        raise ParameterError("record_list", f"has more than {MOST_RECORDS} records")
    for place, record in enumerate(records):
        check_range(record.attribute_id, _HIGHEST_UINT16, f"record_list[{place}].attribute_id")
    return [record.attribute_id for record in records]


def distinct_ids(records: Sequence[OfAttribute]) -> list[int]:
    """Return the ids; ParameterError also for none at all, and for one that comes twice."""
    ids = attribute_ids(records)
    if not ids:
        raise ParameterError("record_list", "is empty")
    for place, attribute_id in enumerate(ids):
        if attribute_id in ids[:place]:
            raise ParameterError(f"record_list[{place}].attribute_id", "is there twice")
    return ids


def check_range(value: int, most: int, path: str) -> None:
    """Raise ParameterError for a number that is not in 0..most."""
    if not 0 <= value <= most:
        raise ParameterError(path, f"is not in 0..{most}")


def check_ranges(fields: Iterable[tuple[str, int]], most: int, path: str) -> None:
    """Raise ParameterError for the first field of a record that is not in 0..most."""
    for name, value in fields:
        check_range(value, most, f"{path}.{name}")
