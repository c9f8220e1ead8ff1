"""Reading attributes and identifying, near and far."""

from typing import Any

import pytest

from sebridge.clusters.signals import Identifying
from tests.api.home import DISPLAY, METER, Home, address, devices

METERING, BASIC = 0x0702, 0x0000
METER_MAC = str(address(METER))


def remote(**more: Any) -> dict[str, Any]:
    return {
        "cluster_id": METERING,
        "server_or_client": 0,
        "destination_endpoint_id": 9,
        "source_endpoint_id": 0x5E,
        "destination_address": METER_MAC,
        "record_list": [{"attribute_id": 0x0300}, {"attribute_id": 0x0999}],
    } | more


async def test_remote_attributes_are_read(home: Home) -> None:
    answer = await home.call("read_attributes", **remote())

    records = answer.pop("record_list")
    assert answer == {
        "cluster_id": METERING,
        "server_or_client": 0,
        "profile_id": 0x0109,
        "source_endpoint_id": 9,
        "destination_endpoint_id": 0x5E,
        "source_address": METER_MAC,
    }
    assert records == [
        {"status": 0, "attribute_id": 0x0300, "attribute_type": 0x30, "value": 0},
        {"status": 0x86, "attribute_id": 0x0999},
    ]


async def test_local_attributes_are_read_without_the_air(alone: Home) -> None:
    answer = await alone.call(
        "read_attributes",
        cluster_id=BASIC,
        server_or_client=0,
        destination_endpoint_id=0x5E,
        record_list=[{"attribute_id": 4}, {"attribute_id": 0x4444}],
    )

    assert answer == {
        "cluster_id": BASIC,
        "server_or_client": 0,
        "profile_id": 0x0109,
        "source_endpoint_id": 0x5E,
        "record_list": [
            {"status": 0, "attribute_id": 4, "attribute_type": 0x42, "value": "sebridge"},
            {"status": 0x86, "attribute_id": 0x4444},
        ],
    }


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"server_or_client": 2}, "server_or_client"),
        ({"source_endpoint_id": 0x33}, "source_endpoint_id"),
        ({"record_list": [{"attribute_id": 70_000}]}, "record_list[0].attribute_id"),
        ({"record_list": [{"attribute_id": -1}]}, "record_list[0].attribute_id"),
        ({"record_list": [{"attribute": 1}]}, "record_list[0].attribute"),
        ({"record_list": "0"}, "record_list"),
        ({"destination_address": "00:11"}, "destination_address"),
        ({"cluster_id": 0x10000}, "cluster_id"),
    ],
)
async def test_a_wrong_parameter_is_named(home: Home, wrong: dict[str, Any], path: str) -> None:
    error = await home.refused("read_attributes", **remote(**wrong))

    assert (error.code, error.data) == (-32602, {"parameter": path})


async def test_a_remote_request_needs_a_source_endpoint(home: Home) -> None:
    params = remote()
    del params["source_endpoint_id"]

    error = await home.refused("read_attributes", **params)

    assert error.message == "source_endpoint_id: is needed for a remote request"


async def test_the_opposite_cluster_is_needed_to_ask(home: Home) -> None:
    error = await home.refused("read_attributes", **remote(cluster_id=0x0700))

    assert error.code == -32600
    assert "no client of cluster 0x0700" in error.message


async def test_an_unknown_device_is_told(home: Home) -> None:
    error = await home.refused(
        "read_attributes", **remote(destination_address="00:11:22:33:44:55:66:77")
    )

    assert error.code == -32001


async def test_a_local_endpoint_or_cluster_that_does_not_exist_is_told(alone: Home) -> None:
    params = {"server_or_client": 0, "record_list": [{"attribute_id": 0}]}

    no_endpoint = await alone.refused(
        "read_attributes", cluster_id=BASIC, destination_endpoint_id=7, **params
    )
    no_cluster = await alone.refused(
        "read_attributes", cluster_id=METERING, destination_endpoint_id=0x5E, **params
    )

    assert no_endpoint.data == {"parameter": "destination_endpoint_id"}
    assert no_cluster.data == {"parameter": "cluster_id"}


async def test_the_gateway_identifies_itself(alone: Home) -> None:
    heard: list[Identifying] = []
    alone.bus.listen(Identifying, heard.append)

    answer = await alone.call("identify", destination_endpoint_id=0x5E, identify_time=5)

    assert answer == {
        "cluster_id": 3,
        "profile_id": 0x0109,
        "source_endpoint_id": 0x5E,
        "identify_time": 5,
    }
    assert heard == [Identifying(0x5E, 5)]


async def test_a_device_identifies_itself(home: Home) -> None:
    display = str(address(DISPLAY))

    answer = await home.call(
        "identify",
        destination_endpoint_id=9,
        identify_time="0x10",
        source_endpoint_id=0x5E,
        destination_address=display,
    )

    assert answer == {
        "cluster_id": 3,
        "profile_id": 0x0109,
        "source_endpoint_id": 9,
        "destination_endpoint_id": 0x5E,
        "source_address": display,
        "identify_time": 16,
    }
    read = await home.call(
        "read_attributes",
        **remote(cluster_id=3, destination_address=display, record_list=[{"attribute_id": 0}]),
    )
    assert 0 < read["record_list"][0]["value"] <= 16


async def test_everybody_identifies(home: Home) -> None:
    answer = await home.call(
        "identify",
        destination_endpoint_id=0xFF,
        identify_time=30,
        source_endpoint_id=0x5E,
        destination_address="00:00:00:00:00:00:FF:FF",
    )

    await home.clock.advance(2)

    assert answer["source_address"] == "00:00:00:00:00:00:ff:ff"
    for kind in (METER, DISPLAY):
        read = await home.call(
            "read_attributes",
            **remote(
                cluster_id=3,
                destination_address=str(address(kind)),
                record_list=[{"attribute_id": 0}],
            ),
        )
        assert read["record_list"][0]["value"] > 0


async def test_a_device_that_is_silent_is_not_waited_for_for_ever(home: Home) -> None:
    await home.house.household.devices[devices(METER)[0].name].stop()

    error = await home.refused("read_attributes", **remote())

    assert error.code in {-32002, -32003}
