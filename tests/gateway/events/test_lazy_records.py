"""A list that is made only when somebody reads it."""

from collections.abc import Sequence

from sebridge.features.messaging.records import CancelMessageRecord
from sebridge.gateway.events.lazy_records import LazyRecords
from sebridge.model.record import Record

ONE, TWO = CancelMessageRecord(message_id=1), CancelMessageRecord(message_id=2)


def test_a_list_is_made_once_and_not_before_it_is_read() -> None:
    made: list[int] = []

    def make() -> Sequence[Record]:
        made.append(1)
        return [ONE, TWO]

    listing = LazyRecords(make)
    unread = list(made)
    read = [len(listing), list(listing), listing[0], listing[1:]]

    assert (unread, made) == ([], [1])
    assert read == [2, [ONE, TWO], ONE, [TWO]]


def test_it_equals_a_list_of_the_same() -> None:
    listing = LazyRecords(lambda: [ONE])

    assert listing == [ONE]
    assert listing != [TWO]
    assert listing != 1
    assert repr(listing) == repr([ONE])
