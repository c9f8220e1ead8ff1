"""Which direction of a configuration belongs to whom."""

import pytest
from zigpy.zcl.foundation import Status

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import BasicServer
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.both_directions import BothDirections
from sebridge.gateway.reporting.sender import ReportSender
from sebridge.zcl.identifiers import BASIC, SE_PROFILE
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.gateway.radio_side import Trust, peer
from tests.gateway.reporting.bookkeeping import Books
from tests.gateway.reporting.remote import Places, RemoteMeter
from tests.gateway.reporting.test_sender import Nobody

PAIRING = Pairing(peer(), 0x5E, BASIC, server=True)
SENT = AttributeReportingConfigurationRecord(4, 0, 0x42, 10, 100)
ANNOUNCED = AttributeReportingConfigurationRecord(5, 1, timeout=60)


@pytest.fixture
def table(
    exchange: Exchange, meter: RemoteMeter, clock: VirtualClock, bus: SignalBus
) -> BothDirections:
    ours = Endpoint(0x5E, SE_PROFILE, 0x0500, (BasicServer("maker", "model"),))
    router = Trust().router([ours], exchange, clock, bus, Nobody())
    books = Books(exchange, Places(meter.story), clock, bus)
    return BothDirections(ReportSender(router, clock, lambda: 1.0), books.keeper)


def test_each_direction_is_kept_and_told(table: BothDirections) -> None:
    assert table.configure(PAIRING, SENT) == Status.SUCCESS
    assert table.configure(PAIRING, ANNOUNCED) == Status.SUCCESS

    assert table.configuration(PAIRING, 0, 4) == SENT
    assert table.configuration(PAIRING, 1, 5) == ANNOUNCED


def test_what_is_not_configured_is_not_found(table: BothDirections) -> None:
    assert table.configuration(PAIRING, 0, 4) == Status.NOT_FOUND
    assert table.configuration(PAIRING, 1, 5) == Status.NOT_FOUND
    assert table.configuration(PAIRING, 0, 0x4444) == Status.UNSUPPORTED_ATTRIBUTE
