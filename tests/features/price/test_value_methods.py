"""The requests for what is published beside the price, on a gateway with a display."""

import json
from pathlib import Path
import re
import shlex
from typing import Any

import pytest

from sebridge.base.clock import zigbee_time
from sebridge.base.errors import Reason
from sebridge.cli.call import parameters_of
from sebridge.features.price.tariff_records import (
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.features.price.value_methods import PriceValueMethods
from tests.api.home import DISPLAY, Home, address
from tests.gateway.events.client_side import Clients

PAGE = Path(__file__).parents[3] / "docs" / "join-a-meter.md"
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


async def create_gas_values(home: Home) -> None:
    factor = {"conversion_factor": 1_022_640, "conversion_factor_trailing_digit": 0x60}
    value = {"calorific_value": 395, "calorific_value_trailing_digit": 0x10}
    await home.call("create_conversion_factor", record=factor | {"issuer_event_id": 1})
    await home.call("create_calorific_value", record=value | {"issuer_event_id": 1})


async def test_a_volume_of_gas_is_told_as_energy_with_what_it_was_computed_by(alone: Home) -> None:
    await create_gas_values(alone)

    answer = await alone.call("get_gas_energy", volume=2)

    assert answer == {
        "endpoint_id": 0x5E,
        "cluster_id": PRICE,
        "server_or_client": 0,
        "volume": 2.0,
        "unit": "m3",
        "energy": pytest.approx(2 * 1.02264 * 39.5 / 3.6),
        "conversion_factor": 1.02264,
        "calorific_value": 39.5,
    }


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"volume": -1}, "volume: must be 0..1000000000000"),
        ({"volume": 1, "unit": "kWh"}, "unit: must be one of m3, m³, ft3, ft³, CCF, MCF, L"),
        ({"volume": 1, "endpoint_id": 1}, "endpoint_id: endpoint 0x01 has no such cluster"),
    ],
)
async def test_what_is_no_volume_of_gas_is_refused(
    alone: Home, given: dict[str, Any], problem: str
) -> None:
    await create_gas_values(alone)

    error = await alone.refused("get_gas_energy", **given)

    assert error.message == problem


async def test_the_energy_of_gas_of_which_nothing_is_known_is_not_found(alone: Home) -> None:
    error = await alone.refused("get_gas_energy", volume=1)

    assert error.reason is Reason.NOT_FOUND
    assert error.message.startswith("no conversion factor and no calorific value is known for ")


async def test_a_display_tells_energy_by_what_it_heard(clients: Clients) -> None:
    factor = PublishConversionFactorRecord(issuer_event_id=1, conversion_factor=1)
    value = PublishCalorificValueRecord(issuer_event_id=1, calorific_value=36)
    methods = PriceValueMethods(servers={}, clients={0x5E: clients.price_service})
    clients.hear(PRICE, factor.serialize(), command_id=2)
    clients.hear(PRICE, value.serialize(), command_id=3)

    answer = await methods.get_gas_energy(1000.0, "L")

    assert answer.server_or_client == 1
    assert answer.energy == pytest.approx(10.0)


async def test_the_commands_of_the_page_about_gas_have_the_answers_that_stand_there(
    alone: Home,
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.partition("\n## Gas in kilowatt hours\n")[2].partition("\n## ")[0]
    commands = re.findall(r"^\$ \.venv/bin/sebridge call ((?:.*\\\n)*.*)$", section, re.MULTILINE)
    shown = [
        json.loads(text)
        for text in re.findall(r"^```json\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    ]

    answers = []
    for command in commands:
        method, *pairs = shlex.split(command.replace("\\\n", ""))
        answers.append(await alone.call(method, **parameters_of(pairs)))

    assert [{"status": "ok", "result": answers[-1]}] == shown
    assert len(commands) == section.count("sebridge call ") == 3
