"""The time of the system and of the network, and the zone."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.base.clock import ZIGBEE_EPOCH, VirtualClock, zigbee_time
from sebridge.features.time.local_time import INVALID_TIME
from sebridge.zcl.identifiers import SE_ENDPOINT
from tests.api.home import Collections, Home

_2030 = 1_893_456_000
NOWHERE = {
    "time_zone": 0,
    "dst_start": INVALID_TIME,
    "dst_end": INVALID_TIME,
    "dst_shift": 0,
}


def served(home: Home) -> dict[str, int]:
    """Return what the gateway's Time server tells."""
    server = home.gateway.endpoints[SE_ENDPOINT].cluster(0x000A, server=True)
    assert server is not None
    numbers = {"time": 0, "time_zone": 2, "dst_start": 3, "dst_end": 4, "dst_shift": 5, "local": 7}
    return {name: int(server.attributes.read(n).value) for name, n in numbers.items()}


async def test_the_time_is_told_from_both_epochs(alone: Home) -> None:
    answer = await alone.call("get_time")

    now = int(alone.clock.utc())
    assert answer == {"UTC_1970": now, "UTC_2000": now - ZIGBEE_EPOCH}


@pytest.mark.parametrize(
    "epochs",
    [
        {"UTC_1970": _2030},
        {"UTC_2000": _2030 - ZIGBEE_EPOCH},
        {"UTC_1970": _2030, "UTC_2000": _2030 - ZIGBEE_EPOCH},
        {"UTC_1970": hex(_2030)},
    ],
)
async def test_a_time_that_is_set_is_that_of_the_network_and_not_of_the_system(
    alone: Home, epochs: dict[str, Any]
) -> None:
    before = int(alone.clock.utc())

    answer = await alone.call("set_time", **epochs)

    assert answer == {"UTC_1970": _2030, "UTC_2000": _2030 - ZIGBEE_EPOCH}
    assert served(alone)["time"] == zigbee_time(_2030)
    told = await alone.call("get_time")
    assert (told["UTC_1970"], told["offset"]) == (before, _2030 - before)


@pytest.mark.parametrize(
    ("epochs", "parameter"),
    [
        ({}, "UTC_1970"),
        ({"UTC_1970": _2030, "UTC_2000": _2030}, "UTC_2000"),
        ({"UTC_1970": ZIGBEE_EPOCH - 1}, "UTC_1970"),
        ({"UTC_2000": -1}, "UTC_2000"),
        ({"UTC_2000": INVALID_TIME}, "UTC_2000"),
        ({"UTC_1970": 1 << 80}, "UTC_1970"),
        ({"UTC_1970": "tomorrow"}, "UTC_1970"),
        ({"UTC_1970": None}, "UTC_1970"),
        ({"UTC_1970": 1.5}, "UTC_1970"),
    ],
)
async def test_a_time_that_cannot_be_is_refused_and_changes_nothing(
    alone: Home, epochs: dict[str, Any], parameter: str
) -> None:
    error = await alone.refused("set_time", **epochs)

    assert (error.code, error.data) == (-32602, {"parameter": parameter})
    assert "offset" not in await alone.call("get_time")


async def test_without_another_source_a_synchronisation_goes_back_to_the_system(
    alone: Home,
) -> None:
    await alone.call("set_time", UTC_1970=_2030)

    assert await alone.call("resync_time") == {}

    assert "offset" not in await alone.call("get_time")


async def test_a_source_that_is_not_there_is_told(alone: Home) -> None:
    await alone.call("registry_configuration", name="Time_Synchronizer.type", value="zcl")

    error = await alone.refused("resync_time")

    assert error.code == -32005
    assert "Time client" in error.message


async def test_a_zone_by_name_is_told_with_its_daylight_saving(alone: Home) -> None:
    answer = await alone.call("set_timezone", name="Europe/Berlin")

    now = zigbee_time(alone.clock.utc())  # 2011-03-13: winter
    summer = (zigbee_time(1_301_187_600), zigbee_time(1_319_936_400))
    assert answer == {
        "name": "Europe/Berlin",
        "time_zone": 3600,
        "dst_start": summer[0],
        "dst_end": summer[1],
        "dst_shift": 3600,
        "local_time": now + 3600,
    }
    assert served(alone)["dst_start"] == summer[0]
    assert served(alone)["local"] == now + 3600


async def test_the_dates_of_daylight_saving_follow_the_year(alone: Home) -> None:
    await alone.call("set_timezone", name="Europe/Berlin")
    before = served(alone)["dst_start"]

    alone.clock.jump(300 * 86_400)

    assert served(alone)["dst_start"] == zigbee_time(1_332_637_200)  # 2012-03-25 01:00 UTC
    assert before < served(alone)["dst_start"]


async def test_a_zone_by_its_rules_is_told_as_it_is(alone: Home) -> None:
    now = zigbee_time(alone.clock.utc())
    rules = {"time_zone": -7200, "dst_start": now - 1, "dst_end": now + 1, "dst_shift": 1800}

    answer = await alone.call("set_timezone", **rules)

    assert answer == rules | {"local_time": now - 5400}


async def test_a_zone_may_have_no_daylight_saving(alone: Home) -> None:
    answer = await alone.call("set_timezone", time_zone=3600)

    assert {name: answer[name] for name in NOWHERE} == NOWHERE | {"time_zone": 3600}


@pytest.mark.parametrize(
    ("zone", "parameter"),
    [
        ({}, "name"),
        ({"name": "Mars/Olympus"}, "name"),
        ({"name": "../../etc/passwd"}, "name"),
        ({"name": ""}, "name"),
        ({"name": 5}, "name"),
        ({"name": "Europe/Berlin", "time_zone": 0}, "name"),
        ({"time_zone": 86_401}, "time_zone"),
        ({"time_zone": 0, "dst_start": 1}, "dst_end"),
        ({"time_zone": 0, "dst_shift": 1}, "dst_start"),
        ({"time_zone": 0, "dst_start": 2, "dst_end": 1, "dst_shift": 3600}, "dst_end"),
        ({"time_zone": 0, "dst_start": 1, "dst_end": 2, "dst_shift": -90_000}, "dst_shift"),
        ({"dst_start": 1, "dst_end": 2, "dst_shift": 1}, "name"),
        ({"time_zone": 1 << 40}, "time_zone"),
    ],
)
async def test_a_zone_that_cannot_be_is_refused_and_changes_nothing(
    alone: Home, zone: dict[str, Any], parameter: str
) -> None:
    error = await alone.refused("set_timezone", **zone)

    assert (error.code, error.data) == (-32602, {"parameter": parameter})
    assert served(alone)["time_zone"] == 0


async def test_a_cleared_zone_is_none_or_that_of_the_system_where_it_is_wanted(
    alone: Home,
) -> None:
    await alone.call("set_timezone", name="Europe/Berlin")

    cleared = await alone.call("clear_timezone")
    await alone.call(
        "registry_configuration", name="Time_Synchronizer.use_system_time_zone", value=True
    )
    of_the_system = await alone.call("clear_timezone")

    assert {name: cleared[name] for name in NOWHERE} == NOWHERE
    assert "name" not in cleared
    assert of_the_system["time_zone"] == 9 * 3600


@pytest.fixture
async def restarted(clock: VirtualClock) -> AsyncIterator[Home]:
    """Return a gateway that was started again after its time and zone were set."""
    collections = Collections()
    before = Home(clock, (), collections)
    await before.start()
    await before.call("set_time", UTC_1970=_2030)
    await before.call("set_timezone", name="Europe/Berlin")
    await before.stop()
    home = Home(clock, (), collections)
    await home.start()
    yield home
    await home.stop()


async def test_time_and_zone_survive_a_restart(restarted: Home) -> None:
    told = served(restarted)

    assert abs(told["time"] - zigbee_time(_2030)) < 60
    assert told["time_zone"] == 3600


async def test_the_zone_may_be_written_to_our_time_server_and_is_kept(clock: VirtualClock) -> None:
    before = Home(clock, ())
    await before.start()
    records = [
        {"attribute_id": 2, "attribute_type": 0x2B, "value": "0xE10"},
        {"attribute_id": 3, "attribute_type": 0x23, "value": 828_493_200},
        {"attribute_id": 4, "attribute_type": 0x23, "value": 846_637_200},
        {"attribute_id": 5, "attribute_type": 0x2B, "value": 1800},
        {"attribute_id": 0, "attribute_type": 0xE2, "value": 5},
    ]

    answer = await before.call(
        "write_attributes",
        cluster_id=0x000A,
        server_or_client=0,
        destination_endpoint_id=0x5E,
        record_list=records,
    )
    await before.stop()

    after = Home(clock, (), before.collections)
    await after.start()
    read = await after.call(
        "read_attributes",
        cluster_id=0x000A,
        server_or_client=0,
        destination_endpoint_id=0x5E,
        record_list=[{"attribute_id": number} for number in (2, 3, 4, 5)],
    )
    cleared = await after.call("clear_timezone")
    await after.stop()
    assert [record["status"] for record in answer["record_list"]] == [0, 0, 0, 0, 0x88]
    assert [record["value"] for record in read["record_list"]] == [
        3600,
        828_493_200,
        846_637_200,
        1800,
    ]
    assert (cleared["time_zone"], cleared["dst_start"]) == (0, 0xFFFFFFFF)
