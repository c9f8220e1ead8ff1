"""What a device does not report is read, and told as if it did."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import BasicServer
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.gateway.pairing import OURSELVES, PairedAttribute, Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.expectations import Expectation, Expectations
from sebridge.gateway.reporting.pseudo import PseudoReporter
from sebridge.gateway.reporting.signals import AttributesReported, LocalAttributesReported
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import BASIC, METERING, SE_PROFILE
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.gateway.radio_side import RecordingSender, address
from tests.gateway.reporting.bookkeeping import FAR
from tests.gateway.reporting.remote import RemoteMeter

OURS = Endpoint(0x5E, SE_PROFILE, 0x0500, (BasicServer("maker", "model"),))
NEAR = Pairing(Peer(OURSELVES, 0x5E, SE_PROFILE), 0x5E, BASIC, server=False)


class House:
    """A meter whose demand a test turns, read in its place."""

    def __init__(
        self, exchange: Exchange, meter: RemoteMeter, clock: VirtualClock, bus: SignalBus
    ) -> None:
        self.demand = 100
        meter.attributes[METERING] = LocalAttributes(
            [LocalAttribute(0x0400, 0x2A, lambda: self.demand)]
        )
        self.active = True
        self.clock = clock
        self.expectations = Expectations({}, lambda _device: self.active)
        self.told: list[AttributesReported] = []
        self.near: list[LocalAttributesReported] = []
        bus.listen(LocalAttributesReported, self.near.append)
        access = AttributeAccess(lambda: {0x5E: OURS}, exchange)
        self.reporter = PseudoReporter(self.expectations, access, self.told.append, clock, bus)

    def expect(self, pairing: Pairing = FAR, attribute_id: int = 0x0400) -> None:
        record = AttributeReportingConfigurationRecord(attribute_id, 0, 0x2A, 10, 60, 5)
        key = PairedAttribute(pairing, attribute_id)
        self.expectations.put(key, Expectation(record=record, pseudo=True), 0.0)

    def values(self) -> list[int]:
        return [value.value for signal in self.told for value in signal.values]


@pytest.fixture
async def house(
    exchange: Exchange, meter: RemoteMeter, clock: VirtualClock, bus: SignalBus
) -> AsyncIterator[House]:
    house = House(exchange, meter, clock, bus)
    await house.reporter.start()
    yield house
    await house.reporter.stop()


async def test_values_are_told_as_the_device_would(house: House) -> None:
    house.expect()
    await house.clock.advance(11)
    house.demand = 105
    await house.clock.advance(10)
    await house.clock.advance(58)

    assert house.values() == [100, 105]
    await house.clock.advance(1)
    assert house.values() == [100, 105, 105]
    told = house.told[0]
    assert (told.device, told.endpoint, told.local_endpoint) == (address(1), 9, 0x5E)
    assert (told.server_or_client, told.reported) == (0, True)


async def test_the_meter_is_read_every_shortest_interval(house: House, meter: RemoteMeter) -> None:
    house.expect()

    await house.clock.advance(35)

    assert meter.story == [("read", [0x0400])] * 4


async def test_nothing_is_read_while_nothing_is_expected(
    house: House, sender: RecordingSender
) -> None:
    await house.clock.advance(1000)
    assert not sender.sent

    house.expect()
    house.expectations.drop(PairedAttribute(FAR, 0x0400))
    await house.clock.advance(1000)

    assert len(sender.sent) <= 1


async def test_a_device_that_is_gone_is_not_read(house: House, meter: RemoteMeter) -> None:
    house.expect()
    await house.clock.advance(5)
    house.active = False
    house.expectations.paused()
    await house.clock.advance(100)
    assert len(meter.story) == 1

    house.active = True
    house.expectations.resumed(address(1), house.clock.monotonic())
    await house.clock.advance(1)

    assert len(meter.story) == 2


async def test_a_silent_device_is_not_asked_while_it_is_waited_for(
    house: House, meter: RemoteMeter, exchange: Exchange, sender: RecordingSender
) -> None:
    exchange._answer_within = lambda: 35.0
    meter.silent = True
    house.expect()

    await house.clock.advance(31)
    assert len(sender.sent) == 1
    await house.clock.advance(10)
    meter.silent = False
    await house.clock.advance(40)

    assert house.values() == [100]


async def test_a_device_that_takes_no_frames_is_asked_again(
    house: House, sender: RecordingSender
) -> None:
    sender.silent.add(address(1))
    house.expect()
    await house.clock.advance(15)
    sender.silent.clear()

    await house.clock.advance(10)

    assert house.values() == [100]


async def test_our_own_attributes_are_told_on_the_bus(
    house: House, sender: RecordingSender
) -> None:
    house.expect(NEAR, 0x0004)

    await house.clock.advance(1)

    (told,) = house.near
    assert (told.endpoint, told.cluster_id, told.server_or_client) == (0x5E, BASIC, 0)
    assert told.values[0].value == "maker"
    assert not sender.sent
