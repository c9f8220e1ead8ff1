"""Which reports are expected, missed, and made by ourselves."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import FullError
from sebridge.gateway.pairing import OURSELVES, PairedAttribute, Pairing
from sebridge.gateway.reporting.expectations import MOST_PER_DEVICE, Expectation, Expectations
from sebridge.model.row_codec import RowCodec
from sebridge.network.peer import Peer
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.gateway.radio_side import address, peer

PAIRING = Pairing(peer(), 0x5E, 0x0702, server=False)
KEY = PairedAttribute(PAIRING, 0)
RECORD = AttributeReportingConfigurationRecord(0, 0, 0x25, 10, 100, 1)


class Book:
    """Expectations of devices that are there or not."""

    def __init__(self) -> None:
        self.store: dict[PairedAttribute, Expectation] = {}
        self.absent: set[Eui64] = set()
        self.changes = 0
        self.expectations = Expectations(self.store, lambda device: device not in self.absent)
        self.expectations.changed = self._changed

    def _changed(self) -> None:
        self.changes += 1

    def expect(self, *, wish: bool | None = None, **more: int) -> None:
        given = {"attribute_id": 0, "max_interval": 100} | more
        record = AttributeReportingConfigurationRecord(**given)
        self.expectations.put(KEY, Expectation(record=record, wish=wish), 0.0)

    def missed(self, now: float) -> list[int]:
        """Return the attributes that are to be configured again."""
        found = self.expectations.missed(now)
        return [record.attribute_id for records in found.values() for record in records]


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.mark.parametrize(
    ("more", "patience"),
    [
        ({}, 250.0),
        ({"timeout": 40}, 40.0),
        ({"max_interval": 0}, None),
        ({"max_interval": 0xFFFF}, None),
        ({"direction": 1, "timeout": 40}, None),
    ],
)
def test_patience_is_the_timeout_or_comes_from_the_longest_interval(
    book: Book, more: dict[str, int], patience: float | None
) -> None:
    book.expect(wish=None, **more)

    assert book.store[KEY].patience == patience


def test_a_report_that_stays_away_is_configured_again_once_per_timeout(book: Book) -> None:
    book.expect(wish=False)

    assert [now for now in range(0, 801, 50) if book.missed(float(now))] == [300, 600]


def test_a_report_that_comes_is_not_missed(book: Book) -> None:
    book.expect()
    book.expectations.heard(PAIRING, [0, 1], 240.0)

    assert book.missed(480.0) == []
    assert book.missed(491.0) == [0]


@pytest.mark.parametrize(
    "other",
    [
        Pairing(peer(2), 0x5E, 0x0702, server=False),
        Pairing(peer(), 0x5E, 0x0702, server=True),
        Pairing(peer(), 0x5E, 0x0702, server=False, manufacturer_code=1),
    ],
)
def test_the_report_of_another_cluster_does_not_count(book: Book, other: Pairing) -> None:
    book.expect()

    book.expectations.heard(other, [0], 240.0)
    book.expectations.heard(PAIRING, [1], 240.0)

    assert book.missed(260.0) == [0]


def test_where_configuring_did_not_help_the_attribute_is_read(book: Book) -> None:
    book.expect()
    assert book.missed(260.0) == [0]

    assert book.missed(520.0) == []
    assert book.expectations.to_read() == {KEY: book.store[KEY].record}
    book.expectations.heard(PAIRING, [0], 600.0)
    assert book.expectations.to_read() == {}


def test_who_always_wants_it_read_gets_it_read_whatever_is_heard(book: Book) -> None:
    book.expectations.put(KEY, Expectation(record=RECORD, pseudo=True, wish=True), 0.0)

    book.expectations.heard(PAIRING, [0], 1.0)

    assert list(book.expectations.to_read()) == [KEY]


def test_a_device_that_is_gone_is_neither_missed_nor_read_until_it_is_back(book: Book) -> None:
    book.expect()
    book.absent.add(address(1))
    assert book.missed(1000.0) == []
    book.absent.clear()

    book.expectations.resumed(address(1), 1000.0)

    assert book.missed(1249.0) == []
    assert book.missed(1251.0) == [0]


def test_our_own_attributes_are_always_read(book: Book) -> None:
    own = PairedAttribute(Pairing(Peer(OURSELVES, 0x5E, 0x0109), 0x5E, 0x000A, server=False), 0)
    book.absent.add(OURSELVES)

    book.expectations.put(own, Expectation(record=RECORD), 0.0)

    assert list(book.expectations.to_read()) == [own]


def test_the_gateways_own_wishes_are_not_configured_again_here(book: Book) -> None:
    book.expectations.put(KEY, Expectation(record=RECORD, own=True), 0.0)

    assert book.missed(10_000.0) == []


def test_what_is_dropped_or_forgotten_is_not_expected(book: Book) -> None:
    book.expect()
    book.expectations.drop(KEY)
    book.expectations.drop(KEY)
    assert book.store == {}

    book.expect()
    book.expectations.forget(address(2))
    assert book.expectations.get(KEY) is not None
    book.expectations.forget(address(1))
    assert list(book.expectations) == []
    assert book.changes == 4


def test_what_was_kept_is_expected_again(book: Book) -> None:
    book.expect()

    after = Expectations(book.store, lambda _device: True)
    after.resumed(address(1), 0.0)

    assert list(after.missed(251.0)) == [PAIRING]


def test_no_device_can_fill_the_memory(book: Book) -> None:
    for attribute_id in range(MOST_PER_DEVICE):
        key = PairedAttribute(PAIRING, attribute_id)
        book.expectations.put(key, Expectation(record=RECORD), 0.0)

    with pytest.raises(FullError):
        book.expectations.put(PairedAttribute(PAIRING, 0xFFFF), Expectation(record=RECORD), 0.0)
    book.expectations.put(KEY, Expectation(record=RECORD, wish=True), 0.0)

    assert len(book.store) == MOST_PER_DEVICE


def test_an_expectation_can_be_kept() -> None:
    codec = RowCodec[Expectation](Expectation)
    expectation = Expectation(record=RECORD, pseudo=True, wish=None, own=True)

    assert codec.read(codec.write(expectation)) == expectation
