"""What the Price client asks, and the values beside the price that it hears."""

from sebridge.features.price.tariff_records import PublishBlockPeriodRecord
from sebridge.network.signals import DeviceActive
from sebridge.zcl.frame import Frame
from tests.gateway.events.client_side import NEAR, Clients


async def test_a_price_server_is_asked_for_the_values_beside_its_prices_too(
    clients: Clients,
) -> None:
    clients.bus.send(DeviceActive(NEAR))
    await clients.clock.advance(seconds=1)

    sent = [f for f in clients.outside.sent if (f.destination, f.cluster_id) == (NEAR, 0x0700)]
    commands = sorted({Frame.parse(frame.data).command_id for frame in sent})
    assert commands == [0x01, 0x03, 0x04, 0x05]


async def test_a_server_that_does_not_take_the_first_question_is_asked_no_more(
    clients: Clients,
) -> None:
    clients.outside.silent.add(NEAR)

    clients.bus.send(DeviceActive(NEAR))
    await clients.clock.advance(seconds=1)

    assert clients.outside.sent == []


async def test_values_beside_the_price_are_listed_by_kind(clients: Clients) -> None:
    period = PublishBlockPeriodRecord(issuer_event_id=3, block_period_duration=60)

    clients.hear(0x0700, period.serialize(), command_id=1)
    await clients.clock.advance(seconds=1)

    [listed] = clients.price_service.listed(PublishBlockPeriodRecord)
    assert listed.issuer_event_id == 3
