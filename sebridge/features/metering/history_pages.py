"""The pages that slots of history are kept on: what is written is small, and bounded. Pure."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, MutableMapping

from sebridge.features.metering.calendar import KEPT, Calendar, Resolution
from sebridge.features.metering.slot import Slot, page_of, page_text


class HistoryPages:
    """Keeps slots in `store` by the number of their history, their resolution and their page.

    A page that is older than slots of its resolution are kept is forgotten when a newer one begins.
    """

    def __init__(self, store: MutableMapping[str, str], calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar
        self._begins: dict[tuple[int, Resolution], list[int]] = {}
        for key in store:
            number, resolution, begin = key.split("/")
            insort(self._of(int(number), Resolution(resolution)), int(begin))

    def add(self, number: int, resolution: Resolution, slots: Mapping[int, Slot]) -> None:
        """Add to what is kept of slots, by their begin."""
        pages: dict[int, dict[int, Slot]] = {}
        for begin, slot in slots.items():
            pages.setdefault(self._calendar.page(resolution, begin), {})[begin] = slot
        for page in sorted(pages):
            self._add_to_page(number, resolution, page, pages[page])

    def _add_to_page(
        self, number: int, resolution: Resolution, page: int, added: Mapping[int, Slot]
    ) -> None:
        key = _key(number, resolution, page)
        is_new = key not in self._store
        slots = {} if is_new else page_of(self._store[key])
        for begin, slot in added.items():
            slots[begin] = slots[begin] + slot if begin in slots else slot
        self._store[key] = page_text(slots)
        if is_new:
            begins = self._of(number, resolution)
            insort(begins, page)
            self._forget_before(number, resolution, begins[-1] - KEPT[resolution])

    def between(
        self, number: int, resolution: Resolution, begin: float, end: float
    ) -> Iterator[tuple[int, Slot]]:
        """Yield the slots that begin in a span of time, oldest first."""
        begins = self._of(number, resolution)
        first = bisect_left(begins, self._calendar.page(resolution, int(begin)))
        for page in begins[first:]:
            if page >= end:
                return
            for start, slot in page_of(self._store[_key(number, resolution, page)]).items():
                if begin <= start < end:
                    yield start, slot

    def forget(self, number: int) -> None:
        """Forget all slots of a history."""
        for resolution in Resolution:
            for page in self._begins.pop((number, resolution), ()):
                del self._store[_key(number, resolution, page)]

    def _of(self, number: int, resolution: Resolution) -> list[int]:
        return self._begins.setdefault((number, resolution), [])

    def _forget_before(self, number: int, resolution: Resolution, time: float) -> None:
        begins = self._of(number, resolution)
        while begins[1:] and begins[1] <= time:  # the second begins where the first has ended
            del self._store[_key(number, resolution, begins.pop(0))]


def _key(number: int, resolution: Resolution, page: int) -> str:
    return f"{number}/{resolution.value}/{page}"
