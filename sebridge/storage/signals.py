"""News of the database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StorageChanged:
    """The database cannot be written any more, or can be again; `reason` says why."""

    writable: bool
    reason: str
