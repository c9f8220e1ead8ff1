"""A client's desk: every server is asked once it appears, and again when asked to."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import zigpy.types as t

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError
from sebridge.base.signals import SignalBus
from sebridge.clusters.client_desk import ClientDesk, MessageBox
from sebridge.clusters.endpoint import Endpoint, Router
from sebridge.clusters.exchange import Exchange
from sebridge.clusters.messaging_client import MessagingClient
from sebridge.clusters.price_client import PriceClient
from sebridge.clusters.signals import NetworkTimeSet
from sebridge.devices.peer import Peer
from sebridge.devices.signals import DeviceActive, DeviceUpdated
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.smartenergy.identifiers import SE_ENDPOINT, SE_PROFILE
from sebridge.smartenergy.messaging import DisplayMessageRecord, MessageConfirmationRecord
from sebridge.smartenergy.price import (
    GetCurrentPriceRecord,
    GetScheduledPricesRecord,
    PublishPriceRecord,
)
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import Frame

NEAR = t.EUI64.convert("00:0d:6f:00:00:00:00:01")
FAR = t.EUI64.convert("00:0d:6f:00:00:00:00:02")


class Outside:
    """The air, the directory and the listener for reports, all that lies outside of a desk."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.silent: set[t.EUI64] = set()
        self.peers = [Peer(NEAR, 1, SE_PROFILE), Peer(FAR, 2, SE_PROFILE)]

    async def send(self, frame: Outgoing) -> None:
        if frame.destination in self.silent:
            raise DeliveryError("nobody is there")
        self.sent.append(frame)

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        del cluster_id
        return self.peers

    def reported(self, frame: Incoming, header: Frame, values: Sequence[AttributeValue]) -> None:
        raise AssertionError(f"no report was expected: {frame} {header} {values}")


class Prices:
    """A Price client with its desk."""

    def __init__(self, clock: VirtualClock, bus: SignalBus) -> None:
        self.clock = clock
        self.outside = Outside()
        self.client = PriceClient(SE_ENDPOINT, Schedule(Policy.PRICE, {}))
        self.messages = MessagingClient(SE_ENDPOINT, Schedule(Policy.MESSAGE, {}))
        endpoint = Endpoint(SE_ENDPOINT, SE_PROFILE, 0x0502, (self.client, self.messages))
        exchange = Exchange(self.outside, clock, lambda: 10.0)
        self.router = Router([endpoint], exchange, clock, bus, self.outside)
        parts: dict[str, Any] = {
            "router": self.router,
            "servers": self.outside,
            "clock": clock,
            "bus": bus,
        }
        self.desk: ClientDesk[PublishPriceRecord] = ClientDesk(
            endpoint, self.client, GetScheduledPricesRecord(), **parts
        )
        self.box = MessageBox(endpoint, self.messages, **parts)
        self.bus = bus

    @property
    def asked(self) -> list[t.EUI64 | None]:
        return [frame.destination for frame in self.outside.sent if frame.cluster_id == 0x0700]

    def hear(self, cluster_id: int, payload: bytes, command_id: int = 0) -> None:
        frame = Frame(command_id, 1, payload, cluster_specific=True, from_server=True)
        self.router.received(
            Incoming(
                NEAR,
                0x1234,
                SE_PROFILE,
                cluster_id,
                1,
                SE_ENDPOINT,
                frame.serialize(),
                encrypted=True,
            )
        )


@pytest.fixture
def prices(clock: VirtualClock, bus: SignalBus) -> Prices:
    return Prices(clock, bus)


async def test_a_server_that_appears_is_asked_for_its_events(prices: Prices) -> None:
    prices.bus.send(DeviceActive(NEAR))
    await prices.clock.advance(seconds=1)

    assert prices.asked == [NEAR]


async def test_a_server_is_asked_again_when_it_comes_back_but_not_for_every_news(
    prices: Prices,
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


async def test_every_server_is_asked_and_those_that_took_it_are_told(prices: Prices) -> None:
    prices.outside.silent.add(FAR)

    reached = await prices.desk.ask(GetCurrentPriceRecord(command_options=1))

    assert reached == [NEAR]
    assert prices.asked == [NEAR]


async def test_a_device_with_two_servers_is_named_once(prices: Prices) -> None:
    prices.outside.peers.append(Peer(NEAR, 3, SE_PROFILE))

    reached = await prices.desk.ask(GetCurrentPriceRecord())

    assert reached == [NEAR, FAR]


async def test_clearing_forgets_here_and_wakes_the_schedule(prices: Prices) -> None:
    price = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=5, price=3)
    woken: list[bool] = []
    prices.desk.woken = lambda: woken.append(True)
    prices.hear(0x0700, price.serialize())
    assert len(prices.desk.valid()) == len(prices.desk.active()) == 1

    prices.desk.clear()
    await prices.clock.advance(seconds=1)

    assert prices.desk.valid() == []
    assert woken


async def test_a_question_that_takes_too_long_is_given_up(prices: Prices) -> None:
    prices.desk.patience = lambda: 2.0

    async def never(frame: Outgoing) -> None:
        del frame
        await asyncio.get_running_loop().create_future()

    prices.outside.send = never  # type: ignore[method-assign]
    asking = asyncio.ensure_future(prices.desk.ask(GetCurrentPriceRecord()))
    await prices.clock.advance(seconds=3)

    assert await asking == []


async def test_a_confirmation_is_stamped_unless_it_has_a_time(prices: Prices) -> None:
    fresh = prices.box.stamped(MessageConfirmationRecord(message_id=1))
    dated = prices.box.stamped(MessageConfirmationRecord(message_id=1, confirmation_time=9))

    assert fresh.confirmation_time > 0
    assert dated.confirmation_time == 9


async def test_confirming_a_cancellation_lets_the_message_go(prices: Prices) -> None:
    message = DisplayMessageRecord(message_id=4, duration_in_minutes=5, message="Hello")
    prices.hear(0x0703, message.serialize())
    prices.hear(0x0703, bytes.fromhex("0400000080"), command_id=1)
    assert len(prices.box.active()) == 1

    prices.box.confirmed(4)
    await prices.clock.advance(seconds=1)

    assert prices.box.active() == []


async def test_nobody_is_asked_before_the_time_is_known_net_3(prices: Prices) -> None:
    is_known = False
    prices.desk.time_is_known = lambda: is_known
    prices.bus.send(DeviceActive(NEAR))
    await prices.clock.settle()
    assert prices.asked == []

    is_known = True
    prices.bus.send(NetworkTimeSet(NEAR, 0.0, first=True))
    await prices.clock.settle()

    assert prices.asked == [NEAR, FAR]


@pytest.mark.parametrize(("step", "times"), [(0.0, 0), (-30.0, 0), (60.0, 1), (-600.0, 1)])
async def test_all_are_asked_again_after_a_great_step_of_the_time(
    prices: Prices, step: float, times: int
) -> None:
    prices.bus.send(NetworkTimeSet(NEAR, step))
    await prices.clock.settle()

    assert prices.asked == [NEAR, FAR] * times
