"""Which reports are expected, missed, and made by ourselves."""

from itertools import pairwise
from typing import Any

from msgspec.structs import replace
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import FullError
from sebridge.gateway.pairing import OURSELVES, PairedAttribute, Pairing
from sebridge.gateway.reporting.expectations import (
    GRACE,
    MOST_PER_DEVICE,
    RETRIES,
    SELDOM,
    UNASKED,
    WITHOUT_MINIMUM,
    Expectation,
    Expectations,
)
from sebridge.gateway.reporting.ways import Way
from sebridge.model.row_codec import RowCodec
from sebridge.network.peer import Peer
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from sebridge.zcl.status import Status
from tests.gateway.radio_side import address, peer
from tests.gateway.reporting.bookkeeping import report
from tests.lines import lines_of

PAIRING = Pairing(peer(), 0x5E, 0x0702, server=False)
KEY = PairedAttribute(PAIRING, 0)
OTHER = PairedAttribute(PAIRING, 1)
RECORD = AttributeReportingConfigurationRecord(0, 0, 0x25, 10, 100, 1)
SLOWER = AttributeReportingConfigurationRecord(0, 0, 0x25, 100, 600, 5)


class Book:
    """Expectations of devices that are there or not."""

    def __init__(self) -> None:
        self.store: dict[PairedAttribute, Expectation] = {}
        self.absent: set[Eui64] = set()
        self.asleep: set[Pairing] = set()
        self.changes = 0
        self.agreed_otherwise: list[Eui64] = []
        self.expectations = self.opened()

    def opened(self) -> Expectations:
        """Return what is expected by what is kept, as after a start."""
        return Expectations(
            store=self.store,
            is_active=lambda device: device not in self.absent,
            sleeps=lambda pairing: pairing in self.asleep,
            changed=self._changed,
            agreed_otherwise=self.agreed_otherwise.append,
        )

    def _changed(self) -> None:
        self.changes += 1

    def expect(self, *, wish: bool | None = None, own: bool = False, **more: int) -> None:
        given = {"attribute_id": 0, "max_interval": 100} | more
        record = AttributeReportingConfigurationRecord(**given)
        self.expectations.put(KEY, Expectation(record=record, wish=wish, own=own), 0.0)

    def read(
        self,
        key: PairedAttribute = KEY,
        record: AttributeReportingConfigurationRecord = RECORD,
        now: float = 0.0,
    ) -> None:
        self.expectations.put(key, Expectation(record=record, pseudo=True, wish=True), now)

    def missed(self, now: float) -> list[int]:
        """Return the attributes that are to be configured again."""
        found = self.expectations.due(now).configure
        return [record.attribute_id for records in found.values() for record in records]

    def is_read(self) -> bool:
        """Say whether the attribute is read in the device's place."""
        return self.store[KEY].pseudo


@pytest.fixture
def book() -> Book:
    return Book()


# ------------------------------------------------------------------ what is missed


@pytest.mark.parametrize(
    ("wish", "more", "patience"),
    [
        (None, {}, 250.0),
        (False, {}, 250.0),
        (True, {}, None),
        (None, {"timeout": 40}, 40.0),
        (None, {"max_interval": 0}, None),
        (None, {"max_interval": 0xFFFF}, None),
        (None, {"direction": 1, "timeout": 40}, None),
    ],
)
def test_patience_is_the_timeout_or_comes_from_the_longest_interval(
    book: Book, more: dict[str, Any], patience: float | None, *, wish: bool | None
) -> None:
    book.expect(wish=wish, **more)

    assert book.store[KEY].patience == patience


def test_a_report_that_stays_away_is_configured_again_once_per_timeout(book: Book) -> None:
    book.expect(wish=False)

    assert [now for now in range(0, 801, 50) if book.missed(float(now))] == [300, 600]


def test_a_report_that_comes_is_not_missed(book: Book) -> None:
    book.expect()
    book.expectations.heard(report(0, 1), 240.0)

    assert book.missed(490.0) == []
    assert book.missed(490.0 + GRACE) == [0]


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

    book.expectations.heard(report(0, pairing=other), 240.0)
    book.expectations.heard(report(1), 240.0)

    assert book.missed(260.0) == [0]


def test_a_report_counts_for_all_of_our_endpoints_that_expect_it(book: Book) -> None:
    book.expect()
    second = PairedAttribute(Pairing(peer(), 0x10, 0x0702, server=False), 0)
    book.expectations.put(second, Expectation(record=RECORD), 0.0)

    book.expectations.heard(report(0), 240.0)

    assert book.missed(260.0) == []
    book.expectations.drop(KEY)
    assert list(book.expectations.due(500.0).configure) == [second.pairing]


def test_where_configuring_did_not_help_the_attribute_is_read(book: Book) -> None:
    book.expect()
    assert book.missed(260.0) == [0]

    due = book.expectations.due(520.0)
    assert (due.configure, due.read) == ({}, {PAIRING: [0]})
    assert book.is_read()
    book.expectations.heard(report(0), 600.0)
    assert not book.is_read()


def test_what_is_read_is_asked_to_report_after_pauses_that_grow_until_a_day(book: Book) -> None:
    book.expectations.put(KEY, Expectation(record=RECORD, pseudo=True), 0.0)

    asked = [now for now in range(0, 6 * int(SELDOM), 10) if book.missed(float(now))]

    pauses = [later - now for now, later in pairwise([0, *asked])]
    assert pauses[:4] == [260, 510, 1010, 2010]
    assert pauses[-2:] == [SELDOM + 10, SELDOM + 10]


def test_who_always_wants_it_read_gets_it_read_whatever_is_heard(book: Book) -> None:
    book.read()

    book.expectations.heard(report(0), 1.0)

    assert book.is_read()
    assert book.missed(10_000.0) == []


def test_a_device_that_is_gone_is_neither_missed_nor_read_until_it_is_back(book: Book) -> None:
    book.expect()
    book.read(OTHER)
    book.absent.add(address(1))
    due = book.expectations.due(1000.0)
    assert (due.configure, due.read) == ({}, {})
    book.absent.clear()

    book.expectations.resumed(address(1), 1000.0)

    assert book.expectations.due(1000.0).read == {PAIRING: [1]}
    assert book.missed(1249.0) == []
    assert book.missed(1251.0) == [0]


def test_what_was_kept_is_expected_again(book: Book) -> None:
    book.expect()

    after = book.opened()
    after.resumed(address(1), 0.0)

    assert list(after.due(251.0).configure) == [PAIRING]


def test_it_is_known_when_something_is_due(book: Book) -> None:
    assert book.expectations.next_due() is None

    book.expect()

    assert book.expectations.next_due() == 250.0 + GRACE
    assert book.changes == 1


# ------------------------------------------------------------------ what is read


def test_our_own_attributes_are_always_read(book: Book) -> None:
    pairing = Pairing(Peer(OURSELVES, 0x5E, 0x0109), 0x5E, 0x000A, server=False)
    book.absent.add(OURSELVES)

    book.expectations.put(PairedAttribute(pairing, 0), Expectation(record=RECORD), 0.0)

    assert book.expectations.due(0.0).read == {pairing: [0]}
    assert book.missed(10_000.0) == []


def test_an_attribute_is_read_at_once_and_then_every_shortest_interval(book: Book) -> None:
    book.read()

    assert [now for now in range(31) if book.expectations.due(float(now)).read] == [0, 10, 20, 30]


def test_without_a_shortest_interval_it_is_every_five_seconds(book: Book) -> None:
    book.read(record=AttributeReportingConfigurationRecord(0))
    book.expectations.due(0.0)

    assert book.expectations.next_due() == WITHOUT_MINIMUM


def test_what_nobody_asked_for_is_read_no_more_than_once_a_minute(book: Book) -> None:
    book.expectations.put(KEY, Expectation(record=RECORD, pseudo=True, own=True), 0.0)

    read = [now for now in range(130) if book.expectations.due(float(now)).read]

    assert read == [0, UNASKED, 2 * UNASKED]


def test_what_is_due_of_a_cluster_is_read_together(book: Book) -> None:
    book.read()
    book.read(OTHER)

    assert book.expectations.due(0.0).read == {PAIRING: [0, 1]}


def test_a_value_is_told_at_first_by_change_and_by_time(book: Book) -> None:
    record = AttributeReportingConfigurationRecord(0, 0, 0x25, 10, 60, 5)
    book.read(record=record)

    told = [
        book.expectations.take(KEY, value, now)
        for value, now in ((100, 0.0), (104, 10.0), (105, 20.0), (105, 80.0))
    ]

    assert told == [True, False, True, True]


def test_what_is_no_longer_wanted_is_neither_read_nor_told(book: Book) -> None:
    book.read()

    book.expectations.drop(KEY)

    assert book.expectations.due(20.0).read == {}
    assert not book.expectations.take(KEY, 7, 20.0)
    assert book.expectations.next_due() is None


def test_a_new_configuration_begins_anew(book: Book) -> None:
    book.read()
    book.expectations.due(0.0)
    book.expectations.take(KEY, 100, 0.0)

    book.read(record=SLOWER, now=1.0)

    assert book.expectations.due(1.0).read == {PAIRING: [0]}
    assert book.expectations.take(KEY, 100, 1.0)


# ------------------------------------------------------------------ what the gateway wants


def set_up(book: Book, *refused: int, now: float = 0.0) -> None:
    """Have the cluster set up, and one attribute agreed upon."""
    book.expectations.want(PAIRING, now)
    book.expectations.due(now)
    book.expectations.agreed(PAIRING, [RECORD], dict.fromkeys(refused, 0x8C), now)
    book.expectations.ended(PAIRING, now, succeeded=True)


def test_a_cluster_that_is_wanted_is_set_up_once(book: Book) -> None:
    book.expectations.want(PAIRING, 0.0)

    assert book.expectations.due(0.0).set_up == [PAIRING]
    book.expectations.want(PAIRING, 1.0)
    assert book.expectations.due(1.0).set_up == []
    assert book.expectations.is_wanted(PAIRING)


def test_what_fails_is_tried_again_after_pauses_that_grow(book: Book) -> None:
    book.expectations.want(PAIRING, 0.0)
    tried, now = [], 0.0
    while now < 2000:
        if book.expectations.due(now).set_up:
            tried.append(now)
            book.expectations.ended(PAIRING, now, succeeded=False)
        now += 1.0

    pauses = [later - now for now, later in pairwise(tried)]
    assert tuple(pauses) == (*RETRIES, RETRIES[-1], RETRIES[-1])


def test_a_doubt_while_it_is_set_up_has_it_done_once_more(book: Book) -> None:
    book.expectations.want(PAIRING, 0.0)
    book.expectations.due(0.0)

    book.expectations.doubt(PAIRING, 1.0)
    book.expectations.ended(PAIRING, 2.0, succeeded=True)

    assert book.expectations.due(2.0).set_up == []
    assert book.expectations.due(2.0 + RETRIES[0]).set_up == [PAIRING]


def test_what_is_gone_is_not_tried_again(book: Book) -> None:
    book.expectations.want(PAIRING, 0.0)
    book.expectations.due(0.0)

    book.expectations.unwant(PAIRING)
    book.expectations.ended(PAIRING, 1.0, succeeded=False)
    book.expectations.unwant(PAIRING)

    assert book.expectations.due(10_000.0).set_up == []


def test_a_cluster_whose_report_is_missed_is_set_up_again_before_it_is_read(book: Book) -> None:
    set_up(book)

    assert book.expectations.due(260.0).set_up == [PAIRING]
    book.expectations.agreed(PAIRING, [RECORD], {}, 260.0)
    book.expectations.ended(PAIRING, 260.0, succeeded=True)

    due = book.expectations.due(520.0)
    assert (due.set_up, due.read) == ([], {PAIRING: [0]})


def test_what_the_gateway_wants_is_read_at_each_longest_interval_without_a_report(
    book: Book,
) -> None:
    set_up(book)

    read = [now for now in range(20, 240, 10) if book.expectations.due(float(now)).read]
    book.expectations.heard(report(0), 240.0)
    later = [now for now in range(250, 370, 10) if book.expectations.due(float(now)).read]

    assert (read, later) == ([110, 220], [350])


def test_what_a_caller_wants_reported_only_is_not_read(book: Book) -> None:
    book.expect(wish=False)

    assert all(not book.expectations.due(float(now)).read for now in range(0, 250, 10))


def test_while_a_cluster_is_set_up_nothing_of_it_is_missed(book: Book) -> None:
    book.expect(own=True)
    book.expectations.want(PAIRING, 0.0)
    assert book.expectations.due(0.0).set_up == [PAIRING]

    for now in (260.0, 520.0, 780.0):
        assert book.expectations.due(now).set_up == []

    assert not book.is_read()


def test_what_was_read_is_so_until_its_first_report_comes(book: Book) -> None:
    set_up(book, 0)
    assert book.is_read()

    book.expectations.agreed(PAIRING, [RECORD], {}, 10.0)
    assert book.is_read()
    book.expectations.heard(report(0), 20.0)

    assert not book.is_read()


def test_what_a_device_does_not_have_is_new_once_and_expected_no_more(book: Book) -> None:
    set_up(book)

    told = [book.expectations.missing(PAIRING, {0: 0x86, 1: 0x86}) for _ in range(2)]

    assert told == [{0: 0x86, 1: 0x86}, {}]
    assert book.store == {}
    assert book.expectations.missing(Pairing(peer(2), 1, 0x0702, server=False), {0: 0x86}) == {}


def test_what_a_caller_expects_is_so_even_if_the_device_does_not_have_it(book: Book) -> None:
    book.read()

    book.expectations.missing(PAIRING, {0: 0x86})

    assert list(book.store) == [KEY]


def test_of_who_sleeps_nothing_that_the_gateway_wants_is_missed_or_read(book: Book) -> None:
    set_up(book, 0)
    book.asleep.add(PAIRING)

    due = book.expectations.due(100_000.0)

    assert (due.set_up, due.read) == ([], {})


# ------------------------------------------------------------------ limits, and what is kept


def test_what_is_dropped_or_forgotten_is_not_expected(book: Book) -> None:
    book.expect()
    book.expectations.drop(KEY)
    book.expectations.drop(KEY)
    assert book.store == {}

    set_up(book)
    book.expectations.forget(address(2))
    assert book.expectations.get(KEY) is not None
    book.expectations.forget(address(1))

    assert list(book.expectations) == []
    assert not book.expectations.is_wanted(PAIRING)
    assert book.expectations.due(10_000.0).set_up == []


def test_no_device_can_fill_the_memory(book: Book) -> None:
    for attribute_id in range(MOST_PER_DEVICE):
        key = PairedAttribute(PAIRING, attribute_id)
        book.expectations.put(key, Expectation(record=RECORD), 0.0)

    with pytest.raises(FullError):
        book.expectations.put(PairedAttribute(PAIRING, 0xFFFF), Expectation(record=RECORD), 0.0)
    book.expectations.put(KEY, Expectation(record=RECORD, wish=True), 0.0)

    assert len(book.store) == MOST_PER_DEVICE


@pytest.mark.parametrize("shortest", [10, 0xFFFF])
def test_configuring_again_and_again_leaves_one_expectation(book: Book, shortest: int) -> None:
    record = AttributeReportingConfigurationRecord(0, 0, 0x25, shortest, 0xFFFE, 1)
    for now in range(1000):
        book.read(record=record, now=float(now))
        book.expectations.due(float(now))

    later = book.expectations.due(100_000.0)

    assert later.read == {PAIRING: [0]}
    assert book.expectations.next_due() == 100_000.0 + shortest


def test_a_device_that_comes_and_goes_is_still_read_once_each_time(book: Book) -> None:
    book.read(record=AttributeReportingConfigurationRecord(0, 0, 0x25, 0xFFFF, 0, 1))

    read = []
    for now in range(1000):
        book.expectations.resumed(address(1), float(now))
        read.append(book.expectations.due(float(now)).read)

    assert read == [{PAIRING: [0]}] * 1000
    assert book.expectations.due(998.0 + 0xFFFF).read == {}
    assert book.expectations.due(999.0 + 0xFFFF).read == {PAIRING: [0]}


def test_an_expectation_can_be_kept() -> None:
    codec = RowCodec[Expectation](Expectation)
    expectation = Expectation(record=RECORD, pseudo=True, wish=None, own=True)

    assert codec.read(codec.write(expectation)) == expectation


@pytest.mark.parametrize(
    ("record", "seconds"),
    [
        (RECORD, 100.0),
        (replace(RECORD, max_interval=0), None),
        (replace(RECORD, max_interval=0xFFFF), None),
        (replace(RECORD, direction=1, timeout=50), None),
    ],
    ids=["reported", "when it changes", "stopped", "announced"],
)
def test_a_value_is_told_again_where_a_longest_interval_says_so(
    record: AttributeReportingConfigurationRecord, seconds: float | None
) -> None:
    assert Expectation(record=record).renewal == seconds


def test_who_shows_values_hears_of_other_intervals_and_of_nothing_else() -> None:
    book = Book()

    book.expectations.put(KEY, Expectation(record=RECORD), 0.0)
    book.expectations.put(KEY, Expectation(record=RECORD, pseudo=True), 0.0)
    book.expectations.put(KEY, Expectation(record=SLOWER), 0.0)
    book.expectations.drop(KEY)
    book.expectations.drop(KEY)

    assert book.agreed_otherwise == [KEY.pairing.peer.device] * 3


def test_a_value_of_who_is_awake_is_told_again_within_the_shortest_that_was_agreed() -> None:
    book = Book()
    peer = KEY.pairing.peer
    elsewhere = PairedAttribute(replace(KEY.pairing, local_endpoint=0x44), KEY.attribute_id)

    def renewal(attribute_id: int = KEY.attribute_id) -> float | None:
        return book.expectations.renewal(
            peer.device, peer.endpoint, KEY.pairing.cluster_id, attribute_id
        )

    before = renewal()
    book.expectations.put(elsewhere, Expectation(record=SLOWER), 0.0)
    slow = renewal()
    book.expectations.put(KEY, Expectation(record=RECORD), 0.0)
    fast, other = renewal(), renewal(0x0400)
    book.asleep |= {KEY.pairing, elsewhere.pairing}

    assert (before, slow, fast, other) == (None, 600.0, 100.0, None)
    assert renewal() is None


def lines_of_a_pause(others: int) -> int:
    book = Book()
    for number in range(others):
        other = replace(PAIRING, peer=Peer(Eui64(1000 + number), 9, 0x0109))
        book.expectations.want(other, 0.0)
    book.expectations.want(PAIRING, 0.0)
    gone = PAIRING.peer.device
    found = lines_of(lambda: book.expectations.paused(gone))
    assert not book.expectations.is_wanted(PAIRING)
    return found


def test_who_goes_away_costs_the_same_whoever_else_is_there() -> None:
    assert lines_of_a_pause(others=100) == lines_of_a_pause(others=1)


# ------------------------------------------------------------------ how attributes come


@pytest.mark.parametrize(
    ("expectation", "way"),
    [
        (Expectation(record=RECORD, own=True), (Way.REPORT, "configured_by_gateway")),
        (Expectation(record=RECORD), (Way.REPORT, "configured_by_caller")),
        (Expectation(record=RECORD, wish=False), (Way.REPORT, "configured_by_caller")),
        (Expectation(record=replace(RECORD, direction=1)), (Way.REPORT, "announced")),
        (Expectation(record=RECORD, pseudo=True, wish=True), (Way.PSEUDO_REPORT, "wished")),
        (Expectation(record=RECORD, pseudo=True), (Way.PSEUDO_REPORT, "reports_stayed_away")),
        (
            Expectation(record=RECORD, pseudo=True, refusal=0x8C),
            (Way.PSEUDO_REPORT, "unreportable_attribute"),
        ),
        (
            Expectation(record=replace(RECORD, max_interval=0xFFFF)),
            (Way.UNAVAILABLE, "stopped"),
        ),
    ],
)
def test_what_is_expected_comes_in_a_way_for_a_reason(
    expectation: Expectation, way: tuple[Way, str]
) -> None:
    book = Book()
    book.expectations.put(KEY, expectation, 0.0)

    found = book.expectations.coming(KEY)

    assert (found.way, found.why) == way
    assert found.record == expectation.record
    assert book.expectations.attributes_of(KEY.pairing.peer.device) == [KEY]


def test_what_is_not_expected_is_unavailable_for_a_reason() -> None:
    book = Book()
    before = book.expectations.coming(KEY)
    book.expectations.want(PAIRING, 0.0)
    book.expectations.missing(PAIRING, {OTHER.attribute_id: Status.UNSUPPORTED_ATTRIBUTE})
    missing = book.expectations.coming(OTHER)
    book.absent.add(KEY.pairing.peer.device)
    gone = book.expectations.coming(KEY)

    reasons = [found.why for found in (before, missing, gone)]
    assert reasons == ["not_set_up", "unsupported_attribute", "inactive"]
    assert {found.way for found in (before, missing, gone)} == {Way.UNAVAILABLE}


def test_of_who_sleeps_comes_what_it_tells_by_itself() -> None:
    book = Book()
    book.asleep.add(PAIRING)
    book.expectations.put(KEY, Expectation(record=RECORD, own=True, pseudo=True), 0.0)

    found = [book.expectations.coming(key) for key in (KEY, OTHER)]

    assert [(one.way, one.why) for one in found] == 2 * [(Way.REPORT, "by_itself")]


def test_a_refusal_is_remembered_until_it_reports_after_all() -> None:
    book = Book()
    book.expectations.want(PAIRING, 0.0)
    refused = {KEY.attribute_id: Status.UNREPORTABLE_ATTRIBUTE}
    book.expectations.agreed(PAIRING, [RECORD], refused, 0.0)
    first = book.expectations.coming(KEY).why
    book.expectations.agreed(PAIRING, [RECORD], {}, 1.0)
    again = book.expectations.coming(KEY).why
    book.expectations.heard(report(KEY.attribute_id, pairing=PAIRING), 2.0)

    assert first == again == "unreportable_attribute"
    assert book.expectations.coming(KEY).why == "configured_by_gateway"
    assert not book.store[KEY].refusal


def test_reports_that_stay_away_are_counted() -> None:
    book = Book()
    book.expect()
    book.missed(251.0)

    assert book.expectations.coming(KEY).missed == 1
