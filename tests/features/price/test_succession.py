"""What is in force and what comes after it."""

from msgspec.structs import replace
import pytest

from sebridge.base.errors import DuplicateError, OutdatedError, UnknownEventError
from sebridge.features.messaging.records import CancelMessageRecord
from sebridge.features.price.succession import Item, Succession
from tests.gateway.radio_side import NOW


def item(event_id: int, start: int, end: int | None = None) -> Item[CancelMessageRecord]:
    record = CancelMessageRecord(message_id=event_id)
    until = None if end is None else NOW + end
    return Item(issuer_event_id=event_id, start=NOW + start, end=until, record=record)


@pytest.fixture
def succession() -> Succession[CancelMessageRecord]:
    return Succession({})


def ids(succession: Succession[CancelMessageRecord], after: int = 0) -> list[int]:
    return [found.issuer_event_id for found in succession.items(NOW + after)]


def test_what_is_scheduled_takes_over_at_its_start(
    succession: Succession[CancelMessageRecord],
) -> None:
    succession.take(item(1, -5), NOW)
    succession.take(item(2, 60), NOW)

    changes = [succession.next_change(NOW + after) for after in (0, 60)]

    assert changes == [NOW + 60, None]
    assert ids(succession, 60) == [2]


def test_a_later_id_takes_the_place_of_an_older_one(
    succession: Succession[CancelMessageRecord],
) -> None:
    for one in (item(1, 0), item(3, 60), item(4, 90), item(5, 0)):
        succession.take(one, NOW)

    with pytest.raises(OutdatedError):
        succession.take(item(2, 0), NOW)
    with pytest.raises(DuplicateError):
        succession.take(item(4, 0), NOW)

    assert ids(succession) == [5, 4]


def test_what_ends_leaves_nothing_and_what_is_over_is_not_taken(
    succession: Succession[CancelMessageRecord],
) -> None:
    succession.take(item(1, 0, 60), NOW)

    assert succession.active(NOW + 60) is None
    with pytest.raises(OutdatedError):
        succession.take(item(2, 0, 60), NOW + 60)


def test_what_repeats_is_what_its_rule_makes_of_it() -> None:
    again = Succession[CancelMessageRecord](
        {}, lambda ended, now: replace(ended, start=now, end=now + 60)
    )
    without = Succession[CancelMessageRecord]({})
    for one in (without, again):
        one.take(replace(item(1, 0, 60), repeats=True), NOW)

    active = again.active(NOW + 90)

    assert without.active(NOW + 90) is None
    assert active is not None
    assert (active.start, active.end) == (NOW + 90, NOW + 150)


def test_only_what_is_scheduled_is_cancelled(succession: Succession[CancelMessageRecord]) -> None:
    succession.take(item(1, 0), NOW)
    succession.take(item(2, 60), NOW)

    succession.cancel(0, 2, NOW)

    assert ids(succession) == [1]
    for event_id in (1, 2):
        with pytest.raises(UnknownEventError):
            succession.cancel(0, event_id, NOW)
