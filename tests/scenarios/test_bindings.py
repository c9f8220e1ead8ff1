"""Bindings are made and undone in the table of the device."""

from typing import Any

from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.radio.zdo_server import Binding
from tests.scenarios.conftest import Collections, Home, MakeHome

DISPLAY = "00:0d:6f:00:0a:00:00:03"


def table(home: Home) -> set[Binding]:
    device = next(d for d in home.household.devices.values() if str(d.eui64) == DISPLAY)
    assert isinstance(device.station, SimulatedRadio)
    return set(device.station.bindings)


def binding(**more: Any) -> dict[str, Any]:
    return {
        "destination_address": DISPLAY,
        "destination_endpoint_id": 9,
        "source_endpoint_id": "0x5E",
        "cluster_id": "0x0003",
    } | more


async def test_a_device_binds_to_the_gateway_and_unbinds(home: Home) -> None:
    own = home.gateway.radio.network.address
    before = table(home)

    bound = await home.result("bind", **binding())
    there = table(home)
    unbound = await home.result("unbind", **binding())

    expected = binding(source_endpoint_id=0x5E, cluster_id=3, status=0)
    assert bound == unbound == expected
    assert there - before == {Binding(9, 3, own, 0x5E)}
    assert table(home) == before


async def test_the_status_of_the_device_is_passed_on(home: Home) -> None:
    nothing_there = await home.result("unbind", **binding(source_endpoint_id=0x33))
    no_endpoint = await home.result("bind", **binding(destination_endpoint_id=77))

    assert nothing_there["status"] == 0x88
    assert no_endpoint["status"] != 0


async def test_what_cannot_be_bound_is_told(home: Home) -> None:
    stranger = await home.rpc("bind", **binding(destination_address="00:11:22:33:44:55:66:77"))
    no_endpoint = await home.rpc("bind", **binding(source_endpoint_id=0x33))

    assert stranger["error"]["code"] == -32001
    assert no_endpoint["error"]["data"] == {"parameter": "source_endpoint_id"}


async def test_what_is_bound_is_kept_shown_and_on_the_map(make_home: MakeHome) -> None:
    kept: Collections = {}
    home: Home = await make_home(kept)
    own = str(home.gateway.radio.network.address)
    await home.result("bind", **binding())

    asked = await home.result("get_bindings", source_address=DISPLAY, refresh=True)
    table_of_device = table(home)
    told = await home.result("get_network_map")
    drawn = await home.result("get_network_map", form="graphviz")
    nobody = await home.rpc("get_bindings", refresh=True)
    await home.stop()
    restarted: Home = await make_home(kept)
    shown = await restarted.result("get_bindings", source_address=DISPLAY)

    expected = {
        "from_address": DISPLAY,
        "endpoint_id": 9,
        "cluster_id": 3,
        "to_address": own,
        "to_endpoint_id": 0x5E,
        "group_id": None,
    }
    assert len(asked["binding_list"]) == len(table_of_device)
    assert all(one in told["bindings"] for one in asked["binding_list"])
    assert {0x0003, 0x0702} <= {one["cluster_id"] for one in told["bindings"]}
    assert f'"{DISPLAY}" -> "{own}" [label="0x0003", style=dotted' in drawn["graphviz"]
    assert nobody["error"]["data"] == {"parameter": "source_address"}
    assert expected in shown["binding_list"]
