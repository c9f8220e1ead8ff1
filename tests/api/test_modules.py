"""Requests about modules, interfaces, endpoints and clusters, as callers see them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sebridge.app.catalogue import own_device_record
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ModuleError, ParameterError, RefusedError
from sebridge.model.plain import to_plain
from sebridge.rpc.message import Caller, Request, Scope
from sebridge.settings.options import ModulesOptions
from sebridge.settings.rpc_options import InterfaceOptions, PolicyOptions, RpcOptions
from tests.api.home import Home
from tests.modules.user_code import COUNTER, LAMP, write


@pytest.fixture
async def gateway(clock: VirtualClock, tmp_path: Path) -> AsyncIterator[Home]:
    """Return a gateway with a directory of modules."""
    write(tmp_path, "counter", f"{COUNTER}\n    __version__ = '1.2'\n")
    write(tmp_path, "lamp", LAMP)
    home = Home(clock, (), modules=ModulesOptions(directory=tmp_path))
    await home.start()
    yield home
    await home.stop()


async def listed(home: Home, section: str) -> list[str]:
    answer = await home.call("help", **{section: None})
    return [item["name"] for item in answer[section]]


# ------------------------------------------------------------------ modules and interfaces


async def test_a_module_and_its_interface_come_and_go(gateway: Home) -> None:
    added = await gateway.call("add_module", module_name="counter")
    begun = await gateway.call("add_interface", interface_class="Counter")
    counted = await gateway.call("count", step=5)
    ended = await gateway.call("remove_interface", interface_class="Counter")
    removed = await gateway.call("remove_module", module_name="counter")

    assert added == removed == {"module_name": "counter"}
    assert begun == ended == {"interface_class": "Counter"}
    assert counted == {"number": 5}
    assert (await gateway.refused("count")).code == -32601


async def test_help_and_versions_tell_of_a_module_while_it_is_there(
    gateway: Home, tmp_path: Path
) -> None:
    unknown = await gateway.refused("get_version", module_name="counter")

    await gateway.call("add_module", module_name="counter")
    await gateway.call("add_module", module_name="lamp")
    await gateway.call("add_interface", interface_class="Counter")

    assert unknown.reason is ParameterError.reason
    assert await gateway.call("get_version", module_name="counter") == {
        "module_name": "counter",
        "version": "1.2",
        "version_extended": None,
    }
    assert (await listed(gateway, "interfaces"))[-1] == "Counter"
    assert (await listed(gateway, "endpoints"))[-1] == "LampEndpoint"
    assert (await listed(gateway, "clusters"))[-1] == "LampServer"
    assert (await listed(gateway, "methods"))[-1] == "count"
    assert (await gateway.call("help", paths=None))["paths"] == [str(tmp_path)]
    await gateway.call("remove_module", module_name="counter")
    assert "Counter" not in await listed(gateway, "interfaces")


async def test_a_broken_module_is_told_with_its_line(gateway: Home, tmp_path: Path) -> None:
    write(tmp_path, "broken", "import sys\n\n1 / 0\n")

    refused = await gateway.refused("add_module", module_name="broken")

    assert refused.reason is ModuleError.reason
    assert refused.message == "broken.py, line 3: ZeroDivisionError: division by zero"
    assert refused.data == {"file": "broken.py", "line": 3}


@pytest.mark.parametrize("name", ["os", "../lamp", "lamp.py", "", "x" * 10_000])
async def test_a_name_that_no_module_may_have_is_refused(gateway: Home, name: str) -> None:
    refused = await gateway.refused("add_module", module_name=name)

    assert refused.reason is RefusedError.reason
    assert len(refused.message) < 120


@pytest.mark.parametrize(
    "method", ["add_module", "remove_module", "add_interface", "remove_interface"]
)
async def test_code_is_for_the_admin(clock: VirtualClock, method: str) -> None:
    policy = PolicyOptions(mqtt=InterfaceOptions(scope="command"))
    home = Home(clock, (), rpc=RpcOptions(policy=policy))
    parameter = "module_name" if method.endswith("module") else "interface_class"

    answer = await home.gateway.dispatcher.answer(
        Request(method, {parameter: "mine"}), Caller("mqtt", Scope.ADMIN)
    )

    assert answer.error is not None
    assert "needs the scope admin" in answer.error.message


# ------------------------------------------------------------------ endpoints


async def test_an_endpoint_tells_what_it_became(gateway: Home) -> None:
    await gateway.call("add_module", module_name="lamp")

    by_class = await gateway.call("add_endpoint", endpoint_class="LampEndpoint")
    by_request = await gateway.call(
        "add_endpoint",
        endpoint_class="LampEndpoint",
        endpoint_id="0x0A",
        profile_id=0x0109,
        device_id=1,
        device_version=15,
    )

    assert by_class == {
        "endpoint_class": "LampEndpoint",
        "endpoint_id": 2,
        "profile_id": 0x0104,
        "device_id": 0x0100,
        "device_version": 2,
    }
    assert by_request == {
        "endpoint_class": "LampEndpoint",
        "endpoint_id": 10,
        "profile_id": 0x0109,
        "device_id": 1,
        "device_version": 15,
    }
    ours = list(gateway.gateway.endpoints.values())
    record = to_plain(own_device_record(gateway.gateway.radio.network, ours))
    assert sorted(record["active_endpoints"]) == [1, 2, 10, 0x5E]
    assert record["simple_descriptors"]["endpoint_0x0A"]["device_version"] == 15
    assert await gateway.call("remove_endpoint", endpoint_id=10) == {"endpoint_id": 10}


async def test_what_an_endpoint_has_not_is_left_out_quirk_g8(gateway: Home) -> None:
    added = await gateway.call("add_endpoint", endpoint_class="Endpoint", profile_id=0x0104)

    assert set(added) == {"endpoint_class", "endpoint_id", "profile_id"}


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"endpoint_class": "Endpoint"}, "profile_id"),
        ({"endpoint_class": "Nobody", "profile_id": 1}, "endpoint_class"),
        ({"endpoint_class": "Endpoint", "profile_id": 1, "endpoint_id": 0x5E}, "endpoint_id"),
        ({"endpoint_class": "Endpoint", "profile_id": 1, "endpoint_id": 0}, "endpoint_id"),
        ({"endpoint_class": "Endpoint", "profile_id": 1, "endpoint_id": 256}, "endpoint_id"),
        ({"endpoint_class": "Endpoint", "profile_id": 65536}, "profile_id"),
        ({"endpoint_class": "Endpoint", "profile_id": 1, "device_version": 16}, "device_version"),
    ],
)
async def test_an_endpoint_that_cannot_be_is_refused(
    gateway: Home, params: dict[str, Any], wrong: str
) -> None:
    refused = await gateway.refused("add_endpoint", **params)

    assert refused.data == {"parameter": wrong}
    assert sorted(gateway.gateway.router.endpoints) == [1, 0x5E]


# ------------------------------------------------------------------ clusters


async def test_a_cluster_tells_its_class_and_its_identifier_quirk_g2(gateway: Home) -> None:
    added = await gateway.call(
        "add_cluster",
        endpoint_id=0x5E,
        cluster_class="ZCL_Cluster",
        cluster_id=0x0402,
        server_or_client=1,
        enable_APS_encryption=True,
    )

    assert added == {
        "endpoint_id": 0x5E,
        "cluster_class": "ZCL_Cluster",
        "cluster_id": 0x0402,
        "server_or_client": 1,
        "enable_APS_encryption": True,
    }


async def test_a_class_with_defaults_needs_no_more(gateway: Home) -> None:
    added = await gateway.call("add_cluster", endpoint_id=1, cluster_class="TimeClient")

    assert (added["cluster_id"], added["server_or_client"]) == (0x000A, 1)
    assert added["enable_APS_encryption"] is False


@pytest.mark.parametrize(
    ("params", "more"),
    [
        ({"cluster_class": "ZCL_Cluster"}, {"cluster_class": "ZCL_Cluster"}),
        ({"cluster_id": 0x0402, "server_or_client": 1}, {}),
    ],
    ids=["by class", "by side"],
)
async def test_a_removed_cluster_tells_its_class_where_it_was_named(
    gateway: Home, params: dict[str, Any], more: dict[str, Any]
) -> None:
    await gateway.call(
        "add_cluster",
        endpoint_id=0x5E,
        cluster_class="ZCL_Cluster",
        cluster_id=0x0402,
        server_or_client=1,
    )

    removed = await gateway.call("remove_cluster", endpoint_id=0x5E, **params)

    assert removed == {"endpoint_id": 0x5E, "cluster_id": 0x0402, "server_or_client": 1} | more


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"cluster_class": "ZCL_Cluster", "server_or_client": 1}, "cluster_id"),
        ({"cluster_class": "ZCL_Cluster", "cluster_id": 1}, "server_or_client"),
        (
            {"cluster_class": "ZCL_Cluster", "cluster_id": 1, "server_or_client": 2},
            "server_or_client",
        ),
        (
            {"cluster_class": "ZCL_Cluster", "cluster_id": 65536, "server_or_client": 1},
            "cluster_id",
        ),
        ({"cluster_class": "BasicServer"}, "cluster_id"),
        ({"cluster_class": ""}, "cluster_class"),
    ],
)
async def test_a_cluster_that_cannot_be_is_refused(
    gateway: Home, params: dict[str, Any], wrong: str
) -> None:
    refused = await gateway.refused("add_cluster", endpoint_id=0x5E, **params)

    assert refused.data == {"parameter": wrong}


async def test_the_lower_case_spelling_of_encryption_is_unknown_quirk_c5(gateway: Home) -> None:
    refused = await gateway.refused(
        "add_cluster", endpoint_id=1, cluster_class="TimeClient", enable_aps_encryption=True
    )

    assert refused.data == {"parameter": "enable_aps_encryption"}


async def test_what_belongs_to_the_gateway_stays(gateway: Home) -> None:
    endpoint = await gateway.refused("remove_endpoint", endpoint_id=0x5E)
    cluster = await gateway.refused(
        "remove_cluster", endpoint_id=0x5E, cluster_id=0x0700, server_or_client=0
    )
    further = await gateway.refused(
        "add_cluster", endpoint_id=1, cluster_class="KeyEstablishmentServer"
    )

    assert {error.reason for error in (endpoint, cluster, further)} == {RefusedError.reason}
