"""Pages of slots are bounded, and found again."""

from zoneinfo import ZoneInfo

from sebridge.features.metering.calendar import KEPT, Calendar, Resolution
from sebridge.features.metering.history_pages import HistoryPages
from sebridge.features.metering.slot import Counted, Slot

CALENDAR = Calendar(ZoneInfo("Europe/Berlin"))
BEGIN = 1_300_003_200  # a full hour
ONE = Slot(Counted(1.0, 300.0))


def test_slots_are_found_between_two_times_oldest_first() -> None:
    pages = HistoryPages({}, CALENDAR)
    for number in (3, 1, 2, 0):
        pages.add(7, Resolution.HOUR, {BEGIN + 3600 * number: ONE})
    pages.add(7, Resolution.HOUR, {BEGIN + 100 * 3600: ONE})

    found = pages.between(7, Resolution.HOUR, BEGIN + 3600, BEGIN + 3 * 3600)

    assert list(found) == [(BEGIN + 3600, ONE), (BEGIN + 7200, ONE)]
    assert list(pages.between(8, Resolution.HOUR, 0, 2e9)) == []


def test_what_comes_later_for_a_slot_is_added() -> None:
    store: dict[str, str] = {}
    HistoryPages(store, CALENDAR).add(7, Resolution.DAY, {BEGIN: ONE})

    HistoryPages(store, CALENDAR).add(7, Resolution.DAY, {BEGIN: ONE})

    (found,) = HistoryPages(store, CALENDAR).between(7, Resolution.DAY, 0, 2e9)
    assert found == (BEGIN, Slot(Counted(2.0, 600.0)))


def test_pages_that_are_too_old_are_forgotten() -> None:
    store: dict[str, str] = {}
    pages = HistoryPages(store, CALENDAR)
    slots = 1000
    for number in range(slots):
        pages.add(7, Resolution.FIVE_MINUTES, {BEGIN + 300 * number: ONE})

    kept = list(pages.between(7, Resolution.FIVE_MINUTES, 0, 2e9))

    days = KEPT[Resolution.FIVE_MINUTES] // 300
    assert days <= len(kept) <= days + 24
    assert kept[-1][0] == BEGIN + 300 * (slots - 1)
    assert len(store) <= 50


def test_a_history_is_forgotten_as_a_whole() -> None:
    store: dict[str, str] = {}
    pages = HistoryPages(store, CALENDAR)
    pages.add(7, Resolution.DAY, {BEGIN: ONE})
    pages.add(8, Resolution.DAY, {BEGIN: ONE})

    pages.forget(7)

    assert list(pages.between(7, Resolution.DAY, 0, 2e9)) == []
    assert list(pages.between(8, Resolution.DAY, 0, 2e9)) == [(BEGIN, ONE)]
    assert len(store) == 1
