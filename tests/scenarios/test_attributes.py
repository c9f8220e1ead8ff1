"""Attributes of a thermostat and of the gateway are written, found and kept."""

from typing import Any

from sebridge.features.load_control.client import DrlcClient
from tests.scenarios.conftest import Home, MakeHome

THERMOSTAT = "00:0d:6f:00:0a:00:00:04"
GROUP, START_RANDOMIZATION, DEVICE_CLASS = 0x0000, 0x0001, 0x0003


def of_thermostat(**more: Any) -> dict[str, Any]:
    return {
        "cluster_id": "0x0701",
        "server_or_client": 1,
        "destination_endpoint_id": 9,
        "source_endpoint_id": "0x5E",
        "destination_address": THERMOSTAT,
    } | more


def written(home: Home) -> tuple[int, int]:
    """Return the group and the randomization that the thermostat goes by."""
    device = next(d for d in home.household.devices.values() if str(d.eui64) == THERMOSTAT)
    (client,) = [c for c in device.endpoint.clusters if isinstance(c, DrlcClient)]
    read = client.attributes.read
    return read(GROUP).value, read(START_RANDOMIZATION).value


async def test_a_thermostat_is_put_into_a_group(home: Home) -> None:
    answer = await home.result(
        "write_attributes",
        **of_thermostat(
            record_list=[
                {"attribute_id": GROUP, "value": 7},
                {"attribute_id": START_RANDOMIZATION, "attribute_type": "0x20", "value": "0x0A"},
                {"attribute_id": 0x0999, "value": 1},
                {"attribute_id": DEVICE_CLASS, "attribute_type": 0x20, "value": 1},
            ]
        ),
    )

    statuses = [(r["status"], r["attribute_id"], r["value"]) for r in answer["record_list"]]
    assert statuses == [(0, 0, 7), (0, 1, "0x0A"), (0x86, 0x0999, 1), (0x8D, 3, 1)]
    assert written(home) == (7, 10)


async def test_undivided_one_bad_attribute_holds_all_back(home: Home) -> None:
    before = written(home)
    sent: list[int] = []
    home.ether.watch(lambda f: sent.append(f.data[2]) if f.cluster_id == 0x0701 else None)

    for command in (0x03, 0x05):
        answer = await home.result(
            "write_attributes",
            **of_thermostat(
                command_identifier=command,
                record_list=[
                    {"attribute_id": GROUP, "attribute_type": 0x20, "value": 9},
                    {"attribute_id": START_RANDOMIZATION, "attribute_type": 0x20, "value": 200},
                ],
            ),
        )

        assert [record["status"] for record in answer["record_list"]] == [0x01, 0x87]
    assert written(home) == before
    assert sent.count(0x03) == 2  # N6: never 0x05, which would not be answered
    assert 0x05 not in sent


async def test_all_attributes_of_a_meter_are_found_however_many(home: Home) -> None:
    answer = await home.result(
        "discover_attributes",
        cluster_id="0x0702",
        server_or_client=0,
        destination_endpoint_id=9,
        source_endpoint_id="0x5E",
        destination_address="00:0d:6f:00:0a:00:00:01",
    )

    found = {record["attribute_id"]: record["attribute_type"] for record in answer["record_list"]}
    assert found[0x0000] == 0x25
    assert found[0x0400] == 0x2A
    assert 0x0500 in found


async def test_what_is_written_here_is_there_after_a_restart(make_home: MakeHome) -> None:
    here = {"cluster_id": 0, "server_or_client": 0, "destination_endpoint_id": "0x5E"}
    before = await make_home()
    answer = await before.result(
        "write_attributes",
        **here,
        record_list=[
            {"attribute_id": 0x0010, "value": "cellar"},
            {"attribute_id": 4, "value": "x"},
        ],
    )
    await before.stop()

    after = await make_home(kept=before.kept)
    read = await after.result(
        "read_attributes", **here, record_list=[{"attribute_id": 0x0010}, {"attribute_id": 4}]
    )

    assert [record["status"] for record in answer["record_list"]] == [0, 0x88]
    assert [record["value"] for record in read["record_list"]] == ["cellar", "sebridge"]


async def test_a_value_that_does_not_fit_is_named_and_nothing_is_written(home: Home) -> None:
    before = written(home)

    answer = await home.rpc(
        "write_attributes",
        **of_thermostat(
            record_list=[
                {"attribute_id": GROUP, "attribute_type": 0x20, "value": 3},
                {"attribute_id": 1, "attribute_type": 0x20, "value": 256},
            ]
        ),
    )

    assert answer["error"]["data"] == {"parameter": "record_list[1].value"}
    assert written(home) == before
