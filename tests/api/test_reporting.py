"""Reports begun and ended by request."""

from typing import Any

import pytest

from tests.api.home import METER, Home, address, devices

MAC = str(address(METER))
DEMAND = 0x0400


def between(**more: Any) -> dict[str, Any]:
    return {
        "cluster_id": 0x0702,
        "server_or_client": 0,
        "destination_endpoint_id": 9,
        "source_endpoint_id": 0x5E,
        "destination_address": MAC,
        "record_list": [{"attribute_id": DEMAND, "max_interval": 60}],
    } | more


def record(**more: Any) -> dict[str, Any]:
    return {"record_list": [{"attribute_id": DEMAND, "attribute_type": 0x2A} | more]}


async def test_the_response_has_the_configuration_or_only_a_status(home: Home) -> None:
    records = [
        {"attribute_id": DEMAND, "direction": 1, "max_interval": 60, "reportable_change": "0x10"},
        {"attribute_id": 0x7777, "attribute_type": 0x20},
    ]

    answer = await home.call("start_receiving_reports", **between(record_list=records))

    assert answer == {
        "cluster_id": 0x0702,
        "server_or_client": 0,
        "profile_id": 0x0109,
        "source_endpoint_id": 9,
        "destination_endpoint_id": 0x5E,
        "source_address": MAC,
        "record_list": [
            {
                "status": 0,
                "attribute_id": DEMAND,
                "direction": 0,
                "attribute_type": 0x2A,
                "min_interval": 0,
                "max_interval": 60,
                "reportable_change": 16,
            },
            {"status": 0x86, "attribute_id": 0x7777},
        ],
    }


@pytest.mark.parametrize("wish", [True, None])
async def test_what_a_device_does_not_have_cannot_be_read_either(
    home: Home, *, wish: bool | None
) -> None:
    params = between(record_list=[{"attribute_id": 0x7777, "attribute_type": 0x20}])

    answer = await home.call("start_receiving_reports", **params, pseudo_reporting=wish)

    assert answer["record_list"] == [{"status": 0x86, "attribute_id": 0x7777}]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"record_list": []}, "record_list"),
        (record(max_interval=0x10000), "record_list[0].max_interval"),
        (record(max_interval=0xFFFF), "record_list[0].max_interval"),
        (record(min_interval=9, max_interval=8), "record_list[0].min_interval"),
        (record(timeout=-1), "record_list[0].timeout"),
        (record(attribute_type=256), "record_list[0].attribute_type"),
        (record(reportable_change="x"), "record_list[0].reportable_change"),
        (record(reportable_change=1 << 24), "record_list[0].reportable_change"),
        ({"pseudo_reporting": "perhaps"}, "pseudo_reporting"),
        ({"server_or_client": 7}, "server_or_client"),
    ],
)
async def test_a_wrong_parameter_is_named(home: Home, wrong: dict[str, Any], path: str) -> None:
    error = await home.refused("start_receiving_reports", **between(**wrong))

    assert (error.code, error.data) == (-32602, {"parameter": path})


async def test_a_change_that_does_not_fit_is_named_also_where_the_type_was_left_open(
    home: Home,
) -> None:
    records = [{"attribute_id": DEMAND, "reportable_change": 1 << 24}]

    error = await home.refused("start_receiving_reports", **between(record_list=records))

    assert error.data == {"parameter": "reportable_change"}


@pytest.mark.parametrize("method", ["stop_receiving_reports", "stop_sending_reports"])
async def test_ending_needs_attributes_each_once(home: Home, method: str) -> None:
    twice = between(record_list=[{"attribute_id": 0}, {"attribute_id": 0}])

    none = await home.refused(method, **between(record_list=[]))
    both = await home.refused(method, **twice)

    assert none.data == {"parameter": "record_list"}
    assert both.data == {"parameter": "record_list[1].attribute_id"}


async def test_a_silent_device_is_an_error_and_nothing_is_kept(home: Home) -> None:
    before = await home.call("get_local_reporting_configurations")
    await home.house.household.devices[devices(METER)[0].name].stop()

    error = await home.refused("start_receiving_reports", **between())

    assert error.code in {-32002, -32003}
    assert await home.call("get_local_reporting_configurations") == before


async def test_ending_what_a_device_never_got_is_its_status(home: Home) -> None:
    stopped = await home.call(
        "stop_sending_reports",
        **between(server_or_client=0, record_list=[{"attribute_id": 0x7777}]),
    )

    assert stopped["source_address"] == MAC
    assert stopped["record_list"] == [{"status": 0, "attribute_id": 0x7777}]
