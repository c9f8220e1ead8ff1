"""The service of a client: every server is asked once it appears, and again when asked to."""

import asyncio

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.price.records import GetCurrentPriceRecord, PublishPriceRecord
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceActive, DeviceUpdated, NetworkTimeSet
from sebridge.radio.radio import Outgoing
from sebridge.zcl.identifiers import DRLC, MESSAGING, PRICE, SE_ENDPOINT, SE_PROFILE
from tests.gateway.events.client_side import FAR, NEAR, Clients


@pytest.fixture
def prices(clock: VirtualClock, bus: SignalBus) -> Clients:
    return Clients(clock, bus)


async def test_a_server_that_appears_is_asked_for_its_events(prices: Clients) -> None:
    prices.bus.send(DeviceActive(NEAR))
    await prices.clock.advance(seconds=1)

    assert prices.asked == [NEAR]


@pytest.mark.parametrize("server", [NEAR, FAR])
async def test_a_server_is_bound_to_us_and_asked_whether_it_can_be_or_not(
    prices: Clients, server: Eui64
) -> None:
    prices.bus.send(DeviceActive(server))
    await prices.clock.advance(seconds=1)

    (peer,) = [peer for peer in prices.outside.peers if peer.device == server]
    assert prices.outside.bound == [
        (peer, cluster_id, SE_ENDPOINT) for cluster_id in (PRICE, MESSAGING, DRLC)
    ]
    assert prices.asked == [server]


async def test_a_server_that_does_not_answer_to_be_bound_holds_up_nobody(prices: Clients) -> None:
    prices.outside.silent.add(FAR)
    for server in (FAR, NEAR):
        prices.bus.send(DeviceActive(server))
    await prices.clock.advance(seconds=1)

    assert prices.asked == [NEAR]
    assert len(prices.outside.bound) == 6


async def test_a_server_is_asked_again_when_it_comes_back_but_not_for_every_news(
    prices: Clients,
) -> None:
    for signal in (
        DeviceActive(NEAR),
        DeviceUpdated(NEAR),
        DeviceUpdated(NEAR),
        DeviceActive(NEAR),
    ):
        prices.bus.send(signal)
    await prices.clock.advance(seconds=1)

    assert prices.asked == [NEAR, NEAR]


async def test_every_server_is_asked_and_those_that_took_it_are_told(prices: Clients) -> None:
    prices.outside.silent.add(FAR)

    reached = await prices.price_service.ask(GetCurrentPriceRecord(command_options=1))

    assert reached == [NEAR]
    assert prices.asked == [NEAR]


async def test_a_device_with_two_servers_is_named_once(prices: Clients) -> None:
    prices.outside.peers.append(Peer(NEAR, 3, SE_PROFILE))

    reached = await prices.price_service.ask(GetCurrentPriceRecord())

    assert reached == [NEAR, FAR]


async def test_clearing_forgets_here_and_wakes_the_schedule(prices: Clients) -> None:
    price = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=5, price=3)
    prices.hear(0x0700, price.serialize())
    assert len(prices.price_service.valid()) == len(prices.price_service.active()) == 1

    prices.price_service.clear()
    await prices.clock.advance(seconds=1)

    assert prices.price_service.valid() == []
    assert prices.woken == 1


async def test_a_question_that_takes_too_long_is_given_up(prices: Clients) -> None:
    prices.patience = 2.0

    async def never(frame: Outgoing) -> None:
        del frame
        await asyncio.get_running_loop().create_future()

    prices.outside.send = never  # type: ignore[method-assign]
    asking = asyncio.ensure_future(prices.price_service.ask(GetCurrentPriceRecord()))
    await prices.clock.advance(seconds=3)

    assert await asking == []


async def test_nobody_is_asked_before_the_time_is_known_net_3(prices: Clients) -> None:
    prices.time_is_known = False
    prices.bus.send(DeviceActive(NEAR))
    await prices.clock.settle()
    assert prices.asked == []

    prices.time_is_known = True
    prices.bus.send(NetworkTimeSet(NEAR, 0.0, first=True))
    await prices.clock.settle()

    assert prices.asked == [NEAR, FAR]


@pytest.mark.parametrize(("step", "times"), [(0.0, 0), (-30.0, 0), (60.0, 1), (-600.0, 1)])
async def test_all_are_asked_again_after_a_great_step_of_the_time(
    prices: Clients, step: float, times: int
) -> None:
    prices.bus.send(NetworkTimeSet(NEAR, step))
    await prices.clock.settle()

    assert prices.asked == [NEAR, FAR] * times
