"""The trust centre goes silent: who belongs to it notices, searches, and comes back."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.network.signals import NetworkChanged
from sebridge.settings.options import GatewayOptions, Options, RadioOptions
from sebridge.simulator.device import SimulatedDevice
from sebridge.simulator.household import link_key_of
from tests.bridge_ports import heard
from tests.scenarios.conftest import Home, SecondGateway

ADDRESS = gateway_address("display")


def options(role: Any = "display") -> Options:
    return Options(
        gateway=GatewayOptions(name="display", role=role),
        radio=RadioOptions(link_key=link_key_of(ADDRESS)),
    )


@pytest.fixture
async def display(home: Home) -> AsyncIterator[SecondGateway]:
    await home.gateway.manager.add(ADDRESS, link_key_of(ADDRESS), 240)
    second = SecondGateway(home, options())
    await second.start()
    yield second
    await second.stop()


def screen(home: Home) -> SimulatedDevice:
    return home.household.devices["Kitchen display"]


async def test_a_display_gateway_searches_for_the_network_and_comes_back(
    home: Home, display: SecondGateway
) -> None:
    news: list[bool] = []
    display.gateway.bus.listen(NetworkChanged, lambda signal: news.append(signal.joined))

    await home.gateway.radio.stop()
    await home.clock.advance(minutes=50)
    lost = display.broker.kept("sebridge/display/info")["network"]["joined"]
    await home.gateway.radio.start(heard(home.gateway))
    await home.clock.advance(minutes=3)
    await home.result("create_price_event", record=price())
    await home.clock.advance(5)

    assert not lost
    assert news == [False, True]
    assert display.broker.kept("sebridge/display/info")["network"]["joined"]
    board = display.broker.kept("sebridge/display/price/electricity")
    assert board["current"]["price"] == 0.25


async def test_a_short_silence_is_no_reason_to_search(home: Home, display: SecondGateway) -> None:
    news: list[bool] = []
    display.gateway.bus.listen(NetworkChanged, lambda signal: news.append(signal.joined))

    await home.gateway.radio.stop()
    await home.clock.advance(minutes=9)
    await home.gateway.radio.start(heard(home.gateway))
    await home.clock.advance(hours=2)

    assert news == []


async def test_a_display_that_is_switched_on_before_its_network_waits_for_it(home: Home) -> None:
    """Three scans, then again every ZDO_Device_Manager.join_interval seconds."""
    second = SecondGateway(home, options())
    await second.start()
    assert not second.broker.kept("sebridge/display/info")["network"]["joined"]

    await home.gateway.manager.add(ADDRESS, link_key_of(ADDRESS), 240)
    await home.clock.advance(minutes=3)

    assert second.broker.kept("sebridge/display/info")["network"]["joined"]
    await second.stop()


async def test_a_simulated_device_searches_and_comes_back(home: Home) -> None:
    await home.gateway.radio.stop()
    await home.clock.advance(minutes=50)
    lost = screen(home).is_joined
    await home.gateway.radio.start(heard(home.gateway))

    await home.clock.advance(minutes=15)
    await home.result("create_price_event", record=price())
    await home.clock.advance(5)

    assert not lost
    assert screen(home).is_joined
    (shown,) = home.household.find(PriceOnDisplay).values()
    assert shown.price == 0.25


def price() -> dict[str, Any]:
    return {"issuer_event_id": 7, "price": 25, "duration_in_minutes": 60}
