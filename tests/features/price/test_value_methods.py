"""The requests for what is published beside the price, on a gateway with a display."""

from typing import Any

import pytest

from sebridge.base.clock import zigbee_time
from sebridge.features.price.tariff_records import PublishCalorificValueRecord
from sebridge.features.price.value_methods import PriceValueMethods
from tests.api.home import DISPLAY, Home, address
from tests.gateway.events.client_side import Clients

PRICE = 0x0700
DISPLAY_MAC = str(address(DISPLAY))


async def test_a_block_period_is_taken_with_its_defaults_and_brought_to_the_display(
    home: Home,
) -> None:
    now = zigbee_time(home.clock.utc())
    given = {"issuer_event_id": 7, "block_period_duration": 30, "block_period_duration_type": 1}

    answer = await home.call("create_block_period", record=given)

    assert answer == {
        "source_endpoint_id": 0x5E,
        "cluster_id": PRICE,
        "status": 0,
        "record": given
        | {
            "provider_id": 0xFFFFFFFF,
            "block_period_start_time": now,
            "block_period_control": 0,
            "tariff_type": 0,
            "tariff_resolution_period": 0,
        },
        "device_list": [DISPLAY_MAC],
    }


@pytest.mark.parametrize(
    ("create", "get", "record"),
    [
        ("create_block_period", "get_block_periods", {}),
        ("create_conversion_factor", "get_conversion_factors", {"conversion_factor": 1020}),
        ("create_calorific_value", "get_calorific_values", {"calorific_value": 395}),
    ],
)
async def test_the_list_of_a_kind_holds_what_was_created(
    alone: Home, create: str, get: str, record: dict[str, Any]
) -> None:
    created = await alone.call(create, record=record | {"issuer_event_id": 1})
    twice = await alone.call(create, record=record | {"issuer_event_id": 1})

    listed = await alone.call(get)

    assert (created["status"], twice["status"]) == (0, 0x8A)
    assert "1 is there already" in twice["reason"]
    assert listed == {
        "endpoint_id": 0x5E,
        "cluster_id": PRICE,
        "server_or_client": 0,
        "events_record_list": [created["record"]],
    }


async def test_what_is_acknowledged_is_flushed_and_kept_by_kind(alone: Home) -> None:
    before = alone.flushed

    await alone.call(
        "create_conversion_factor", record={"issuer_event_id": 1, "conversion_factor": 9}
    )

    assert alone.flushed == before + 1
    assert list(alone.collections.kept["conversion_factors"]) == ["active"]


async def test_a_block_period_to_come_is_cancelled_and_one_that_runs_is_not(home: Home) -> None:
    later = zigbee_time(home.clock.utc()) + 3600
    for number, start in ((1, 0), (2, later)):
        record = {"issuer_event_id": number, "block_period_start_time": start}
        await home.call("create_block_period", record=record)

    gone = await home.call("cancel_block_period", issuer_event_id=2)
    runs = await home.call("cancel_block_period", issuer_event_id=1)

    assert (gone["status"], gone["device_list"]) == (0, [DISPLAY_MAC])
    assert gone["record"]["block_period_start_time"] == 0xFFFFFFFF
    assert (runs["status"], runs["device_list"]) == (0x8B, [])
    assert runs["reason"] == "1 is not scheduled"
    left = (await home.call("get_block_periods"))["events_record_list"]
    assert [period["issuer_event_id"] for period in left] == [1]


async def test_another_endpoint_has_no_values(alone: Home) -> None:
    listing = await alone.refused("get_block_periods", endpoint_id=1)
    creating = await alone.refused(
        "create_calorific_value",
        record={"issuer_event_id": 1, "calorific_value": 1},
        source_endpoint_id=1,
    )

    assert listing.message == "endpoint_id: endpoint 0x01 has no such cluster"
    assert creating.message == "source_endpoint_id: endpoint 0x01 has no server of this cluster"


async def test_a_display_lists_what_it_heard(clients: Clients) -> None:
    value = PublishCalorificValueRecord(issuer_event_id=1, calorific_value=395)
    methods = PriceValueMethods(servers={}, clients={0x5E: clients.price_service})
    clients.hear(PRICE, value.serialize(), command_id=3)

    values, factors = await methods.get_calorific_values(), await methods.get_conversion_factors()

    assert values.server_or_client == 1
    [heard] = values.events_record_list
    assert (heard.issuer_event_id, heard.calorific_value) == (1, 395)
    assert factors.events_record_list == []
