"""The price requests, on a gateway with a display."""

from typing import Any

import pytest

from sebridge.base.clock import zigbee_time
from sebridge.base.errors import ParameterError
from sebridge.features.price.methods import PriceMethods
from sebridge.features.price.records import (
    GetCurrentPriceRecord,
    GetScheduledPricesRecord,
    PublishPriceRecord,
)
from sebridge.model.plain import to_plain
from sebridge.model.values import ABSENT
from sebridge.zcl.status import Status
from tests.api.home import DISPLAY, Home, address
from tests.gateway.events.client_side import FAR, NEAR, Clients

PRICE = 0x0700
DISPLAY_MAC = str(address(DISPLAY))


def record(**more: Any) -> dict[str, Any]:
    return {"issuer_event_id": 7, "price": 25, "duration_in_minutes": 60} | more


async def test_a_price_is_taken_with_its_defaults_and_brought_to_the_display(home: Home) -> None:
    now = zigbee_time(home.clock.utc())

    answer = await home.call("create_price_event", record=record())

    assert answer == {
        "source_endpoint_id": 0x5E,
        "cluster_id": PRICE,
        "status": 0,
        "record": record(
            provider_id=0xFFFFFFFF,
            rate_label="",
            utc_time=now,
            unit_of_measure=0,
            currency=840,
            price_trailing_digit_and_price_tier=0x20,
            number_of_price_tiers_and_register_tier=0,
            start_time=now,
            price_ratio=0xFF,
            generation_price=0xFFFFFFFF,
            generation_price_ratio=0xFF,
            alternate_cost_deliverd=0xFFFFFFFF,
            alternate_cost_unit=1,
            alternate_cost_trailing_digit=0xFF,
        ),
        "device_list": [DISPLAY_MAC],
    }


async def test_the_list_holds_what_was_created_in_the_order_of_start(alone: Home) -> None:
    now = zigbee_time(alone.clock.utc())
    await alone.call("create_price_event", record=record(issuer_event_id=2, start_time=now + 7200))
    await alone.call("create_price_event", record=record(issuer_event_id=1))

    answer = await alone.call("get_price_events")

    assert {name: answer[name] for name in ("endpoint_id", "cluster_id", "server_or_client")} == {
        "endpoint_id": 0x5E,
        "cluster_id": PRICE,
        "server_or_client": 0,
    }
    assert [event["issuer_event_id"] for event in answer["events_record_list"]] == [1, 2]


async def test_a_price_whose_identifier_exists_is_a_duplicate_and_goes_nowhere(home: Home) -> None:
    await home.call("create_price_event", record=record())

    answer = await home.call("create_price_event", record=record(price=30))

    assert (answer["status"], answer["device_list"]) == (0x8A, [])
    assert answer["reason"]
    listed = (await home.call("get_price_events"))["events_record_list"]
    assert [event["price"] for event in listed] == [25]


async def test_a_price_that_is_over_is_refused_with_the_reason(home: Home) -> None:
    start = zigbee_time(home.clock.utc()) - 7200

    answer = await home.call("create_price_event", record=record(start_time=start))

    assert (answer["status"], answer["device_list"]) == (0x85, [])
    assert answer["reason"]


async def test_both_spellings_of_the_alternate_cost_are_taken(alone: Home) -> None:
    answer = await alone.call("create_price_event", record=record(alternate_cost_delivered=12))

    assert answer["record"]["alternate_cost_deliverd"] == 12


async def test_cancelling_all_empties_the_list_and_tells_what_is_in_force(alone: Home) -> None:
    await alone.call("create_price_event", record=record())

    answer = await alone.call("cancel_all_price_events")

    assert answer == {"source_endpoint_id": 0x5E, "status": 0}
    assert (await alone.call("get_price_events"))["events_record_list"] == []
    active = alone.notifications("updated_active_price_event")
    assert [len(message["record_list"]) for message in active] == [1, 0]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"price": -1}, "record.price"),
        ({"price": "a lot"}, "record.price"),
        ({"issuer_event_id": 1 << 32}, "record.issuer_event_id"),
        ({"prise": 1}, "record.prise"),
        ({"rate_label": 5}, "record.rate_label"),
    ],
)
async def test_a_wrong_field_is_named(alone: Home, wrong: dict[str, Any], path: str) -> None:
    error = await alone.refused("create_price_event", record=record(**wrong))

    assert (error.code, error.data) == (-32602, {"parameter": path})


async def test_a_missing_field_is_named(alone: Home) -> None:
    error = await alone.refused("create_price_event", record={"issuer_event_id": 1, "price": 1})

    assert error.message == "record.duration_in_minutes: is missing"


async def test_numbers_may_be_hexadecimal_text(alone: Home) -> None:
    answer = await alone.call(
        "create_price_event", record=record(price="0x10"), source_endpoint_id="0x5E"
    )

    assert answer["record"]["price"] == 16


async def test_another_endpoint_has_no_prices(alone: Home) -> None:
    for method, name, missing in (
        ("get_price_events", "endpoint_id", "such cluster"),
        ("cancel_all_price_events", "source_endpoint_id", "server of this cluster"),
    ):
        error = await alone.refused(method, **{name: 1})

        assert error.message == f"{name}: endpoint 0x01 has no {missing}"


async def test_what_is_acknowledged_is_flushed_before(alone: Home) -> None:
    before = alone.flushed

    await alone.call("create_price_event", record=record())

    assert alone.flushed == before + 1
    assert list(alone.collections.kept["prices"]) == [7]


# ------------------------------------------------------------------ the client side


@pytest.fixture
def display(clients: Clients) -> PriceMethods:
    return PriceMethods(servers={}, clients={0x5E: clients.price_service})


async def test_the_current_price_is_asked_for(clients: Clients, display: PriceMethods) -> None:
    answer = await display.get_current_price_event()

    question = GetCurrentPriceRecord(command_options=1).serialize()
    assert clients.sent(PRICE) == [(NEAR, 0x00, question), (FAR, 0x00, question)]
    assert to_plain(answer) == {
        "status": 0,
        "endpoint_id": 0x5E,
        "source_endpoint_id": 0x5E,
        "cluster_id": PRICE,
        "device_list": ["00:0d:6f:00:00:00:00:01", "00:0d:6f:00:00:00:00:02"],
    }


async def test_without_a_server_no_price_is_found(clients: Clients, display: PriceMethods) -> None:
    clients.outside.peers = []

    answer = await display.get_current_price_event()

    assert (answer.status, answer.device_list) == (Status.NOT_FOUND, [])


async def test_scheduled_prices_are_asked_for_with_the_record_given(
    clients: Clients, display: PriceMethods
) -> None:
    record = GetScheduledPricesRecord(start_time=5, number_of_events=2)
    clients.outside.peers = clients.outside.peers[:1]

    given = await display.get_scheduled_price_events(record=record)
    plainly = await display.get_scheduled_price_events()

    everything = GetScheduledPricesRecord()
    questions = [(NEAR, 0x01, asked.serialize()) for asked in (record, everything)]
    assert clients.sent(PRICE) == questions
    assert (given.record, plainly.record) == (record, ABSENT)


async def test_a_list_of_prices_is_cleared_here_only(
    clients: Clients, display: PriceMethods
) -> None:
    price = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=5, price=3)
    clients.hear(PRICE, price.serialize())
    await clients.clock.settle()
    clients.sent(PRICE)

    answer = await display.clear_price_events()

    assert to_plain(answer) == {"source_endpoint_id": 0x5E, "cluster_id": PRICE}
    assert (clients.price_service.valid(), clients.sent(PRICE)) == ([], [])


async def test_an_energy_service_interface_asks_for_no_prices() -> None:
    methods = PriceMethods(servers={}, clients={})

    for call in (
        methods.get_current_price_event,
        methods.get_scheduled_price_events,
        methods.clear_price_events,
    ):
        with pytest.raises(ParameterError, match="endpoint 0x5E has no client") as refusal:
            await call()
        assert refusal.value.path == "source_endpoint_id"
