"""Values beside the price to all Price clients, and again to those who missed them."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.price.server import PriceServer
from sebridge.features.price.tariff_records import (
    GetConversionFactorRecord,
    PublishBlockPeriodRecord,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.features.price.values import PriceValues
from sebridge.network.signals import DeviceActive, DeviceInactive
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import SE_ENDPOINT
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, address, question
from tests.rules.parts import FIRST, SECOND, House


def factor(event_id: int, start: int = 0) -> PublishConversionFactorRecord:
    return PublishConversionFactorRecord(
        issuer_event_id=event_id, start_time=start, conversion_factor=1020
    )


class Home:
    """The service of values, and what lies outside of it."""

    def __init__(self, sender: RecordingSender, clock: VirtualClock, bus: SignalBus) -> None:
        self.bus, self.sender, self.clock = bus, sender, clock
        self.values = PriceValues()
        self.server = PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, {}), self.values)
        self.house = House(self.server, sender, clock, bus)
        self.house.directory.peers = [FIRST, SECOND]
        self.service = self.house.value_service(self.server)

    def heard(self) -> list[tuple[int, int]]:
        """Return device and event of all that was sent since the last time."""
        sent = self.sender.sent
        places = [(out.destination or 0) & 0xFF for out in sent]
        ids = [int.from_bytes(frame.payload[:4], "little") for frame in self.sender.take()]
        return list(zip(places, ids, strict=True))


@pytest.fixture
async def home(sender: RecordingSender, clock: VirtualClock, bus: SignalBus) -> AsyncIterator[Home]:
    home = Home(sender, clock, bus)
    await home.service.start()
    yield home
    await home.service.stop()


async def test_a_value_goes_to_every_client_and_wakes_the_schedule(home: Home) -> None:
    created = await home.service.create(factor(1))

    assert (created.status, created.devices) == (Status.SUCCESS, [address(1), address(2)])
    assert created.record.start_time == home.house.now
    assert home.heard() == [(1, 1), (2, 1)]
    assert home.service.listed(PublishConversionFactorRecord) == [created.record]
    assert home.house.woken == 1


@pytest.mark.parametrize(
    ("record", "status", "problem"),
    [
        (factor(1), Status.DUPLICATE_EXISTS, "1 is there already"),
        (factor(2, 0xFFFFFFFF), Status.INVALID_FIELD, "not a time"),
        (factor(2).replace(conversion_factor=0), Status.INVALID_FIELD, "conversion_factor"),
        (
            PublishCalorificValueRecord(issuer_event_id=1, calorific_value=0),
            Status.INVALID_FIELD,
            "calorific_value",
        ),
        (
            PublishCalorificValueRecord(
                issuer_event_id=1, calorific_value=395, calorific_value_unit=3
            ),
            Status.INVALID_FIELD,
            "unit must be 1",
        ),
        (
            PublishBlockPeriodRecord(issuer_event_id=1, block_period_start_time=0xFFFFFFFF),
            Status.INVALID_FIELD,
            "not a time",
        ),
    ],
)
async def test_what_cannot_be_is_refused_with_a_reason_and_goes_nowhere(
    home: Home, record: PublishConversionFactorRecord, status: Status, problem: str
) -> None:
    await home.service.create(factor(1))
    home.heard()

    refused = await home.service.create(record)

    assert refused.status == status
    assert problem in refused.reason
    assert home.heard() == []


async def test_who_asked_for_a_value_needs_no_sending(home: Home) -> None:
    home.sender.silent.update({address(1), address(2)})
    await home.service.create(factor(1))
    home.sender.silent.clear()
    home.heard()

    await home.house.hears(question(GetConversionFactorRecord()))
    home.heard()
    await home.clock.advance(60)

    assert home.heard() == [(2, 1)]


async def test_a_value_that_was_replaced_is_sent_no_more(home: Home) -> None:
    home.sender.silent.add(address(2))
    for number in (1, 2):
        await home.service.create(factor(number, home.house.now + 3600))
    home.heard()

    await home.clock.advance(60)

    assert home.heard() == [(2, 2)]


async def test_a_client_that_comes_back_gets_all_values_by_their_start(home: Home) -> None:
    await home.service.create(factor(5, home.house.now + 3600))
    await home.service.create(factor(3))
    home.heard()

    home.bus.send(DeviceInactive(address(1)))
    home.bus.send(DeviceActive(address(1)))
    await home.clock.settle()

    assert home.heard() == [(1, 3), (1, 5)]


async def test_what_a_restart_brings_back_is_told_to_all(home: Home) -> None:
    await home.service.create(factor(1))
    home.heard()

    again = home.house.value_service(home.server)
    await again.start()
    await home.clock.advance(60)
    await again.stop()

    assert home.heard() == [(1, 1), (2, 1)]
