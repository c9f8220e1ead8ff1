"""Every flow of the package, in a real Node-RED, on a real broker, with a simulated house."""

import asyncio
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import re
from typing import Any

import pytest

from tests.integration.bridges import METER, Caller
from tests.integration.brokers import Listener
from tests.nodered.conftest import NOBODY, Home
from tests.nodered.node_red import NAME, TITLES, Flow, NodeRed, merged, unknown_types
from tests.patience import PATIENCE, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOARD = "/demand-response"
_LINE = re.compile(
    r"meter,device=[0-9a-f]{16},endpoint=[0-9]+,commodity=electricity,unit=kWh,power_unit=kW"
    r" energy_in=[0-9.]+(,energy_out=[0-9.]+)?(,power=-?[0-9.]+)? [0-9]{10}"
)


def last(listener: Listener, topic: str) -> Any:
    """Return what was last heard on a topic, None when nothing was."""
    payload = listener.topics().get(topic)
    return None if payload is None else json.loads(payload)


async def sell_at(caller: Caller, price: float) -> None:
    """Have electricity cost this in the home, from now on."""
    record = {
        "price": round(price * 100),
        "price_trailing_digit_and_price_tier": 0x20,
        "duration_in_minutes": 60,
    }
    answer = await caller.rpc("create_price_event", record=record)
    assert answer["result"]["status"] == 0, answer


async def shed_load(caller: Caller, issuer_event_id: int, criticality_level: int) -> None:
    """Have one load-control event in the home, from now on."""
    record = {
        "issuer_event_id": issuer_event_id,
        "criticality_level": criticality_level,
        "duration_in_minutes": 60,
        "event_control": 0,  # it begins at once
    }
    await caller.rpc("cancel_all_DRLC_events")
    answer = await caller.rpc("create_DRLC_event", record=record)
    assert answer["result"]["status"] == 0, answer


async def board_shows(home: Home, text: str) -> None:
    """Look at the board of demand response until a text is on it."""
    async with asyncio.timeout(PATIENCE):
        while text not in await home.node_red.page(BOARD):
            pass


# ------------------------------------------------------------------ the package


@pytest.mark.parametrize("title", TITLES)
async def test_node_red_offers_every_flow_of_the_package(home: Home, title: str) -> None:
    offered = await home.node_red.ask(f"library/examples/flows/{NAME}/{title}")

    assert offered == Flow.read(title).nodes


async def test_every_flow_is_of_nodes_that_come_with_node_red(home: Home) -> None:
    known = await home.node_red.core_types()
    nodes = merged(list(home.flows.values()))

    assert unknown_types(nodes, known) == set()
    assert unknown_types([*nodes, {"type": "of somebody else"}], known) == {"of somebody else"}


async def test_a_flow_of_nodes_that_are_not_there_fails(tmp_path: Path) -> None:
    tab = {"id": "1", "type": "tab", "label": "A flow", "env": []}
    flow = Flow([tab, {"id": "2", "type": "of somebody else", "z": "1", "wires": []}])
    node_red = NodeRed(tmp_path, [flow])
    node_red.start()

    try:
        with pytest.raises(AssertionError, match="Waiting for missing types"):
            await until(node_red.is_started)
    finally:
        node_red.stop()


# ------------------------------------------------------------------ each flow


async def test_a_load_runs_while_electricity_is_cheap(
    home: Home, listener: Listener, caller: Caller
) -> None:
    switch = "house/water-heater/set"

    await sell_at(caller, 0.10)
    await until(lambda: listener.topics().get(switch) == b"ON")
    await sell_at(caller, 0.40)
    await until(lambda: listener.topics().get(switch) == b"OFF")

    await until(
        lambda: (
            listener.topics().get("house/notify")
            == b"Water heater OFF: electricity costs 0.4 USD/kWh, the limit is 0.25."
        )
    )


async def test_a_load_is_switched_again_after_a_broker_has_forgotten_everything(
    home: Home, listener: Listener, caller: Caller
) -> None:
    switch = "house/water-heater/set"
    await sell_at(caller, 0.40)
    await until(lambda: listener.topics().get(switch) == b"OFF")

    home.broker.kill()
    home.broker.forget_everything()
    await until(lambda: listener.lost)
    listener.forget()
    home.broker.start()

    await until(lambda: listener.topics().get(switch) == b"OFF")
    await sell_at(caller, 0.10)
    await until(lambda: listener.topics().get(switch) == b"ON")


async def test_the_user_of_a_display_takes_no_part_in_an_event(
    home: Home, listener: Listener, caller: Caller
) -> None:
    await shed_load(caller, 4711, criticality_level=2)

    await board_shows(home, "Event 4711, level 2")
    await board_shows(home, "you take part.")
    status, _ = await home.node_red.submit(BOARD, {"event": "4711", "choice": "out"})
    await board_shows(home, "you take no part.")
    [event] = last(listener, "sebridge/display/participation/drlc")["events"]
    await home.node_red.submit(BOARD, {"event": "4711", "choice": "in"})
    await board_shows(home, "you take part.")

    assert status == 200
    assert (event["issuer_event_id"], event["participates"]) == (4711, False)


async def test_nobody_can_choose_in_an_emergency(home: Home, caller: Caller) -> None:
    await shed_load(caller, 4712, criticality_level=9)

    await board_shows(home, "Event 4712, level 9")
    await board_shows(home, "It is mandatory.")

    assert "<button" not in await home.node_red.page(BOARD)


async def test_what_cannot_be_chosen_is_said_on_the_board(home: Home) -> None:
    await home.node_red.submit(BOARD, {"event": "1234", "choice": "out"})
    await board_shows(home, '<p role="alert">')

    wrong, said = await home.node_red.submit(BOARD, {"event": "1", "choice": "constructor"})

    assert (wrong, said) == (400, "event must be a number, and choice be out or in")


async def test_another_site_cannot_choose_for_the_user(home: Home) -> None:
    form = {"event": "4711", "choice": "out"}

    answer = await home.node_red.submit(BOARD, form, site="cross-site")

    assert answer == (403, "choose on the board itself")


async def test_a_message_is_confirmed_at_the_display(home: Home, listener: Listener) -> None:
    listener.say("house/announce", b"The washing is done")

    await until(lambda: last(listener, "house/announce/outcome"))
    outcome = last(listener, "house/announce/outcome")
    assert outcome["outcome"] == "confirmed", outcome
    assert last(listener, f"sebridge/home/device/{outcome['by']}/message")["message"] == (
        "The washing is done"
    )


async def test_a_message_that_is_too_long_is_refused(home: Home, listener: Listener) -> None:
    listener.say("house/announce", b"x" * 300)

    await until(lambda: last(listener, "house/announce/outcome"))
    outcome = last(listener, "house/announce/outcome")
    assert outcome["outcome"] == "refused"
    assert "message" in outcome["reason"]


async def test_a_message_that_nobody_confirms_is_told(home: Home, listener: Listener) -> None:
    await home.node_red.press(home.flows[NOBODY], "Dinner is ready")

    await until(lambda: last(listener, "house/nowhere/outcome"))
    assert last(listener, "house/nowhere/outcome")["outcome"] == "not confirmed"


async def test_readings_are_written_as_lines(home: Home) -> None:
    await until(lambda: any(METER in line for line in home.influx.lines))

    path, token, _ = home.influx.heard[-1]
    assert path == "/api/v2/write?org=home&bucket=energy&precision=s"
    assert token == "Token a-token"
    assert [line for line in home.influx.lines if not _LINE.fullmatch(line)] == []


async def test_lines_that_were_not_taken_go_with_the_next(home: Home) -> None:
    home.influx.status = 503
    home.influx.heard.clear()
    await until(lambda: home.influx.heard)
    kept = home.influx.lines[0]
    home.influx.heard.clear()
    home.influx.status = 204

    await until(lambda: any(len(body.splitlines()) > 1 for _, _, body in home.influx.heard))

    assert kept in home.influx.lines


async def test_a_request_has_an_answer_an_error_or_no_answer(home: Home) -> None:
    flow = home.flows["Requests with time-out"]

    for button in (
        "A gateway that is not there",
        "What time is it?",
        "A method that does not exist",
    ):
        await home.node_red.press(flow, button)

    await home.node_red.has_said("UTC_1970", "there is no method 'make_coffee'", "timeout")


async def test_the_prices_of_a_tariff_come_into_the_home(
    home: Home, listener: Listener, caller: Caller
) -> None:
    flow = home.flows["Prices from a tariff"]
    await until(lambda: home.tariff.heard)  # by itself, as the gateway came online
    start = datetime.fromtimestamp(home.house.clock.utc(), UTC).replace(microsecond=0)
    hours = [start + timedelta(hours=hour) for hour in range(5, 9)]

    async def schedule_is(*prices: float) -> None:
        home.tariff.answer = [
            {"start": a.isoformat(), "end": b.isoformat(), "value": price}
            for a, b, price in zip(hours, hours[1:], prices, strict=False)
        ]
        await home.node_red.press(flow, "Each hour")
        await until(lambda: scheduled() == [max(price, 0) for price in prices])

    def scheduled() -> list[float]:
        shown = last(listener, "sebridge/home/price/electricity") or {"schedule": []}
        return [one["price"] for one in shown["schedule"] if one["currency"] == "EUR"]

    await schedule_is(0.2512, 0.3, -0.01)
    await schedule_is(0.2512, 0.4, -0.01)
