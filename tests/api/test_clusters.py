"""What the standards call a cluster and its attributes is told to who asks."""

from typing import Any

from sebridge.base.clock import VirtualClock
from tests.api.home import Home


async def described(clock: VirtualClock, **which: Any) -> dict[str, Any]:
    return await Home(clock, ()).call("describe_cluster", **which)


async def test_attributes_have_their_names_and_types(clock: VirtualClock) -> None:
    told = await described(clock, cluster_id=0x0702)

    assert (told["name"], told["server_or_client"]) == ("smartenergy_metering", 0)
    assert told["attribute_list"][0] == {
        "attribute_id": 0,
        "name": "current_summ_delivered",
        "data_type": "uint48",
        "writable": False,
    }


async def test_the_client_side_has_its_own(clock: VirtualClock) -> None:
    told = await described(clock, cluster_id=0x0701, server_or_client=1)

    names = [one["name"] for one in told["attribute_list"] if one["writable"]]
    assert names[:2] == ["utility_enrollment_group", "start_randomization_minutes"]


async def test_of_a_cluster_that_nobody_knows_nothing_is_told(clock: VirtualClock) -> None:
    told = await described(clock, cluster_id=0xFC42)

    assert told == {"cluster_id": 0xFC42, "server_or_client": 0, "attribute_list": []}


async def test_there_is_no_third_side(clock: VirtualClock) -> None:
    refused = await Home(clock, ()).refused("describe_cluster", cluster_id=6, server_or_client=2)

    assert "server_or_client" in refused.message
