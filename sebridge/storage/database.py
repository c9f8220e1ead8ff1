"""The database: what is set in its collections is written behind, many changes in one commit."""

import asyncio
from collections.abc import Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
import logging
import math
from pathlib import Path
from threading import get_ident
from typing import Any, Final, TypeVar, overload

from typing_extensions import override

from sebridge.base.clock import Clock, Timer
from sebridge.base.errors import StorageError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.model.row_codec import RowCodec, Upgrade
from sebridge.storage.collection import Collection
from sebridge.storage.signals import StorageChanged
from sebridge.storage.sqlite_file import Row, SqliteFile

_LOGGER = logging.getLogger(__name__)

_LONGEST_RETRY: Final = 30.0  # seconds
_VERSIONS: Final = "collection_versions"
_FIRST_VERSION: Final = 1
_BESIDE: Final = ".later"  # the collection of the fields that came later

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Change = tuple[str, Hashable]
"""Which value of which collection."""

_Waiting = tuple[bool, float]
"""Whether the key may be on the disk, and since when the change waits: monotonic."""


class Database(Service):
    """Collections in one SQLite file, owned by one thread, and changed in that of the event loop.

    A change lingers for at most `linger` seconds and is then committed, together with all others:
    of a value that was set often, the last is written; an entry that was added and deleted
    meanwhile never reaches the disk, however many others come and go with it. `flush` does not
    wait for that. While the disk refuses, all changes stay in memory and are tried again, at first
    after `linger`, at last every 30 s.
    """

    def __init__(
        self, path: Path, clock: Clock, linger: float = 0.05, bus: SignalBus | None = None
    ) -> None:
        super().__init__()
        self.writable = True
        self.commits = 0
        self._path = path
        self._file = SqliteFile(path)
        self._thread: ThreadPoolExecutor | None = None
        self._changed_in: int | None = None  # the thread of the event loop, while open
        self._clock = clock
        self._linger = linger
        self._collections: dict[str, Collection[Any, Any]] = {}
        self._rows: dict[str, list[tuple[str, str]]] = {}
        self._versions: Collection[str, int]
        self._pending: dict[Change, _Waiting] = {}
        self._committing: dict[Change, _Waiting] = {}
        self._noted = 0  # changes noted so far
        self._settled = 0  # of these, so many are on the disk or need not be
        self._commit: asyncio.Task[StorageError | None] | None = None
        self._timer: Timer | None = None
        self._failures = 0
        self._bus = bus

    # -------------------------------------------------------------- life

    async def open(self) -> None:
        """Open the file and read all rows; StorageError says what is wrong and what to do."""
        if self._thread is not None:
            return
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        try:
            rows = await self._on_thread(self._file.open)
        except BaseException:
            self._thread.submit(self._file.close)
            self._let_thread_go()
            raise
        for collection, key, value in rows:
            self._rows.setdefault(collection, []).append((key, value))
        self._changed_in = get_ident()
        self._versions = Collection(_VERSIONS, RowCodec[str](str), RowCodec[int](int), self)
        self._versions.load(self._rows.pop(_VERSIONS, ()))
        self._collections[_VERSIONS] = self._versions

    async def copy(self, target: Path) -> None:
        """Write all that was set until now into a file of its own, which opens as this one does.

        StorageError when the disk refuses; a copy from before is then as it was.
        """
        await self.flush()
        await self._on_thread(self._file.copy, target)

    async def close(self) -> None:
        """Write what is pending and let go of the file.

        StorageError when the disk refuses: then the changes since the last commit are lost.
        """
        if self._thread is None:
            return
        try:
            await self.flush()
        finally:
            self._stop_timer()
            await self._on_thread(self._file.close)
            self._let_thread_go()

    @override
    async def start(self) -> None:
        """Open, as `open` does."""
        await self.open()
        await super().start()

    @override
    async def stop(self) -> None:
        """Close, as `close` does."""
        try:
            await self.close()
        finally:
            await super().stop()

    # -------------------------------------------------------------- use

    @overload
    def collection(
        self,
        name: str,
        key_kind: type[K],
        value_kind: type[V],
        upgrades: Sequence[Upgrade] = (),
    ) -> Collection[K, V]: ...
    @overload
    def collection(
        self, name: str, key_kind: Any, value_kind: Any, upgrades: Sequence[Upgrade] = ()
    ) -> Collection[Any, Any]: ...
    def collection(
        self, name: str, key_kind: Any, value_kind: Any, upgrades: Sequence[Upgrade] = ()
    ) -> Collection[Any, Any]:
        """Return the collection of that name with what the disk has of it.

        The kinds are types as `RowCodec` takes them. A name is given out once.

        Rows of the first version need no upgrade; each step of `upgrades` makes the version after
        the one before it. A step that was released is never edited, and leaves a row alone that
        has its form already: an older version may have written among rows of a newer one.
        """
        if self._thread is None:
            raise StorageError(f"the database {self._path} is not open")
        if name in self._collections:
            raise ValueError(f"the collection {name} is in use already")
        made = Collection[Any, Any](name, RowCodec(key_kind), RowCodec(value_kind), self)
        self._collections[name] = made
        rows = self._rows.pop(name, ())
        version = self._versions.get(name, _FIRST_VERSION)
        beside = self._rows.pop(name + _BESIDE, ())
        made.load(rows, upgrades[version - _FIRST_VERSION :], beside)
        self._note_version(name, version, _FIRST_VERSION + len(upgrades))
        return made

    def _note_version(self, name: str, present: int, version: int) -> None:
        """Keep in which version rows are written from now on; the first is not worth a row."""
        if version == _FIRST_VERSION:
            self._versions.pop(name, None)
        elif present != version:
            self._versions[name] = version

    @property
    def pending(self) -> int:
        """How many entries are not on the disk yet."""
        return len(self._pending.keys() | self._committing.keys())

    @property
    def unreadable(self) -> int:
        """How many rows were skipped because this version cannot read them."""
        return sum(collection.unreadable for collection in self._collections.values())

    async def flush(self) -> None:
        """Return when everything set so far is on the disk.

        Flushes at the same time share one commit. StorageError when the disk refuses; the changes
        are kept and tried again.
        """
        wanted = self._noted
        while self._settled < wanted:
            commit = self._commit or self._begin_commit()
            await asyncio.wait([commit])
            if not commit.cancelled() and (error := commit.result()) is not None:
                raise StorageError(str(error)) from error

    def changed(self, collection: str, key: Hashable, *, was_there: bool, is_there: bool) -> None:
        """Note that the value of a key was set or deleted; called by the collections.

        StorageError when the database is not open, or another thread than the event loop's calls.
        """
        if get_ident() != self._changed_in:
            why = "is not open" if self._thread is None else "is changed in another thread"
            raise StorageError(f"the database {self._path} {why}")
        change = (collection, key)
        self._noted += 1
        if change not in self._pending:
            on_disk = was_there or change in self._committing
            if on_disk or is_there:
                self._pending[change] = (on_disk, self._clock.monotonic())
        elif not (is_there or self._pending[change][0]):  # it came and went since the last commit
            del self._pending[change]
            if not self._pending:
                self._stop_timer()  # to wake up for nothing costs as much as to set it again
        if self._timer is None and self._commit is None and self._pending:
            self._start_timer(self._linger)

    # -------------------------------------------------------------- writing

    def _begin_commit(self) -> asyncio.Task[StorageError | None]:
        self._stop_timer()
        self._commit = self.spawn(self._write_pending(), "commit")
        return self._commit

    async def _write_pending(self) -> StorageError | None:
        """Commit what is pending; return the error instead, for those who wait to raise."""
        upto = self._noted
        self._committing, self._pending = self._pending, {}
        rows, error = self._as_rows(self._committing)
        try:
            if rows:
                await self._on_thread(self._file.write, rows)
                self.commits += 1
        except StorageError as refusal:
            self._keep_pending()
            self._failed(refusal)
            return refusal
        except BaseException:
            self._keep_pending()
            raise
        else:
            self._settled = upto
            self._worked()
            return error
        finally:
            self._committing = {}
            self._commit = None
            if self._pending:
                self._start_timer(min(self._linger * 2**self._failures, _LONGEST_RETRY))

    def _as_rows(self, changes: Iterable[Change]) -> tuple[list[Row], StorageError | None]:
        """Return the rows to write. A value without a written form must not hold up the others."""
        rows: list[Row] = []
        error: StorageError | None = None
        for name, key in changes:
            try:
                collection = self._collections[name]
                rows.append((name, *collection.row(key)))
                if collection.has_rows_beside:
                    rows.append((name + _BESIDE, *collection.row_beside(key)))
            except (TypeError, ValueError) as cause:
                _LOGGER.exception("%s: an entry cannot be stored and is kept in memory only", name)
                error = StorageError(f"an entry of {name} cannot be stored")
                error.__cause__ = cause
        return rows, error

    def _keep_pending(self) -> None:
        """Put back what was not committed; whether it is on the disk is not known now."""
        kept: dict[Change, _Waiting] = dict.fromkeys(self._committing, (True, -math.inf))
        self._pending = kept | {c: one for c, one in self._pending.items() if c not in kept}

    def _failed(self, error: StorageError) -> None:
        self._failures = min(self._failures + 1, 20)
        if self.writable:
            self.writable = False
            _LOGGER.error("%s; changes are kept in memory and tried again", error)
            self._tell(str(error))

    def _worked(self) -> None:
        self._failures = 0
        if not self.writable:
            self.writable = True
            _LOGGER.info("the database %s can be written again", self._path)
            self._tell("the database can be written again")

    def _tell(self, reason: str) -> None:
        if self._bus is not None:
            self._bus.send(StorageChanged(self.writable, reason))

    # -------------------------------------------------------------- timer and thread

    def _start_timer(self, seconds: float) -> None:
        self._timer = self._clock.call_later(seconds, self._lingered)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _lingered(self) -> None:
        """Commit what has lingered; what is younger may still go without having been written."""
        self._timer = None
        if not self._pending or self._commit is not None:
            return
        _, oldest = next(iter(self._pending.values()))
        rest = oldest + self._linger - self._clock.monotonic()
        if rest > self._linger / 10:  # sooner is not worth another wake-up
            self._start_timer(rest)
        else:
            self._begin_commit()

    async def _on_thread(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def _let_thread_go(self) -> None:
        assert self._thread is not None, "only what was opened is let go"
        self._thread.shutdown(wait=False)
        self._thread = self._changed_in = None
