"""News of the database."""

import msgspec


class StorageChanged(msgspec.Struct, frozen=True):
    """The database cannot be written any more, or can be again; `reason` says why."""

    writable: bool
    reason: str
