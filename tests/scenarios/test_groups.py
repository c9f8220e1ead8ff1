"""Endpoints are put into groups, and spoken to by one frame: those of devices, and our own."""

from typing import Any

import pytest

from sebridge.base.addresses import Eui64, group_address
from sebridge.features.identify.signals import Identifying
from sebridge.network.peer import Peer
from sebridge.simulator.device import SimulatedDevice
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import HA_ENDPOINT, HA_PROFILE, IDENTIFY
from tests.scenarios.conftest import Collections, Home, MakeHome

PLUG = "00:0d:6f:00:0a:00:00:02"
GROUP = "00:00:00:00:00:01:00:07"


def plug(home: Home) -> SimulatedDevice:
    return next(d for d in home.household.devices.values() if str(d.eui64) == PLUG)


async def of_plug(home: Home, method: str, **more: Any) -> dict[str, Any]:
    return await home.result(method, destination_address=PLUG, destination_endpoint_id=1, **more)


async def seconds_left(home: Home) -> int:
    answer = await home.result(
        "read_attributes",
        cluster_id=IDENTIFY,
        server_or_client=0,
        destination_endpoint_id=1,
        source_endpoint_id=0x5E,
        destination_address=PLUG,
        record_list=[{"attribute_id": 0}],
    )
    return int(answer["record_list"][0]["value"])


async def identify_group(home: Home) -> None:
    await home.result(
        "identify",
        destination_address=GROUP,
        destination_endpoint_id=0xFF,
        source_endpoint_id=0x5E,
        identify_time=60,
    )
    await home.clock.advance(seconds=1)


async def test_an_endpoint_is_put_into_groups_viewed_and_taken_out(home: Home) -> None:
    head = {"cluster_id": 4, "source_address": PLUG, "source_endpoint_id": 1}

    added = await of_plug(home, "add_to_group", group_id=7, group_name="Sockets")
    await of_plug(home, "add_to_group", group_id=8)
    viewed = await of_plug(home, "view_group", group_id=7)
    members = await of_plug(home, "get_group_membership")
    some = await of_plug(home, "get_group_membership", group_list=[8, 9])
    removed = await of_plug(home, "remove_from_group", group_id=7)
    again = await of_plug(home, "remove_from_group", group_id=7)
    all_removed = await of_plug(home, "remove_from_group")
    nothing = await of_plug(home, "get_group_membership")

    assert added == head | {"status": 0, "group_id": 7}
    assert viewed == head | {"status": 0, "group_id": 7, "group_name": "Sockets"}
    assert members == head | {"capacity": 14, "group_list": [7, 8]}
    assert some["group_list"] == [8]
    assert (removed["status"], again["status"]) == (0, 0x8B)
    assert all_removed == head | {"status": 0}
    assert nothing["group_list"] == []


async def test_one_frame_reaches_who_is_in_the_group_and_nobody_else(home: Home) -> None:
    await identify_group(home)
    before = await seconds_left(home)
    await of_plug(home, "add_to_group", group_id=7)

    await identify_group(home)

    assert (before, await seconds_left(home) > 50) == (0, True)


async def test_what_a_device_sends_to_a_group_reaches_our_endpoint_that_is_in_it(
    make_home: MakeHome,
) -> None:
    kept: Collections = {}
    first: Home = await make_home(kept)
    added = await first.result("add_to_group", destination_endpoint_id=1, group_id=7)
    await first.stop()
    home: Home = await make_home(kept)
    heard: list[Identifying] = []
    home.bus.listen(Identifying, heard.append)
    await home.result("add_to_group", destination_endpoint_id=1, group_id=9)
    await home.result("add_to_group", destination_endpoint_id=1, group_id=10)
    await home.result("remove_from_group", destination_endpoint_id=1, group_id=10)
    frame = Frame(0x00, 0, b"\x3c\x00", cluster_specific=True, no_default_response=True)

    for group in (7, 8, 9, 10):
        group_of_peers = Peer(group_address(group), 0xFF, HA_PROFILE)
        await plug(home).router.exchange.tell(group_of_peers, HA_PROFILE, IDENTIFY, 1, frame)
        await home.clock.advance(seconds=1)

    assert added == {"cluster_id": 4, "source_endpoint_id": 1, "status": 0, "group_id": 7}
    assert heard == [Identifying(HA_ENDPOINT, 60)] * 2
    assert home.gateway.gate.statistics.for_nobody == 0  # the radio leaves out what is not for us


async def test_our_own_endpoint_tells_of_its_groups(home: Home) -> None:
    own = {"destination_endpoint_id": 1}
    await home.result("add_to_group", **own, group_id=7, group_name="Sockets")

    viewed = await home.result("view_group", **own, group_id=7)
    await home.result("remove_from_group", **own)
    members = await home.result("get_group_membership", **own)
    nowhere = await home.rpc("view_group", destination_endpoint_id=0x5E, group_id=7)

    assert viewed["group_name"] == "Sockets"
    assert members == {"cluster_id": 4, "source_endpoint_id": 1, "capacity": 16, "group_list": []}
    assert nowhere["error"]["data"] == {"parameter": "destination_endpoint_id"}


@pytest.mark.parametrize("place", [{"destination_address": PLUG}, {}], ids=["plug", "own"])
async def test_who_is_asked_to_join_only_while_it_shows_itself_does_just_that(
    home: Home, place: dict[str, Any]
) -> None:
    to = place | {"destination_endpoint_id": 1}
    wanted = to | {"group_id": 7, "only_if_identifying": True}

    before = await home.result("add_to_group", **wanted)
    members_before = await home.result("get_group_membership", **to)
    await home.result("identify", **to, source_endpoint_id=1, identify_time=10)
    answer = await home.result("add_to_group", **wanted)
    members = await home.result("get_group_membership", **to)
    await home.clock.advance(seconds=11)
    await home.result("add_to_group", **wanted | {"group_id": 8})

    assert (before["status"], members_before["group_list"]) == (0, [])
    assert (answer["status"], members["group_list"]) == (0, [7])
    assert (await home.result("get_group_membership", **to))["group_list"] == [7]


async def test_wrong_groups_are_named(home: Home) -> None:
    own = {"destination_endpoint_id": 1}
    wrong_number = await home.rpc("add_to_group", **own, group_id=0)
    long_name = await home.rpc("add_to_group", **own, group_id=1, group_name="x" * 17)
    many = await home.rpc(
        "read_attributes",
        cluster_id=IDENTIFY,
        server_or_client=0,
        destination_endpoint_id=1,
        source_endpoint_id=0x5E,
        destination_address=GROUP,
        record_list=[{"attribute_id": 0}],
    )

    assert wrong_number["error"]["data"] == {"parameter": "group_id"}
    assert long_name["error"]["data"] == {"parameter": "group_name"}
    assert many["error"]["data"] == {"parameter": "destination_address"}


def test_a_group_is_written_as_an_address() -> None:
    assert group_address(7) == Eui64.parse(GROUP)
