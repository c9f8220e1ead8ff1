"""Collection: a MutableMapping of records which survives power loss."""

from collections.abc import Callable, Hashable, Iterable, Iterator, MutableMapping, Sequence
import logging
from typing import Any, Final, Generic, Protocol, TypeVar

from typing_extensions import override

from sebridge.base.errors import ParameterError
from sebridge.base.redaction import redacted
from sebridge.model.row_codec import RowCodec, Unknown, Upgrade

_LOGGER = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

OpenCollection = Callable[[str, Any, Any], MutableMapping[Any, Any]]
"""Opens a power-safe collection by its name, and the types of its keys and values."""

_UNCHANGEABLE: Final = (bool, int, float, str, bytes, type(None))
_SHOWN: Final = 80  # characters of a row's key in a log line


class Pending(Protocol):
    """Where a collection says what is to be written."""

    def changed(self, collection: str, key: Hashable, *, was_there: bool, is_there: bool) -> None:
        """Note that the value of a key was set or deleted."""


class Collection(MutableMapping[K, V], Generic[K, V]):
    """Typed records in memory, written behind through the database.

    Reading never touches the disk. A change is on the disk after `Database.flush()`, and without
    one soon after. The values are meant to be unchangeable: a record that was changed in place
    must be set again. The order is that of first writing, as in a dict, also after a restart.

    A value may say in `stored_under` which key is its own.

    What another version wrote into a row beside what is known here stays in the row for as long as
    there is one under its key.
    """

    def __init__(self, name: str, key: RowCodec[K], value: RowCodec[V], pending: Pending) -> None:
        self.name = name
        self.unreadable = 0
        self._key = key
        self._value = value
        self._pending = pending
        self._entries: dict[K, V] = {}
        self._unknown: dict[K, Unknown] = {}

    def load(
        self,
        rows: Iterable[tuple[str, str]],
        upgrades: Sequence[Upgrade] = (),
        later: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Take the rows that are on the disk; those that an upgrade changes are written again.

        `later` are the rows of fields that came later, under the same keys. A row that cannot be
        read, because another version wrote it, is skipped, counted, and left where it is.
        """
        beside = dict(later)
        for key_text, text in rows:
            try:
                key = self._read_key(key_text)
                value, unknown = self._value.read_row(text, upgrades, beside.get(key_text, "{}"))
                self._check_key(key, value)
                self._entries[key] = value
                if unknown is not None:
                    self._unknown[key] = unknown
                if upgrades:
                    self._pending.changed(self.name, key, was_there=True, is_there=True)
            except ParameterError as error:
                self.unreadable += 1
                _LOGGER.warning(
                    "%s: the row with key %s is skipped and kept: not readable by this version%s",
                    self.name,
                    redacted(key_text.encode("utf-8", "backslashreplace").decode())[:_SHOWN],
                    f" ({error.path})" if error.path else "",
                )

    def _read_key(self, text: str) -> K:
        key = self._key.read(text)
        if self._key.write(key) != text:  # deleting the key would not find this row
            raise ParameterError("key", "is written in another way")
        return key

    @staticmethod
    def _check_key(key: K, value: V) -> None:
        """Refuse a value under another key than its own: whoever deletes it would not find it."""
        if getattr(value, "stored_under", key) != key:
            raise ParameterError("key", "is not that of the value")

    def row(self, key: Any) -> tuple[str, str | None]:
        """Return the key and the value as text; None for a value that was deleted."""
        if key not in self._entries:
            return self._key.write(key), None
        return self._key.write(key), self._value.write(self._entries[key], self._unknown.get(key))

    @property
    def has_rows_beside(self) -> bool:
        """Whether an entry may have a second row, for fields that came later."""
        return self._value.has_later_fields

    def row_beside(self, key: Any) -> tuple[str, str | None]:
        """Return the key and the fields that came later as text; None where there is no such."""
        text = self._value.write_later(self._entries[key]) if key in self._entries else None
        return self._key.write(key), text

    @override
    def __getitem__(self, key: K) -> V:
        return self._entries[key]

    @override
    def get(
        self, key: K, default: Any = None
    ) -> Any:  # each report asks, and a mapping's own raises
        return self._entries.get(key, default)

    @override
    def __setitem__(self, key: K, value: V) -> None:
        was_there = key in self._entries
        if was_there and _is_same(self._entries[key], value):
            return
        self._pending.changed(self.name, key, was_there=was_there, is_there=True)
        self._entries[key] = value

    @override
    def __delitem__(self, key: K) -> None:
        del self._entries[key]
        if key in self._unknown:
            del self._unknown[key]
        self._pending.changed(self.name, key, was_there=True, is_there=False)

    @override
    def __contains__(self, key: object) -> bool:
        return key in self._entries

    @override
    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    @override
    def __len__(self) -> int:
        return len(self._entries)

    @override
    def __repr__(self) -> str:
        return f"<Collection {self.name} of {len(self)}>"


def _is_same(present: object, value: object) -> bool:
    """Tell whether nothing is to be written. 1, 1.0 and True are not the same."""
    if type(present) is not type(value):
        return False
    if present is value:
        # it may have been changed in place, unless it cannot be
        return isinstance(value, _UNCHANGEABLE)
    return present == value


def opened_once(open_collection: OpenCollection) -> OpenCollection:
    """Return the same, but give out the same collection for the same name again.

    For what comes and goes while the bridge runs.
    """
    opened: dict[str, MutableMapping[Any, Any]] = {}

    def reopen(name: str, key: Any, value: Any) -> MutableMapping[Any, Any]:
        if name not in opened:
            opened[name] = open_collection(name, key, value)
        return opened[name]

    return reopen
