"""Several energy services on one gateway, and both sides of a cluster: each with its own lists."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.features.price.client import PriceClient
from sebridge.radio.ether import AirFrame
from sebridge.settings.options import GatewayOptions, Options, RadioOptions
from sebridge.simulator.household import link_key_of
from sebridge.zcl.identifiers import PRICE, SE_ENDPOINT
from tests.scenarios.conftest import Home, MakeHome, SecondGateway

SECOND = 0x0A
SERVERS = ("PriceServer", "DrlcServer", "MessagingServer")
BOARD = "sebridge/home/price/electricity"


def price(identifier: int, cents: int = 25) -> dict[str, Any]:
    return {"issuer_event_id": identifier, "price": cents, "duration_in_minutes": 60}


async def add_energy_service(home: Home) -> None:
    await home.result("add_endpoint", endpoint_class="SE_EnergyServicePortal", endpoint_id=SECOND)
    for name in SERVERS:
        await home.result("add_cluster", endpoint_id=SECOND, cluster_class=name)


async def prices_at(home: Home, endpoint_id: int) -> list[tuple[int, int]]:
    listed = await home.result("get_price_events", endpoint_id=endpoint_id, server_or_client=0)
    return [(r["issuer_event_id"], r["price"]) for r in listed["events_record_list"]]


@pytest.fixture
async def two_services(home: Home) -> Home:
    """Return a gateway with a second energy service; both have a price of the same id."""
    await add_energy_service(home)
    await home.result("create_price_event", record=price(7, 25))
    await home.result("create_price_event", record=price(7, 31), source_endpoint_id=SECOND)
    return home


async def test_each_energy_service_has_its_own_prices(two_services: Home) -> None:
    assert await prices_at(two_services, SE_ENDPOINT) == [(7, 25)]
    assert await prices_at(two_services, SECOND) == [(7, 31)]


async def test_a_display_hears_both_and_tells_them_apart(two_services: Home) -> None:
    clients = two_services.household.find(PriceClient).values()

    heard = [{record.price for record in client.active(two_services.now)} for client in clients]

    assert heard
    assert all(prices == {25, 31} for prices in heard)


async def test_what_is_kept_on_mqtt_is_of_the_gateways_own_endpoint(two_services: Home) -> None:
    kept = two_services.broker.kept("sebridge/home/active/price")
    told = two_services.notifications("updated_active_price_event")

    assert (kept["destination_endpoint_id"], kept["record_list"][0]["price"]) == (SE_ENDPOINT, 25)
    assert two_services.broker.kept(BOARD)["current"]["price"] == 0.25
    assert {news["destination_endpoint_id"] for news in told} == {SE_ENDPOINT, SECOND}


async def test_load_control_and_messages_have_lists_of_their_own_too(two_services: Home) -> None:
    event = {"issuer_event_id": 3, "duration_in_minutes": 5, "device_class": 1}
    text = {"message_id": 4, "duration_in_minutes": 5, "message": "second"}
    loads = await two_services.result(
        "create_DRLC_event", record=event | {"criticality_level": 1}, source_endpoint_id=SECOND
    )
    message = await two_services.result(
        "create_message_event", record=text, source_endpoint_id=SECOND
    )

    own = await two_services.result("get_message_events", endpoint_id=SE_ENDPOINT)
    second = await two_services.result("get_message_events", endpoint_id=SECOND)
    assert (loads["status"], message["status"]) == (0, 0)
    assert own["events_record_list"] == []
    assert [record["message_id"] for record in second["events_record_list"]] == [4]


async def test_a_second_service_is_there_after_a_restart_with_its_prices(
    make_home: MakeHome, two_services: Home
) -> None:
    await two_services.stop()

    again = await make_home(kept=two_services.kept)

    assert await prices_at(again, SECOND) == [(7, 31)]
    created = await again.result("create_price_event", record=price(8), source_endpoint_id=SECOND)
    assert created["status"] == 0


async def test_a_service_that_is_removed_is_forgotten_with_its_events(two_services: Home) -> None:
    await two_services.result("remove_endpoint", endpoint_id=SECOND)
    gone = await two_services.rpc("get_price_events", endpoint_id=SECOND)
    await add_energy_service(two_services)

    assert gone["status"] == "error"
    assert "0x0A" in str(gone["error"])
    assert await prices_at(two_services, SECOND) == []
    assert await prices_at(two_services, SE_ENDPOINT) == [(7, 25)]


async def test_of_what_was_removed_devices_hear_nothing_more(two_services: Home) -> None:
    await two_services.result("remove_endpoint", endpoint_id=SECOND)
    sent: list[AirFrame] = []
    two_services.ether.watch(sent.append)

    for device in two_services.household.devices.values():
        await device.stop()
        await device.start()
    await two_services.clock.advance(minutes=5)

    assert sent
    assert SECOND not in {frame.source_endpoint for frame in sent}


# ------------------------------------------------------------------ both sides on one gateway


@pytest.fixture
async def router(home: Home) -> AsyncIterator[SecondGateway]:
    """Return another energy service interface in the same network."""
    address = gateway_address("second")
    await home.gateway.manager.add(address, link_key_of(address), 240)
    options = Options(
        gateway=GatewayOptions(name="second", role="router"),
        radio=RadioOptions(link_key=link_key_of(address)),
    )
    gateway = SecondGateway(home, options)
    await gateway.start()
    yield gateway
    await gateway.stop()


async def test_a_gateway_that_serves_prices_can_listen_to_those_of_others(
    home: Home, router: SecondGateway
) -> None:
    await home.result("add_cluster", endpoint_id=SE_ENDPOINT, cluster_class="PriceClient")
    await home.result("create_price_event", record=price(1, 25))

    await router.result("create_price_event", record=price(2, 40))
    await home.clock.advance(seconds=5)

    listed = await home.result("get_price_events", server_or_client=1)
    assert [record["issuer_event_id"] for record in listed["events_record_list"]] == [2]
    assert await prices_at(home, SE_ENDPOINT) == [(1, 25)]
    assert home.broker.kept(BOARD)["current"]["price"] == 0.25
    (heard,) = home.notifications("received_price_event")
    assert heard["record"]["price"] == 40


async def test_servers_of_others_are_bound_to_a_client_that_is_added(
    home: Home, router: SecondGateway
) -> None:
    await home.result("add_cluster", endpoint_id=SE_ENDPOINT, cluster_class="PriceClient")
    await home.clock.advance(minutes=1)

    gateway = home.gateway.radio.network.address
    bound = {binding for binding in router.kept["bindings"] if binding.device == gateway}
    assert {(binding.endpoint, binding.cluster_id) for binding in bound} >= {(SE_ENDPOINT, PRICE)}
