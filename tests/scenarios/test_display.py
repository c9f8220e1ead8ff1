"""A display gateway beside an energy service interface: both real, on one simulated air."""

from collections.abc import AsyncIterator
import json
from typing import Any, Final

import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.base.clock import iso_time, unix_time, zigbee_time
from sebridge.features.load_control.records import EventStatus
from sebridge.homeassistant.entity import ACTION_IDENTIFIER
from sebridge.settings.consumption_limit import ConsumptionLimitOptions
from sebridge.settings.default_price import DefaultPrice
from sebridge.settings.options import (
    GatewayOptions,
    HomeAssistantOptions,
    Options,
    RadioOptions,
)
from sebridge.simulator.household import link_key_of
from sebridge.transports.mqtt.messages import Message
from sebridge.zcl.identifiers import PRICE, SE_ENDPOINT
from tests.scenarios.conftest import Home, SecondGateway

ADDRESS = gateway_address("display")
ACTION: Final = {"request_identifier": ACTION_IDENTIFIER}


@pytest.fixture
async def display(home: Home) -> AsyncIterator[SecondGateway]:
    await home.gateway.manager.add(ADDRESS, link_key_of(ADDRESS), 240)
    options = Options(
        gateway=GatewayOptions(name="display", role="display"),
        radio=RadioOptions(link_key=link_key_of(ADDRESS)),
        homeassistant=HomeAssistantOptions(
            default_prices={"electricity": DefaultPrice(0.3, "USD", "kWh")}
        ),
        consumption_limit=ConsumptionLimitOptions(nominal=11_000),
    )
    second = SecondGateway(home, options)
    await second.start()
    yield second
    await second.stop()


def price(identifier: int, minutes: int = 60, **more: Any) -> dict[str, Any]:
    return {"issuer_event_id": identifier, "price": 25, "duration_in_minutes": minutes} | more


async def test_a_price_is_heard_and_shown(home: Home, display: SecondGateway) -> None:
    created = await home.result("create_price_event", record=price(7))
    await home.clock.advance(seconds=5)

    assert str(ADDRESS) in created["device_list"]
    (heard,) = display.notifications("received_price_event")
    assert (heard["status"], heard["record"]["issuer_event_id"]) == (0, 7)
    board = display.broker.kept("sebridge/display/price/electricity")
    assert board["current"]["price"] == 0.25
    (slot,) = display.broker.kept("sebridge/display/price/electricity/forecast")
    assert (slot["value"], slot["start"]) == (0.25, board["current"]["from"])
    listed = await display.result("get_price_events")
    assert (listed["server_or_client"], len(listed["events_record_list"])) == (1, 1)


async def test_a_home_that_opts_out_of_its_limit_tells_the_server(
    home: Home, display: SecondGateway
) -> None:
    event = {"issuer_event_id": 7, "duration_in_minutes": 60, "duty_cycle": 50}
    await home.result("create_DRLC_event", record=event | {"event_control": 0})
    await home.clock.advance(seconds=30)
    limited = display.broker.kept("sebridge/display/limit/consumption")["watts"]

    answer = await display.result("opt_out_of_consumption_limit")
    await home.clock.advance(seconds=30)

    assert (limited, answer["watts"], answer["participates"]) == (5_500, None, False)
    assert display.broker.kept("sebridge/display/limit/consumption") == answer
    statuses = [
        report["record"]["event_status"]
        for report in home.notifications("received_report_event_status")
        if report["source_address"] == str(ADDRESS)
    ]
    assert statuses[-1] == EventStatus.OPTED_OUT


async def test_the_price_is_unknown_after_it_ended_without_successor(
    home: Home, display: SecondGateway
) -> None:
    await home.result("create_price_event", record=price(7, minutes=10))

    await home.clock.advance(minutes=11)

    assert display.broker.kept("sebridge/display/price/electricity")["current"] is None
    assert display.notifications("updated_active_price_event")[-1]["record_list"] == []


async def test_in_a_gap_of_the_tariff_the_default_price_stands_on_the_board_alone(
    home: Home, display: SecondGateway
) -> None:
    before = display.broker.kept("sebridge/display/price/electricity")
    await home.result("create_price_event", record=price(7, minutes=10))
    await home.clock.advance(minutes=11)

    board = display.broker.kept("sebridge/display/price/electricity")

    assert before["default"] == board["default"]
    assert (board["default"]["price"], board["default"]["price_unit"]) == (0.3, "USD/kWh")
    assert (board["current"], board["schedule"]) == (None, [])
    assert (await display.result("get_price_events"))["events_record_list"] == []
    assert display.broker.kept("sebridge/display/active/price")["record_list"] == []


async def test_what_was_published_before_is_asked_for(home: Home, display: SecondGateway) -> None:
    await home.result("create_price_event", record=price(7))
    await display.result("clear_price_events")
    assert (await display.result("get_price_events"))["events_record_list"] == []

    answer = await display.result("get_scheduled_price_events")
    await home.clock.advance(seconds=5)

    assert answer["device_list"] == [str(home.gateway.radio.network.address)]
    assert len((await display.result("get_price_events"))["events_record_list"]) == 1


async def test_load_control_is_heard_obeyed_and_cancelled(
    home: Home, display: SecondGateway
) -> None:
    event = {"issuer_event_id": 5, "duration_in_minutes": 30, "event_control": 0}
    await home.result("create_DRLC_event", record=event)
    await home.clock.advance(seconds=10)

    assert [n["record"]["issuer_event_id"] for n in display.notifications("received_DRLC_event")]
    active = display.broker.kept("sebridge/display/active/drlc")
    assert [record["issuer_event_id"] for record in active["record_list"]] == [5]

    await home.result("cancel_DRLC_event", record={"issuer_event_id": 5})
    await home.clock.advance(seconds=10)
    (cancel,) = display.notifications("received_DRLC_cancel_event")
    assert cancel["status"] == 0
    assert display.broker.kept("sebridge/display/active/drlc")["record_list"] == []


async def test_all_load_control_can_be_taken_back(home: Home, display: SecondGateway) -> None:
    event = {"issuer_event_id": 5, "duration_in_minutes": 30, "event_control": 0}
    await home.result("create_DRLC_event", record=event)
    await home.clock.advance(seconds=5)

    await home.result("cancel_all_DRLC_events", record={})
    await home.clock.advance(seconds=5)

    assert len(display.notifications("received_DRLC_cancel_all_events")) == 1


async def test_a_message_is_shown_and_confirmed_by_rpc(home: Home, display: SecondGateway) -> None:
    record = {
        "message_id": 3,
        "message_control": 0x80,
        "duration_in_minutes": 30,
        "message": "Peak price from 17:00",
    }
    await home.result("create_message_event", record=record)
    await home.clock.advance(seconds=2)
    assert len(display.notifications("received_message_event")) == 1

    answer = await display.result("confirm_message")
    await home.clock.advance(seconds=2)

    assert (answer["status"], answer["device_list"]) == (
        0,
        [str(home.gateway.radio.network.address)],
    )
    sources = [n["source_address"] for n in home.notifications("received_message_confirmation")]
    assert str(ADDRESS) in sources


async def test_a_message_taken_back_stays_until_the_user_confirms_that(
    home: Home, display: SecondGateway
) -> None:
    record = {"message_id": 3, "duration_in_minutes": 30, "message": "Peak price"}
    await home.result("create_message_event", record=record)
    cancel = {"message_id": 3, "message_control": 0x80}

    await home.result("cancel_message_event", record=cancel)
    await home.clock.advance(seconds=2)

    topic = "sebridge/display/active/message"
    (shown,) = display.broker.kept(topic)["record_list"]
    assert shown["cancel_message_control"] == 0x80
    await display.result("confirm_message")
    assert display.broker.kept(topic)["record_list"] == []


PARTICIPATION: Final = "sebridge/display/participation/drlc"


def press(display: SecondGateway, topic: str, payload: dict[str, Any]) -> None:
    """Send what a component of Home Assistant sends."""
    display.broker.deliver(Message(topic, json.dumps(payload).encode()))


async def test_a_user_opts_out_of_what_is_in_force_and_back_in(
    home: Home, display: SecondGateway
) -> None:
    nothing: dict[str, list[Any]] = {"events": [], "upcoming": []}
    assert display.broker.kept(PARTICIPATION) == nothing
    event = {"issuer_event_id": 5, "duration_in_minutes": 30, "event_control": 0}
    await home.result("create_DRLC_event", record=event)
    await home.clock.advance(seconds=10)
    (taking_part,) = display.broker.kept(PARTICIPATION)["events"]

    out = {"jsonrpc": "2.0", "method": "opt_out_of_DRLC_event", "params": ACTION}
    press(display, display.topics.request, out)
    await home.clock.advance(seconds=10)

    told = {"issuer_event_id": 5, "participates": True, "mandatory": False}
    assert told.items() <= taking_part.items()
    (opted_out,) = display.broker.kept(PARTICIPATION)["events"]
    assert opted_out == taking_part | {"participates": False}
    reported = [
        n["record"]["event_status"]
        for n in home.notifications("received_report_event_status")
        if n["source_address"] == str(ADDRESS)
    ]
    assert reported[-1] == EventStatus.OPTED_OUT
    await home.clock.advance(minutes=31)
    assert display.broker.kept(PARTICIPATION) == nothing


def switches(display: SecondGateway) -> list[str]:
    """Return the keys of the switches that Home Assistant has of the events."""
    topic = "homeassistant/device/sebridge_display_gateway/config"
    parts = json.loads(display.broker.retained[topic])["cmps"]
    return [key for key in parts if key.startswith(f"{ONE_EVENT}_")]


ONE_EVENT: Final = "load_control_participation"


async def test_a_user_opts_out_of_one_of_two_events_before_it_begins(
    home: Home, display: SecondGateway
) -> None:
    now = zigbee_time(home.clock.utc())
    event = {"duration_in_minutes": 30, "event_control": 0, "device_class": 1}
    await home.result("create_DRLC_event", record=event | {"issuer_event_id": 5})
    await home.clock.advance(seconds=10)
    alone = switches(display)
    later = {"issuer_event_id": 6, "start_time": now + 3600, "criticality_level": 3}
    await home.result("create_DRLC_event", record=event | later)
    await home.clock.advance(seconds=10)

    params = ACTION | {
        "issuer_event_id": display.broker.kept(f"{PARTICIPATION}/2")["issuer_event_id"]
    }
    out = {"jsonrpc": "2.0", "method": "opt_out_of_DRLC_event", "params": params}
    press(display, display.topics.request, out)
    await home.clock.advance(seconds=10)
    first, second = (display.broker.kept(f"{PARTICIPATION}/{place}") for place in (1, 2))
    await home.clock.advance(minutes=65)

    assert (alone, switches(display)) == ([f"{ONE_EVENT}_1"], [f"{ONE_EVENT}_1", f"{ONE_EVENT}_2"])
    assert (first["issuer_event_id"], first["participates"], first["in_force"]) == (5, True, True)
    assert (second["issuer_event_id"], second["participates"]) == (6, False)
    assert (second["in_force"], second["criticality_level"]) == (False, 3)
    assert (second["from"], second["until"]) == (
        iso_time(unix_time(now + 3600)),
        iso_time(unix_time(now + 5400)),
    )
    assert display.broker.kept(f"{PARTICIPATION}/1") == {}
    assert display.broker.kept(f"{PARTICIPATION}/2") == second | {"in_force": True}
    reported = [
        (n["record"]["issuer_event_id"], n["record"]["event_status"])
        for n in home.notifications("received_report_event_status")
        if n["source_address"] == str(ADDRESS)
    ]
    assert (5, EventStatus.COMPLETED) in reported
    assert reported[-1] == (6, EventStatus.OPTED_OUT)


async def test_after_a_restart_the_user_is_still_out_of_an_event(
    home: Home, display: SecondGateway
) -> None:
    event = {"issuer_event_id": 5, "duration_in_minutes": 30, "event_control": 0}
    await home.result("create_DRLC_event", record=event)
    await home.clock.advance(seconds=10)
    await display.result("opt_out_of_DRLC_event")
    chosen = display.broker.kept(PARTICIPATION)

    await display.stop()
    again = SecondGateway(home, display.bridge.options, kept=display.kept)
    await again.start()

    shown = again.broker.kept(PARTICIPATION)
    await again.stop()
    assert [e["participates"] for e in chosen["events"]] == [False]
    assert shown == chosen


async def test_what_home_assistant_cannot_do_on_a_display_is_told(display: SecondGateway) -> None:
    out = {"jsonrpc": "2.0", "method": "opt_out_of_DRLC_event", "params": ACTION}

    press(display, f"{display.topics.request}/confirm_message", ACTION)
    press(display, display.topics.request, out)
    no_event = out | {"params": ACTION | {"issuer_event_id": 0}}  # of a place without any
    press(display, display.topics.request, no_event)
    await display.clock.advance(seconds=1)

    told = [m for m in display.notifications("message") if ACTION.items() <= m.items()]
    assert [m["description"] for m in told] == [
        "confirm_message, sent by Home Assistant, failed: status 0x8B (NOT_FOUND)",
        "opt_out_of_DRLC_event, sent by Home Assistant, failed: no event is in force",
        "opt_out_of_DRLC_event, sent by Home Assistant, failed: there is no event 0",
    ]


async def test_a_display_serves_nothing(display: SecondGateway) -> None:
    answer = await display.rpc("create_price_event", record=price(1))

    assert answer["error"]["code"] == -32602
    assert display.gateway.endpoints[SE_ENDPOINT].cluster(PRICE, server=True) is None


async def test_an_energy_service_interface_listens_to_nothing(home: Home) -> None:
    answer = await home.rpc("get_current_price_event")

    assert answer["error"]["code"] == -32602
    assert home.gateway.endpoints[SE_ENDPOINT].cluster(PRICE, server=False) is None
