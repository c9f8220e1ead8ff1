"""How reports are configured, shown by request."""

from typing import Any

import pytest

from tests.api.home import METER, Home, address

MAC = str(address(METER))


def asked(**more: Any) -> dict[str, Any]:
    return {
        "cluster_id": 0x0702,
        "server_or_client": 0,
        "reporting_direction": 0,
        "destination_endpoint_id": 9,
        "destination_address": MAC,
        "record_list": [{"attribute_id": 0}],
    } | more


async def test_what_the_gateway_asks_for_by_itself_is_shown(home: Home) -> None:
    kept = (await home.call("get_local_reporting_configurations"))["record_list"]

    shown = {record["record"]["attribute_id"]: record for record in kept}
    assert sorted(shown) == [0x0000, 0x0200, 0x0400]
    assert shown[0x0000] == {
        "device_address": MAC,
        "device_endpoint_id": 9,
        "endpoint_id": 0x5E,
        "cluster_id": 0x0702,
        "server_or_client": 1,
        "reporting_direction": 1,
        "pseudo_reporting": False,
        "record": {
            "attribute_id": 0,
            "direction": 0,
            "attribute_type": 0x25,
            "min_interval": 10,
            "max_interval": 300,
            "reportable_change": 1,
            "timeout": 0,
        },
    }


async def test_without_devices_there_is_none(alone: Home) -> None:
    assert await alone.call("get_local_reporting_configurations") == {"record_list": []}


async def test_the_copy_here_is_that_of_the_device(home: Home) -> None:
    here = await home.call("read_reporting_configuration", **asked())
    there = await home.call(
        "read_reporting_configuration", **asked(remote_configuration=True, source_endpoint_id=0x5E)
    )

    assert here["record_list"] == there["record_list"]
    assert here["destination_endpoint_id"] == there["destination_endpoint_id"] == 0x5E
    assert (here["remote_configuration"], there["remote_configuration"]) == (False, True)


@pytest.mark.parametrize("remote", [False, True])
async def test_what_is_not_there_has_a_status(home: Home, *, remote: bool) -> None:
    params = asked(record_list=[{"attribute_id": 0x0303}], remote_configuration=remote)

    sent = await home.call("read_reporting_configuration", **params)
    received = await home.call(
        "read_reporting_configuration", **params | {"reporting_direction": 1}
    )

    assert sent["record_list"] == [{"status": 0x8B, "attribute_id": 0x0303}]
    assert received["record_list"][0]["status"] in {0x86, 0x8B}


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"reporting_direction": 2}, "reporting_direction"),
        ({"record_list": []}, "record_list"),
        ({"remote_configuration": "x"}, "remote_configuration"),
        ({"source_endpoint_id": 0x33}, "source_endpoint_id"),
    ],
)
async def test_a_wrong_parameter_is_named(home: Home, wrong: dict[str, Any], path: str) -> None:
    error = await home.refused("read_reporting_configuration", **asked(**wrong))

    assert error.data == {"parameter": path}


async def test_an_unknown_device_is_told(home: Home) -> None:
    params = asked(destination_address="00:11:22:33:44:55:66:77")

    assert (await home.refused("read_reporting_configuration", **params)).code == -32001
