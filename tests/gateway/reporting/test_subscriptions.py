"""Have devices report for a caller, end it, and hear what they announce."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError
from sebridge.base.signals import SignalBus
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.expectations import MOST_PER_DEVICE
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import METERING
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, address
from tests.gateway.reporting.bookkeeping import FAR, WANTED, Books
from tests.gateway.reporting.remote import Places, RemoteMeter

ENERGY = AttributeReportingConfigurationRecord(0x0000, 0, 0x25, 10, 100, 1)
DEMAND = AttributeReportingConfigurationRecord(0x0400, 0, 0x2A, 10, 100, 1)
UNTYPED = AttributeReportingConfigurationRecord(0x0400, max_interval=100)
MISSING = AttributeReportingConfigurationRecord(0x7777, max_interval=100)
NO_REPORTING = Frame(zcl.DEFAULT_RESPONSE, 0, b"\x06\x82")


@pytest.fixture
async def books(
    exchange: Exchange, meter: RemoteMeter, clock: VirtualClock, bus: SignalBus
) -> AsyncIterator[Books]:
    books = Books(exchange, Places(meter.story), clock, bus, wanted=[wanted()])
    await books.watcher.start()
    yield books
    await books.watcher.stop()


def wanted() -> WantedReports:
    """Return wishes of the gateway which never come into play: no device becomes active."""
    return WantedReports(
        cluster_id=METERING,
        records=lambda _pairing: WANTED,
        prepare=_prepared,
        sleeps=lambda _peer: False,
    )


async def _prepared(_pairing: Pairing) -> None:
    """Know already all that must be known."""


def key(record: AttributeReportingConfigurationRecord) -> PairedAttribute:
    return PairedAttribute(FAR, record.attribute_id)


async def test_what_a_device_will_report_is_expected(books: Books, meter: RemoteMeter) -> None:
    outcomes = await books.subscriptions.begin(FAR, [ENERGY, DEMAND], wish=None)

    assert outcomes == [(Status.SUCCESS, ENERGY), (Status.SUCCESS, DEMAND)]
    assert [e.record for e in books.kept.values()] == [ENERGY, DEMAND]
    assert not any(e.pseudo for e in books.kept.values())
    assert meter.story == [("report", [0x0000, 0x0400])]


async def test_a_type_that_was_left_open_is_found(books: Books, meter: RemoteMeter) -> None:
    outcomes = await books.subscriptions.begin(FAR, [UNTYPED, MISSING], wish=None)

    assert [(status, r.attribute_type) for status, r in outcomes] == [(0, 0x2A), (0x86, 0xFF)]
    assert list(books.kept) == [key(UNTYPED)]


@pytest.mark.parametrize(
    ("wish", "status", "pseudo"), [(None, 0, [True]), (False, 0x8C, []), (True, 0, [True])]
)
async def test_what_is_refused_is_read_unless_that_is_unwanted(
    books: Books, meter: RemoteMeter, *, wish: bool | None, status: int, pseudo: list[bool]
) -> None:
    meter.refusals = bytes.fromhex("8c 00 0000")

    outcomes = await books.subscriptions.begin(FAR, [ENERGY], wish=wish)

    assert outcomes == [(status, ENERGY)]
    assert [e.pseudo for e in books.kept.values()] == pseudo


async def test_only_what_is_refused_is_read(books: Books, meter: RemoteMeter) -> None:
    meter.refusals = bytes.fromhex("8c 00 0000")

    await books.subscriptions.begin(FAR, [ENERGY, DEMAND], wish=None)

    assert {k.attribute_id: e.pseudo for k, e in books.kept.items()} == {0: True, 0x0400: False}


async def test_what_can_neither_be_reported_nor_read_keeps_the_status_of_its_refusal(
    books: Books, meter: RemoteMeter
) -> None:
    meter.refusals = bytes.fromhex("8c 00 0100")
    received = AttributeReportingConfigurationRecord(0x0001, 0, 0x25, 10, 100, 1)

    assert await books.subscriptions.begin(FAR, [received], wish=None) == [(0x8C, received)]
    assert await books.subscriptions.begin(FAR, [received], wish=True) == [(0x86, received)]
    assert books.kept == {}


async def test_a_device_that_knows_no_reporting_refuses_all(
    books: Books, meter: RemoteMeter
) -> None:
    meter.answers = NO_REPORTING

    assert await books.subscriptions.begin(FAR, [ENERGY], wish=False) == [(0x82, ENERGY)]


async def test_a_device_that_is_not_heard_changes_nothing(
    books: Books, sender: RecordingSender
) -> None:
    sender.silent.add(address(1))

    with pytest.raises(DeliveryError):
        await books.subscriptions.begin(FAR, [ENERGY], wish=None)

    assert books.kept == {}


async def test_ending_tells_the_device_and_forgets(
    books: Books, meter: RemoteMeter, sender: RecordingSender
) -> None:
    serial = AttributeReportingConfigurationRecord(0x0303, 0, 0x18, 10, 100)
    await books.subscriptions.begin(FAR, [serial], wish=None)
    sender.take()

    assert await books.subscriptions.end(FAR, [0x0303]) == [(0, 0x0303)]

    assert [f.payload for f in sender.frames] == [bytes.fromhex("00 0303 18 0000 ffff")]
    assert books.kept == {}


async def test_ending_what_we_read_ourselves_sends_nothing(
    books: Books, sender: RecordingSender
) -> None:
    record = AttributeReportingConfigurationRecord(0x0303, 0, 0x18, 10, 100)
    await books.subscriptions.begin(FAR, [record], wish=True)
    sender.take()

    assert await books.subscriptions.end(FAR, [0x0303]) == [(0, 0x0303)]

    assert not sender.sent
    assert books.kept == {}


async def test_ending_what_the_device_does_not_have_has_its_status(
    books: Books, meter: RemoteMeter
) -> None:
    meter.refusals = bytes.fromhex("86 00 0300")

    assert await books.subscriptions.end(FAR, [0x0003, 0x7777]) == [(0x86, 0x0003), (0x86, 0x7777)]


async def test_a_device_that_is_not_heard_is_still_expected_to_report(
    books: Books, sender: RecordingSender
) -> None:
    await books.subscriptions.begin(FAR, [ENERGY], wish=None)
    sender.silent.add(address(1))

    with pytest.raises(DeliveryError):
        await books.subscriptions.end(FAR, [0x0000])

    assert books.kept[key(ENERGY)].record == ENERGY


async def test_what_the_gateway_wants_by_itself_stays_ended_until_a_caller_wants_it_again(
    books: Books,
) -> None:
    await books.subscriptions.end(FAR, [0x0400])
    assert books.kept[key(DEMAND)].stopped

    await books.subscriptions.begin(FAR, [DEMAND], wish=None)

    assert books.kept[key(DEMAND)].record == DEMAND


async def test_a_removed_device_is_forgotten(books: Books, bus: SignalBus) -> None:
    await books.subscriptions.begin(FAR, [ENERGY], wish=None)

    bus.send(DeviceRemoved(address(1)))

    assert books.kept == {}


async def test_a_peer_announces_reports_and_takes_it_back(books: Books) -> None:
    announced = AttributeReportingConfigurationRecord(0x0000, 1, timeout=60)
    assert books.subscriptions.configuration(FAR, 0x0000) == Status.NOT_FOUND

    assert books.subscriptions.configure(FAR, announced) == Status.SUCCESS
    assert books.kept[key(ENERGY)].record == announced
    assert books.subscriptions.configuration(FAR, 0x0000) == announced
    ended = AttributeReportingConfigurationRecord(0x0000, 1)
    assert books.subscriptions.configure(FAR, ended) == Status.SUCCESS

    assert books.kept == {}


async def test_an_announcement_does_not_undo_a_configuration(books: Books) -> None:
    await books.subscriptions.begin(FAR, [ENERGY], wish=None)

    books.subscriptions.configure(FAR, AttributeReportingConfigurationRecord(0x0000, 1))

    assert books.kept[key(ENERGY)].record == ENERGY


def test_a_peer_cannot_announce_without_end(
    exchange: Exchange, meter: RemoteMeter, clock: VirtualClock, bus: SignalBus
) -> None:
    subscriptions = Books(exchange, Places(meter.story), clock, bus).subscriptions

    statuses = [
        subscriptions.configure(FAR, AttributeReportingConfigurationRecord(n, 1, timeout=9))
        for n in range(MOST_PER_DEVICE + 1)
    ]

    assert statuses[-2:] == [Status.SUCCESS, Status.INSUFFICIENT_SPACE]


async def test_a_device_that_does_not_answer_is_a_timeout(
    books: Books, meter: RemoteMeter, clock: VirtualClock
) -> None:
    meter.silent = True
    beginning = books.watcher.spawn(_expects_timeout(books), "begin")

    await clock.advance(11)

    assert await beginning
    assert books.kept == {}


async def _expects_timeout(books: Books) -> bool:
    with pytest.raises(AnswerTimeoutError):
        await books.subscriptions.begin(FAR, [ENERGY], wish=None)
    return True
