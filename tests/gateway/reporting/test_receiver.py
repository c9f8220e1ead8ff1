"""Take the reports that come."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import PairedAttribute
from sebridge.gateway.reporting.expectations import Expectation
from sebridge.gateway.reporting.receiver import ReportReceiver
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import REPORT_ATTRIBUTES, Frame
from sebridge.zcl.identifiers import METERING, PRICE, SE_ENDPOINT, SE_PROFILE
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.gateway.radio_side import address, heard
from tests.gateway.reporting.bookkeeping import FAR, Books
from tests.gateway.reporting.remote import Places

HEADER = Frame(REPORT_ATTRIBUTES, 1, from_server=True)
ENERGY = AttributeValue(0x0000, 0x25, 12_345, b"\x39\x30\0\0\0\0")


class House:
    """A receiver, and what was told."""

    def __init__(self, exchange: Exchange, clock: VirtualClock, bus: SignalBus) -> None:
        self.books = Books(exchange, Places([]), clock, bus)
        self.told = self.books.told
        self.receiver = ReportReceiver(expectations=self.books.expectations, clock=clock, bus=bus)

    def report(self, header: Frame = HEADER, cluster_id: int = METERING, **more: object) -> None:
        self.receiver.reported(heard(header, cluster_id, **more), header, [ENERGY])


@pytest.fixture
def house(exchange: Exchange, clock: VirtualClock, bus: SignalBus) -> House:
    return House(exchange, clock, bus)


def test_a_report_becomes_one_signal(house: House, clock: VirtualClock) -> None:
    house.report()

    assert house.told == [
        AttributesReported(
            address(1),
            9,
            SE_ENDPOINT,
            SE_PROFILE,
            METERING,
            0,
            None,
            [ENERGY],
            reported=True,
            time=clock.utc(),
        )
    ]
    assert house.receiver.reports == 1


def test_a_signal_says_which_side_and_whose_attributes_they_are(house: House) -> None:
    house.report(Frame(REPORT_ATTRIBUTES, 1, from_server=False, manufacturer_code=0x101E))

    (told,) = house.told
    assert (told.server_or_client, told.manufacturer_code) == (1, 0x101E)


def test_a_report_is_no_longer_waited_for(house: House, clock: VirtualClock) -> None:
    record = AttributeReportingConfigurationRecord(0x0000, 0, 0x25, 10, 100, 1)
    key = PairedAttribute(FAR, 0x0000)
    house.books.expectations.put(key, Expectation(record=record, pseudo=True), clock.monotonic())

    house.report()

    assert not house.books.kept[key].pseudo


def test_reports_of_any_cluster_are_told(house: House) -> None:
    house.report(cluster_id=PRICE)

    assert [told.cluster_id for told in house.told] == [PRICE]
