"""The map of the network, as its routers tell it."""

import re

from tests.scenarios.conftest import Home

SWITCH = "00:0d:6f:00:0a:00:00:05"


async def test_the_map_has_all_devices_and_how_well_each_is_heard(home: Home) -> None:
    own = str(home.gateway.radio.network.address)

    told = await home.result("get_network_map")

    kinds = {node["address"]: node["kind"] for node in told["nodes"]}
    assert len(kinds) == 6
    assert kinds[own] == "coordinator"
    assert kinds[SWITCH] == "router"
    names = {node["address"]: node["name"] for node in told["nodes"]}
    assert (names[own], names[SWITCH]) == ("home", "Water heater switch")
    links = {(link["from_address"], link["to_address"]): link for link in told["links"]}
    up, down = links[SWITCH, own], links[own, SWITCH]
    assert (up["relationship"], down["relationship"]) == ("parent", "sibling")
    assert (up["routes"], down["routes"]) == (["0000"], [])
    assert 0 < down["lqi"] <= 255
    assert told["unheard"] == []


async def test_who_is_silent_is_named(home: Home) -> None:
    await home.household.devices["Water heater switch"].stop()

    told = await home.result("get_network_map")

    (silent,) = told["unheard"]
    assert (silent["address"], silent["name"]) == (SWITCH, "Water heater switch")
    assert "no acknowledgement" in silent["reason"]


async def test_the_map_is_told_to_graphviz(home: Home) -> None:
    told = await home.result("get_network_map", form="graphviz")

    text = told["graphviz"]
    assert set(told) == {"graphviz", "unheard"}
    assert text.startswith("digraph sebridge {")
    assert f'"{SWITCH}" [label="Water heater switch\\nrouter, ' in text
    way = f'"{SWITCH}" -> "{home.gateway.radio.network.address}"'
    assert re.search(rf'^  {way} \[label="\d+", style=bold\];$', text, re.MULTILINE)


async def test_a_form_that_is_none_is_told(home: Home) -> None:
    refused = await home.rpc("get_network_map", form="svg")

    assert refused["error"]["data"] == {"parameter": "form"}
