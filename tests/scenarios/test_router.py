"""An energy service interface that joins a network instead of forming it."""

from collections.abc import AsyncIterator

import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.settings.options import GatewayOptions, Options, RadioOptions
from sebridge.simulator.household import link_key_of
from tests.scenarios.conftest import Home, SecondGateway

ADDRESS = gateway_address("second")


@pytest.fixture
async def router(home: Home) -> AsyncIterator[SecondGateway]:
    await home.gateway.manager.add(ADDRESS, link_key_of(ADDRESS), 240)
    options = Options(
        gateway=GatewayOptions(name="second", role="router"),
        radio=RadioOptions(link_key=link_key_of(ADDRESS)),
    )
    second = SecondGateway(home, options)
    await second.start()
    yield second
    await second.stop()


async def test_a_router_is_on_the_network_of_the_coordinator(
    home: Home, router: SecondGateway
) -> None:
    ours, theirs = home.gateway.radio.network, router.gateway.radio.network

    assert theirs.joined
    assert (theirs.pan_id, theirs.channel) == (ours.pan_id, ours.channel)
    assert router.broker.kept("sebridge/second/info")["role"] == "router"
    assert home.gateway.directory.is_active(ADDRESS)


async def test_a_router_keeps_events_of_its_own(router: SecondGateway) -> None:
    record = {"issuer_event_id": 1, "price": 5, "duration_in_minutes": 10}

    created = await router.result("create_price_event", record=record)

    assert created["status"] == 0
    assert router.broker.kept("sebridge/second/price/electricity")["current"]["price"] == 0.05
