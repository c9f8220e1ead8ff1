"""The time of the network is set, and everything on it follows."""

from collections.abc import AsyncIterator

import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.features.time.local_time import ZoneRules
from sebridge.settings.options import GatewayOptions, Options, RadioOptions
from sebridge.simulator.household import link_key_of
from tests.features.time.ntp_server import NtpServer
from tests.scenarios.conftest import EVERYTHING, Home, MakeHome, SecondGateway

DISPLAY = "00:0d:6f:00:0a:00:00:02"
HOUR = 3600


async def test_after_a_step_of_the_time_events_begin_and_end_time_8(home: Home) -> None:
    now = int((await home.result("get_time"))["UTC_2000"])
    for number, start in ((1, now + HOUR), (2, now + 3 * HOUR)):
        record = {"issuer_event_id": number, "price": number, "start_time": start}
        await home.result("create_price_event", record=record | {"duration_in_minutes": 60})
    topic = "sebridge/home/price/electricity"
    before = home.broker.kept(topic)["current"]

    await home.result("set_time", UTC_2000=now + HOUR + 60)
    first = home.broker.kept(topic)["current"]
    await home.result("set_time", UTC_2000=now + 3 * HOUR + 60)
    second = home.broker.kept(topic)["current"]
    await home.result("set_time", UTC_2000=now + 5 * HOUR)

    assert before is None
    assert (first["price"], second["price"]) == (0.01, 0.02)
    assert home.broker.kept(topic)["current"] is None
    assert (await home.result("get_price_events"))["events_record_list"] == []


async def test_the_networks_time_and_zone_survive_a_restart(
    home: Home, make_home: MakeHome
) -> None:
    now = int((await home.result("get_time"))["UTC_1970"])
    await home.result("set_time", UTC_1970=now + HOUR)
    await home.result("set_timezone", name="Europe/Berlin")
    await home.stop()

    again = await make_home(home.kept)

    assert (await again.result("get_time"))["offset"] == pytest.approx(HOUR, abs=1)
    assert again.gateway.time.zone().time_zone == HOUR


@pytest.fixture
async def router(home: Home) -> AsyncIterator[SecondGateway]:
    address = gateway_address("second")
    await home.gateway.manager.add(address, link_key_of(address), 240)
    options = Options(
        gateway=GatewayOptions(name="second", role="router"),
        radio=RadioOptions(link_key=link_key_of(address)),
        rpc=EVERYTHING,
    )
    second = SecondGateway(home, options)
    await second.start()
    yield second
    await second.stop()


async def test_a_router_takes_the_time_that_was_set_at_the_coordinator(
    home: Home, router: SecondGateway
) -> None:
    now = int((await home.result("get_time"))["UTC_1970"])

    await home.result("set_time", UTC_1970=now + HOUR)
    await home.result("set_timezone", time_zone=-HOUR)
    await router.result("resync_time")

    assert (await router.result("get_time"))["offset"] == pytest.approx(HOUR, abs=2)
    assert router.gateway.time.zone().time_zone == -HOUR


async def test_a_router_that_is_to_go_by_the_system_does_not_ask_the_network(
    home: Home, router: SecondGateway
) -> None:
    now = int((await home.result("get_time"))["UTC_1970"])
    for name, value in (("type", "none"), ("period", 60)):
        await router.result("registry_configuration", name=f"Time_Synchronizer.{name}", value=value)

    await home.result("set_time", UTC_1970=now + HOUR)
    await home.clock.advance(minutes=3)

    assert "offset" not in await router.result("get_time")


async def test_a_source_that_fails_is_told_and_the_time_stays(home: Home) -> None:
    server = NtpServer()
    await server.start()
    server.instead = b"no time today"
    for name in ("server1", "server2"):
        await home.result("registry_configuration", name=f"NTP_client.{name}", value=server.address)
    await home.result("registry_configuration", name="Time_Synchronizer.type", value="ntp")
    now = int((await home.result("get_time"))["UTC_1970"])
    await home.result("set_time", UTC_1970=now + HOUR)

    answer = await home.rpc("resync_time")

    server.stop()
    assert answer["error"]["code"] == -32005
    assert answer["error"]["message"].count("cut off") == 2
    assert (await home.result("get_time"))["offset"] == pytest.approx(HOUR, abs=1)


def zone_told(home: Home) -> ZoneRules:
    return home.gateway.time.zone()


async def test_before_1_5_the_time_comes_from_ntp_and_there_is_no_zone(home: Home) -> None:
    server = NtpServer(home.clock.utc() + 300)
    await server.start()
    await home.result("registry_configuration", name="NTP_client.server1", value=server.address)
    await home.result("registry_configuration", name="Time_Synchronizer.type", value="ntp")

    await home.result("resync_time")

    server.stop()
    assert (await home.result("get_time"))["offset"] == pytest.approx(300, abs=20)
    assert zone_told(home) == ZoneRules()


async def test_as_of_1_5_the_time_is_the_systems_and_an_offset_and_there_is_no_zone(
    home: Home,
) -> None:
    utc = (await home.result("get_time"))["UTC_1970"]

    await home.result("set_time", UTC_1970=utc + HOUR)
    told = await home.result("get_time")

    assert abs(told["UTC_1970"] - home.clock.utc()) < 1  # the system's stays as it was
    assert told["offset"] == pytest.approx(HOUR, abs=1)
    assert home.gateway.time.now() == told["UTC_2000"] + told["offset"]
    assert zone_told(home) == ZoneRules()


async def test_as_of_1_6_5_the_zone_is_the_systems_where_that_is_switched_on(home: Home) -> None:
    await home.result("set_timezone", name="Europe/Berlin")
    await home.result(
        "registry_configuration", name="Time_Synchronizer.use_system_time_zone", value=True
    )

    before = zone_told(home)
    await home.result("clear_timezone")

    assert before.time_zone == HOUR  # what was set comes first
    assert zone_told(home) == ZoneRules(9 * HOUR)  # as the system in Tokyo has it
