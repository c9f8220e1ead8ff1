"""A list of records that is made only when somebody reads it. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from typing_extensions import override

from sebridge.model.record import Record


class LazyRecords(Sequence[Record]):
    """The whole list of events, which is long, and which most listeners never read.

    It is as it stands when it is first read; listeners of the bus read at once.
    """

    __hash__ = None  # type: ignore[assignment]  # a list has none either

    def __init__(self, make: Callable[[], Sequence[Record]]) -> None:
        self._make = make
        self._made: Sequence[Record] | None = None

    @property
    def _records(self) -> Sequence[Record]:
        if self._made is None:
            self._made = self._make()
        return self._made

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...

    @override
    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        return self._records[index]

    @override
    def __len__(self) -> int:
        return len(self._records)

    @override
    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    @override
    def __repr__(self) -> str:
        return repr(list(self))
