"""A display whose own clock is wrong goes by the time of the network."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.base.clock import unix_time
from sebridge.features.time.network_time import SYNCHRONISED
from sebridge.features.time.server import TIME_STATUS
from sebridge.settings.options import GatewayOptions, Options, RadioOptions
from sebridge.simulator.household import link_key_of
from sebridge.zcl.identifiers import SE_ENDPOINT, TIME
from tests.doubles import WrongClock
from tests.scenarios.conftest import Home, SecondGateway

BOARD = "sebridge/second/price/electricity"

Join = Callable[[str, float], Awaitable[SecondGateway]]


@pytest.fixture
async def join(home: Home) -> AsyncIterator[Join]:
    """Let a gateway join whose clock is so many seconds slow."""
    joined: list[SecondGateway] = []

    async def join(role: Any, slow: float) -> SecondGateway:
        own = gateway_address("second")
        await home.gateway.manager.add(own, link_key_of(own), 240)
        options = Options(
            gateway=GatewayOptions(name="second", role=role),
            radio=RadioOptions(link_key=link_key_of(own)),
        )
        second = SecondGateway(home, options, WrongClock(home.clock, slow))
        joined.append(second)
        await second.start()
        return second

    yield join
    for second in joined:
        await second.stop()


def price(identifier: int, cents: int, **more: Any) -> dict[str, Any]:
    return {"issuer_event_id": identifier, "price": cents, "duration_in_minutes": 30} | more


@pytest.mark.parametrize("slow", [600.0, -600.0])
async def test_the_price_changes_exactly_at_the_boundary_of_the_network(
    home: Home, join: Join, slow: float
) -> None:
    boundary = home.now // 60 * 60 + 300
    now = price(1, 25)
    later = price(2, 40, start_time=boundary)
    await home.result("create_price_event", record=now)
    await home.result("create_price_event", record=later)
    display = await join("display", slow)

    before = display.broker.kept(BOARD)["current"]["price"]
    while display.broker.kept(BOARD)["current"]["price"] == before:
        await home.clock.advance(0.1)

    assert before == 0.25
    assert display.broker.kept(BOARD)["current"]["price"] == 0.40
    late = home.clock.utc() - unix_time(boundary)
    assert 0 <= late <= 1.1  # the Time cluster knows whole seconds only
    (active,) = display.notifications("updated_active_price_event")[-1]["record_list"]
    assert (active["issuer_event_id"], active["start_time"]) == (2, boundary)
    assert home.now == boundary


async def test_a_confirmation_bears_the_time_of_the_network(home: Home, join: Join) -> None:
    display = await join("display", 600.0)
    record = {"message_id": 3, "message_control": 0x80, "duration_in_minutes": 30, "message": "Hi"}
    await home.result("create_message_event", record=record)
    await home.clock.advance(2)

    await display.result("confirm_message")
    await home.clock.advance(2)

    times = [
        n["record"]["confirmation_time"]
        for n in home.notifications("received_message_confirmation")
        if n["source_address"] == str(gateway_address("second"))
    ]
    assert [abs(time - home.now) < 60 for time in times] == [True]


async def test_a_step_of_the_time_is_followed_at_once_time_8(home: Home, join: Join) -> None:
    """The coordinator's clock is set forward, and the display hears of it with the next price."""
    display = await join("display", 0.0)
    start = home.now + 3600
    await home.result("create_price_event", record=price(1, 25, start_time=start))
    await home.clock.advance(5)
    assert display.broker.kept(BOARD)["current"] is None

    own = display.gateway.clock
    assert isinstance(own, WrongClock)
    home.clock.jump(3600)
    own.slow += 3600
    await home.result("create_price_event", record=price(2, 30, start_time=start + 86_400))
    await home.clock.advance(0.5)

    assert display.broker.kept(BOARD)["current"]["price"] == 0.25


async def test_a_router_takes_the_time_and_passes_it_on(home: Home, join: Join) -> None:
    router = await join("router", 600.0)

    cluster = router.gateway.endpoints[SE_ENDPOINT].cluster(TIME, server=True)
    assert cluster is not None
    server = cluster.attributes

    assert unix_time(server.read(0x0000).value) == pytest.approx(home.clock.utc(), abs=3)
    assert server.read(TIME_STATUS).value == SYNCHRONISED
    created = await router.result("create_price_event", record=price(9, 5))
    assert created["status"] == 0
    now = router.broker.kept(BOARD)["current"]
    assert now["price"] == 0.05


async def test_the_stamps_of_prices_do_not_undo_a_time_that_was_set(home: Home, join: Join) -> None:
    display = await join("display", 0.0)
    await home.result("create_price_event", record=price(1, 25, duration_in_minutes=600))
    wanted = home.now + 7200

    await display.result("set_time", UTC_2000=wanted)

    await home.clock.advance(seconds=60)
    await home.result("create_price_event", record=price(2, 30, start_time=home.now + 36_000))
    assert abs((await display.result("get_time"))["offset"] - 7200) <= 1
    await display.result("resync_time")
    assert "offset" not in await display.result("get_time")
