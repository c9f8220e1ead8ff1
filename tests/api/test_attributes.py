"""Attributes read, written and found, near and far."""

from typing import Any

import pytest

from sebridge.radio.ether import AirFrame
from sebridge.zcl.frame import Frame
from tests.api.home import METER, Home, address, devices

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

    assert error.code == -32009
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


async def test_a_device_that_is_silent_is_not_waited_for_for_ever(home: Home) -> None:
    await home.house.household.devices[devices(METER)[0].name].stop()

    error = await home.refused("read_attributes", **remote())

    assert error.code in {-32002, -32003}


# ------------------------------------------------------------------ writing and finding

LOCATION = {"cluster_id": BASIC, "server_or_client": 0, "destination_endpoint_id": 0x5E}


async def test_a_local_attribute_is_written_and_what_cannot_be_is_told(alone: Home) -> None:
    answer = await alone.call(
        "write_attributes",
        **LOCATION,
        record_list=[
            {"attribute_id": 0x0010, "value": "cellar"},
            {"attribute_id": 4, "attribute_type": 0x42, "value": "x"},
            {"attribute_id": 0x4444, "value": 1},
        ],
    )

    assert answer == {
        "cluster_id": BASIC,
        "server_or_client": 0,
        "profile_id": 0x0109,
        "source_endpoint_id": 0x5E,
        "record_list": [
            {"status": 0, "attribute_id": 0x0010, "attribute_type": 0xFF, "value": "cellar"},
            {"status": 0x88, "attribute_id": 4, "attribute_type": 0x42, "value": "x"},
            {"status": 0x86, "attribute_id": 0x4444, "attribute_type": 0xFF, "value": 1},
        ],
    }
    assert alone.collections.kept["basic_attributes"] == {0x0010: "cellar"}


async def test_the_own_address_means_the_own_attributes(alone: Home) -> None:
    own = str(alone.gateway.radio.network.address)

    answer = await alone.call(
        "read_attributes",
        **LOCATION,
        destination_address=own,
        source_endpoint_id=0x5E,
        record_list=[{"attribute_id": 4}],
    )

    assert answer["record_list"][0]["value"] == "sebridge"


@pytest.mark.parametrize("command", [3, 5])
async def test_undivided_an_unknown_type_holds_all_back(alone: Home, command: int) -> None:
    answer = await alone.call(
        "write_attributes",
        **LOCATION,
        command_identifier=command,
        record_list=[{"attribute_id": 0x0010, "value": "x"}, {"attribute_id": 0x4444, "value": 1}],
    )

    assert [record["status"] for record in answer["record_list"]] == [0x01, 0x86]
    assert not alone.collections.kept["basic_attributes"]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"command_identifier": 4}, "command_identifier"),
        ({"record_list": []}, "record_list"),
        ({"record_list": [{"attribute_id": 1}]}, "record_list[0].value"),
        ({"record_list": [{"attribute_id": 1, "value": 1}] * 2}, "record_list[1].attribute_id"),
        (
            {"record_list": [{"attribute_id": 1, "attribute_type": 256, "value": 1}]},
            "record_list[0].attribute_type",
        ),
        (
            {"record_list": [{"attribute_id": 1, "attribute_type": 0x20, "value": "x"}]},
            "record_list[0].value",
        ),
    ],
)
async def test_a_wrong_write_is_named(alone: Home, wrong: dict[str, Any], path: str) -> None:
    params = LOCATION | {"record_list": [{"attribute_id": 0x0010, "value": "x"}]} | wrong

    error = await alone.refused("write_attributes", **params)

    assert (error.code, error.data) == (-32602, {"parameter": path})


async def test_local_attributes_are_found(alone: Home) -> None:
    answer = await alone.call("discover_attributes", **LOCATION)

    assert {"attribute_id": 4, "attribute_type": 0x42} in answer["record_list"]


async def test_remote_attributes_are_found_those_of_a_manufacturer_refused(home: Home) -> None:
    params = remote()
    del params["record_list"]

    answer = await home.call("discover_attributes", **params)
    error = await home.refused("discover_attributes", **params, manufacturer_code=0x101E)

    assert {"attribute_id": 0x0300, "attribute_type": 0x30} in answer["record_list"]
    assert answer["source_address"] == METER_MAC
    assert error.code == -32002
    assert error.data == {"status": 0x81}


async def test_a_manufacturer_code_is_told_again(alone: Home) -> None:
    answer = await alone.call("discover_attributes", **LOCATION, manufacturer_code=0x101E)

    assert answer["manufacturer_code"] == 0x101E
    assert answer["record_list"] == []


async def test_many_may_be_written_to_and_nobody_answers(home: Home) -> None:
    sent: list[AirFrame] = []
    home.ether.watch(sent.append)
    record = {"attribute_id": 0, "attribute_type": 0x21, "value": 10}

    answer = await home.call(
        "write_attributes",
        cluster_id=3,
        server_or_client=0,
        source_endpoint_id=0x5E,
        destination_endpoint_id=0xFF,
        destination_address="00:00:00:00:00:00:ff:ff",
        record_list=[record],
    )

    assert answer["answered"] is False
    assert [written["status"] for written in answer["record_list"]] == [0]
    assert [(frame.destination_nwk, Frame.parse(frame.data).command_id) for frame in sent] == [
        (0xFFFF, 0x05)
    ]


async def test_many_cannot_be_asked(home: Home) -> None:
    error = await home.refused(
        "read_attributes",
        cluster_id=3,
        server_or_client=0,
        source_endpoint_id=0x5E,
        destination_endpoint_id=0xFF,
        destination_address="00:00:00:00:00:00:ff:ff",
        record_list=[{"attribute_id": 0}],
    )

    assert error.data == {"parameter": "destination_address"}
    assert "broadcasts are not answered" in error.message
