"""The gateway's own network: its states, forming and joining another, leaving, refreshing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.radio.ether import AirFrame
from sebridge.settings.options import GatewayOptions, Options
from tests.scenarios.conftest import EVERYTHING, Home, MakeHome, SecondGateway

SWITCH = "00:0d:6f:00:0a:00:00:05"
NODE_REQUEST, SIMPLE_REQUEST, MATCH_REQUEST = 0x0002, 0x0004, 0x0006
KEY = "00112233445566778899aabbccddeeff"


async def state(gateway: Home | SecondGateway) -> tuple[int, str]:
    answer = await gateway.result("get_zigbee_network_status")
    return answer["status"], answer["status_description"]


# ------------------------------------------------------------------ the coordinator


async def test_a_coordinator_forms_another_network_and_keeps_to_it(
    home: Home, make_home: MakeHome
) -> None:
    await home.result("configure_zigbee_network", extended_pan_id="0xABCD", channel_mask="0x8000")
    await home.clock.advance(5)
    formed = await home.result("get_zigbee_network_status")
    await home.stop()

    again = await make_home(home.kept)

    known = await again.result("get_zigbee_network_status")
    for status in (formed, known):
        assert (status["status"], status["channel"]) == (0, 26)
        assert status["extended_pan_id"] == "000000000000abcd"
        assert status["configured_extended_pan_id"] == 0xABCD


async def test_the_devices_come_into_the_new_network_when_it_is_opened(home: Home) -> None:
    await home.result("enable_joining", join_time=0)
    await home.result("configure_zigbee_network", extended_pan_id=77)
    await home.clock.advance(5)
    left = [record["active"] for record in (await _records(home))[1:]]

    await home.clock.advance(minutes=30)
    outside = [record["active"] for record in (await _records(home))[1:]]
    await home.result("enable_joining", join_time=240)
    await home.clock.advance(60)

    assert left == outside == [False] * 5
    assert all(record["active"] for record in await _records(home))


@pytest.mark.parametrize(
    "another",
    [{"extended_pan_id": 77}, {"channel_mask": "0x8000"}, {"extended_pan_id": 0}],
)
async def test_a_network_that_was_open_is_open_when_it_is_formed_anew(
    home: Home, another: dict[str, object]
) -> None:
    await home.result("enable_joining", join_time=600)

    for _ in range(2):
        await home.result("configure_zigbee_network", **another)
        await home.clock.advance(10)
    await home.clock.advance(60)

    assert all(record["active"] for record in await _records(home))
    displayed = await home.result("get_zigbee_network_status")
    assert displayed["status"] == 0
    await home.clock.advance(seconds=600)
    assert home.gateway.trust_center.remaining == 0


async def test_a_router_looks_for_the_network_that_its_coordinator_formed_anew(
    home: Home, router: SecondGateway
) -> None:
    await home.result("configure_zigbee_network", extended_pan_id=77)
    await home.clock.advance(10)
    lost = await state(router)

    await home.result("enable_joining", join_time=240)
    await home.clock.advance(130)

    assert lost == (0x23, "joining is not allowed")
    assert await state(router) == (0, "joined")


async def _records(home: Home | SecondGateway) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = (await home.result("get_device_information"))["record_list"]
    return records


async def test_a_radio_that_is_lost_is_told_as_an_error_and_as_a_state(home: Home) -> None:
    home.gateway.keeper.lost(ConnectionError("unplugged"))
    lost = await state(home)

    await home.clock.advance(5)

    assert lost == (0xFE, "the radio is not connected")
    assert await state(home) == (0, "joined")
    told = [(m["severity"], m.get("status")) for m in home.notifications("message")][-2:]
    assert told == [(2, 0), (1, 1)]


# ------------------------------------------------------------------ another channel


async def change_channel(home: Home, **channel: int) -> dict[str, Any]:
    changing = asyncio.create_task(home.result("change_channel", **channel))
    await home.clock.advance(15)
    return await changing


async def test_the_house_goes_to_another_channel_and_goes_on(home: Home) -> None:
    before = (await home.result("get_zigbee_network_status"))["channel"]
    meter = home.notifications("received_attribute_report_collection")

    answer = await change_channel(home, channel=23)
    await home.clock.advance(minutes=10)

    assert answer == {"old_channel": before, "channel": 23}
    assert all(record["active"] for record in await _records(home))
    assert len(home.notifications("received_attribute_report_collection")) > len(meter)
    assert not [m for m in home.notifications("message") if m["severity"] == 2]


async def test_a_gateway_that_starts_again_stays_on_the_channel(
    home: Home, make_home: MakeHome
) -> None:
    await home.result("configure_zigbee_network", channel_mask="0x0010")
    await home.clock.advance(5)
    before = (await home.result("get_zigbee_network_status"))["channel"]
    await change_channel(home, channel=23)
    await home.stop()

    again = await make_home(home.kept)

    status = await again.result("get_zigbee_network_status")
    planned = await again.result("configure_zigbee_network")
    assert (before, status["status"], status["channel"]) == (15, 0, 23)
    assert planned["channel_mask"] == 1 << 23 - 11


async def test_without_a_channel_the_quietest_of_the_plan_is_taken(home: Home) -> None:
    await home.result("configure_zigbee_network", channel_mask="0x0600")
    await home.clock.advance(5)
    await change_channel(home, channel=21)

    answer = await change_channel(home)

    assert answer == {"old_channel": 21, "channel": 20}  # where there is no Wi-Fi as a rule


async def test_a_router_follows_and_decides_nothing(home: Home, router: SecondGateway) -> None:
    refused = await router.rpc("change_channel", channel=23)

    await change_channel(home, channel=24)
    await home.clock.advance(minutes=2)

    assert "its coordinator decides" in refused["error"]["message"]
    assert (await router.result("get_zigbee_network_status"))["channel"] == 24
    assert await state(router) == (0, "joined")


async def test_a_radio_that_is_away_changes_no_channel(home: Home) -> None:
    home.gateway.keeper.lost(ConnectionError("unplugged"))
    await home.clock.settle()

    answer = await home.rpc("change_channel", channel=23)

    assert "error" in answer


async def test_the_house_goes_on_with_another_network_key_which_nobody_is_told(home: Home) -> None:
    assert home.ether.network is not None
    before = home.ether.network.network_key
    heard = len(home.notifications("received_attribute_report_collection"))

    changing = asyncio.create_task(home.result("change_network_key"))
    await home.clock.advance(15)
    answer = await changing
    await home.clock.advance(minutes=10)

    key = home.ether.network.network_key
    assert answer == {"key_sequence_number": 1}
    assert key != before
    assert key.reveal().hex() not in f"{home.broker.streamed}{home.kept}".lower()
    assert all(record["active"] for record in await _records(home))
    assert len(home.notifications("received_attribute_report_collection")) > heard


async def test_a_router_changes_no_key_and_goes_on_with_the_new_one(
    home: Home, router: SecondGateway
) -> None:
    refused = await router.rpc("change_network_key")

    changing = asyncio.create_task(home.result("change_network_key"))
    await home.clock.advance(minutes=2)

    assert (await changing)["key_sequence_number"] == 1
    assert "its trust centre changes it" in refused["error"]["message"]
    assert await state(router) == (0, "joined")


# ------------------------------------------------------------------ a router


@pytest.fixture
async def router(home: Home) -> AsyncIterator[SecondGateway]:
    """Return a router that is on the network, until that is closed."""
    await home.result("enable_joining", join_time=240)
    options = Options(gateway=GatewayOptions(name="second", role="router"), rpc=EVERYTHING)
    second = SecondGateway(home, options)
    await second.start()
    await home.result("enable_joining", join_time=0)
    yield second
    await second.stop()


async def test_a_router_that_left_is_told_that_joining_is_closed(
    home: Home, router: SecondGateway
) -> None:
    joined = await state(router)

    assert await router.result("leave_network") == {}
    leaving = await state(router)
    await home.clock.advance(10)

    assert joined == (0, "joined")
    assert leaving == (0xFF, "searching for a network")
    assert await state(router) == (0x23, "joining is not allowed")
    assert not home.gateway.directory.is_active(gateway_address("second"))


async def test_a_router_that_left_comes_back_when_joining_is_open(
    home: Home, router: SecondGateway
) -> None:
    await router.result("registry_configuration", name="ZDO_Device_Manager.join_interval", value=5)
    await router.result("leave_network")

    await home.result("enable_joining", join_time=60)
    await home.clock.advance(20)

    assert await state(router) == (0, "joined")


@pytest.mark.parametrize("role", ["router", "display"])
async def test_who_joined_says_of_itself_what_it_tells_the_trust_center(
    home: Home, role: str
) -> None:
    await home.result("enable_joining", join_time=240)
    options = Options(gateway=GatewayOptions(name="second", role=role), rpc=EVERYTHING)
    second = SecondGateway(home, options)
    await second.start()
    await home.clock.advance(60)

    own = (await _records(second))[0]
    seen = next(r for r in await _records(home) if r["addr_extended"] == own["addr_extended"])
    coordinator = (await _records(home))[0]
    await second.stop()

    told = ("node_type", "manufacturer_id", "node_descriptor", "power_descriptor", "addr_short")
    assert {name: own[name] for name in told} == {name: seen[name] for name in told}
    assert (own["node_type"], coordinator["node_type"]) == (1, 0)
    assert coordinator["node_descriptor"]["logical_type"] == 0
    assert coordinator["power_descriptor"] == own["power_descriptor"] | {"nwk_addr": 0}


@pytest.mark.parametrize("wrong", [{"extended_pan_id": 4711}, {"channel_mask": "0x0001"}])
async def test_a_router_joins_only_the_network_that_was_set(
    home: Home, router: SecondGateway, wrong: dict[str, object]
) -> None:
    await home.result("enable_joining", join_time=240)
    await router.result("registry_configuration", name="ZDO_Device_Manager.join_interval", value=5)

    await router.result("configure_zigbee_network", **wrong)
    await home.clock.advance(20)
    outside = await state(router)
    await router.result(
        "configure_zigbee_network", extended_pan_id=0, channel_mask="0xFFFF", join_interval=5
    )
    await home.clock.advance(20)

    assert outside == (0x21, "no network found")
    assert await state(router) == (0, "joined")


async def test_a_router_with_a_wrong_key_is_refused(home: Home, router: SecondGateway) -> None:
    await home.result("enable_joining", join_time=240)

    await router.result("configure_zigbee_network", link_key=KEY)
    await home.clock.advance(10)
    refused = await state(router)
    address = str(gateway_address("second"))
    await home.result("add_device", device_address=address, link_key=KEY, join_time=240)
    await home.clock.advance(130)

    assert refused == (0x27, "joining was refused")
    assert await state(router) == (0, "joined")
    assert KEY not in f"{home.broker.streamed}{router.broker.streamed}"


# ------------------------------------------------------------------ refreshing


def asked(home: Home) -> list[int]:
    """Return the list into which the gateway's ZDO questions come from now on."""
    found: list[int] = []
    own = home.gateway.radio.network.address

    def watch(frame: AirFrame) -> None:
        if frame.source == own and frame.destination_endpoint == 0:
            found.append(frame.cluster_id)

    home.ether.watch(watch)
    return found


async def test_a_refresh_asks_all_who_is_there(home: Home) -> None:
    questions = asked(home)

    assert await home.result("refresh_device_information") == {}

    assert questions == [MATCH_REQUEST]


async def test_a_refresh_of_one_device_asks_only_whether_it_is_there(home: Home) -> None:
    questions = asked(home)

    await home.result("refresh_device_information", device_address=SWITCH)

    assert questions == [NODE_REQUEST]


@pytest.mark.parametrize("whom", [{}, {"device_address": SWITCH}])
async def test_a_full_refresh_asks_for_everything_again_and_loses_nothing(
    home: Home, whom: dict[str, str]
) -> None:
    before = await _records(home)
    questions = asked(home)

    await home.result("refresh_device_information", full_refresh=True, **whom)
    await home.clock.advance(5)

    assert questions.count(NODE_REQUEST) == (1 if whom else 5)
    assert questions.count(SIMPLE_REQUEST) >= (1 if whom else 5)
    assert await _records(home) == before


async def test_an_unknown_device_cannot_be_refreshed(home: Home) -> None:
    answer = await home.rpc("refresh_device_information", device_address="00:13:a2:00:40:5c:01:f7")

    assert answer["error"]["code"] == -32001


# ------------------------------------------------------------------ the end, and who may


async def test_the_process_is_asked_to_end_and_the_answer_is_there(home: Home) -> None:
    assert await home.result("exit") == {}

    assert len(home.exits) == 1


async def test_the_broker_that_comes_back_is_told_of(home: Home) -> None:
    home.broker.begin_session()

    assert home.notifications("message")[-1]["description"] == "the broker is connected again"
    assert home.notifications("message")[-1]["severity"] == 1
