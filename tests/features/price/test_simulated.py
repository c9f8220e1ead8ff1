"""The price that a person sees on a display."""

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.features.price.client import PriceClient
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from tests.gateway.radio_side import always, command


async def test_the_price_is_shown_until_it_ends_and_then_unknown_prc_19(
    clock: VirtualClock,
) -> None:
    client = PriceClient(9, Schedule(Policy.PRICE, {}), time_is_known=always)
    display = PriceOnDisplay(client, clock)
    assert display.price is None
    price = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=10, price=215)

    client.receive(command(price, zigbee_time(clock.utc())))

    assert display.price == 2.15
    await clock.advance(minutes=10)
    assert display.price is None
