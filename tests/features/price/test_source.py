"""The source of prices, where it cannot do what it is there for."""

from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.price.curve import Days
from sebridge.features.price.origin import TableOrigin
from sebridge.features.price.plan import Tariff
from sebridge.features.price.server import PriceServer
from sebridge.features.price.signals import PricesBelowZero, PriceSourceFailed
from sebridge.features.price.source import PriceSource
from sebridge.network.signals import NetworkTimeSet
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.settings.price_source import PriceSourceOptions, PriceUnit, RateOptions, TableOptions
from sebridge.transports.mqtt.messages import Message
from sebridge.zcl.identifiers import SE_ENDPOINT
from tests.gateway.radio_side import RecordingSender
from tests.rules.parts import House

TABLE = TableOptions(rates=(RateOptions(price=0.3),))
OPTIONS = PriceSourceOptions(price_unit=PriceUnit("EUR", "kWh"), table=TABLE)
DAYS = Days(ZoneInfo("Europe/Berlin"))


class Home:
    """A Price server with its service, and a table that holds the whole day."""

    def __init__(
        self, sender: RecordingSender, clock: VirtualClock, bus: SignalBus, most: int
    ) -> None:
        self.server = PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, {}, most))
        self.house = House(self.server, sender, clock, bus)
        self.service = self.house.service()
        self.services = {SE_ENDPOINT: self.service}
        self.time_is_known = True
        self.failures: list[PriceSourceFailed] = []
        bus.listen(PriceSourceFailed, self.failures.append)
        bus.listen(PricesBelowZero, lambda _signal: None)
        self.source = PriceSource(
            OPTIONS,
            TableOrigin(TABLE, DAYS, OPTIONS.days_ahead),
            Tariff(978, 0, 5, 3),
            DAYS,
            servers=self.services,
            endpoint_id=SE_ENDPOINT,
            clock=clock,
            time_is_known=lambda: self.time_is_known,
            bus=bus,
        )

    def number_of_prices(self) -> int:
        return len(self.server.valid(self.house.now))


@pytest.fixture
async def home(sender: RecordingSender, clock: VirtualClock, bus: SignalBus) -> AsyncIterator[Home]:
    """Return a home whose server has room for a single price."""
    home = Home(sender, clock, bus, most=1)
    yield home
    await home.source.stop()
    await home.service.stop()
    await home.house.router.stop()


async def test_nothing_is_told_before_the_time_is_known(home: Home, bus: SignalBus) -> None:
    home.time_is_known = False
    await home.source.start()
    assert home.number_of_prices() == 0

    home.time_is_known = True
    bus.send(NetworkTimeSet(None, 0.0, first=True))

    assert home.number_of_prices() == 1


async def test_a_price_that_finds_no_room_is_told_of(home: Home) -> None:
    await home.source.start()

    (failure,) = home.failures
    assert failure.source == "the table of price_source"
    assert "no room for more" in failure.problem


async def test_without_a_price_server_there_is_nobody_to_tell(home: Home) -> None:
    home.services.clear()

    await home.source.start()

    assert home.number_of_prices() == 0
    assert not home.failures


async def test_a_table_takes_no_messages(home: Home) -> None:
    await home.source.start()

    curve = b'[{"start":"2011-07-04T12:00Z","end":"2011-07-05T12:00Z","value":1}]'
    home.source.take(Message("energy/prices", curve))

    assert home.source.facts()["problem"] is None
    assert home.number_of_prices() == 1
