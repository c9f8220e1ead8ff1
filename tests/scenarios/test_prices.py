"""What a utility sees: a price created by RPC reaches the displays, and ends by itself."""

from typing import Any

from sebridge.base.clock import unix_time
from sebridge.features.price.client import PriceClient
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.features.price.topics import board_topic
from sebridge.transports.mqtt.topics import Topics
from tests.scenarios.conftest import Home, MakeHome

BOARD = board_topic(Topics("sebridge", "home"), "electricity")


def price(identifier: int, amount: int, minutes: int, start: int = 0) -> dict[str, Any]:
    return {
        "issuer_event_id": identifier,
        "price": amount,
        "duration_in_minutes": minutes,
        "start_time": start,
    }


async def test_a_price_reaches_the_display_and_ends_on_time(home: Home) -> None:
    display = home.household.find(PriceOnDisplay)["Kitchen display"]

    answer = await home.result("create_price_event", record=price(7, 1250, 60))

    assert answer["status"] == 0
    assert "00:0d:6f:00:0a:00:00:03" in answer["device_list"]
    assert display.price == 12.5
    await home.clock.advance(minutes=59)
    assert display.price == 12.5
    await home.clock.advance(minutes=1)
    assert display.price is None


async def test_the_board_changes_at_the_boundary_to_the_second(home: Home) -> None:
    start = home.now + 600

    await home.result("create_price_event", record=price(1, 30, 600))
    await home.result("create_price_event", record=price(2, 10, 60, start))

    board = home.broker.kept(BOARD)
    assert (board["current"]["price"], board["next"]["price"]) == (0.3, 0.1)
    await home.clock.advance(seconds=unix_time(start) - home.clock.utc() - 1)
    assert home.broker.kept(BOARD)["current"]["price"] == 0.3
    await home.clock.advance(seconds=1.01)
    assert home.broker.kept(BOARD)["current"]["price"] == 0.1
    assert home.broker.kept(BOARD)["next"] is None


async def test_the_meters_are_read_just_before_the_price_changes(home: Home) -> None:
    start = home.now + 600
    await home.result("create_price_event", record=price(1, 30, 10))
    await home.result("create_price_event", record=price(2, 10, 60, start))
    metering = "sebridge/home/device/000d6f000a000001/9/metering"
    await home.clock.advance(seconds=unix_time(start) - home.clock.utc() - 5)
    home.broker.history.clear()

    await home.clock.advance(seconds=4)

    assert metering in [topic for topic, _ in home.broker.history]
    assert home.broker.kept(BOARD)["current"]["price"] == 0.3


async def test_an_identifier_in_use_is_refused_with_a_reason(home: Home) -> None:
    await home.result("create_price_event", record=price(7, 1250, 60))

    again = await home.result("create_price_event", record=price(7, 990, 60))

    assert again["status"] == 0x8A
    assert again["device_list"] == []
    assert "7" in again["reason"]


async def test_a_display_that_was_off_gets_the_price_when_it_comes_back(home: Home) -> None:
    device = home.household.devices["Kitchen display"]
    await device.stop()
    created = await home.result("create_price_event", record=price(7, 1250, 600))
    assert "00:0d:6f:00:0a:00:00:03" not in created["device_list"]

    await device.start()
    await home.clock.advance(seconds=30)

    assert home.household.find(PriceOnDisplay)["Kitchen display"].price == 12.5


async def test_a_price_survives_the_bridge_and_is_served_again(make_home: MakeHome) -> None:
    first = await make_home()
    await first.result("create_price_event", record=price(7, 1250, 600))
    await first.stop()

    second = await make_home(kept=first.kept)

    events = (await second.result("get_price_events"))["events_record_list"]
    assert [event["issuer_event_id"] for event in events] == [7]
    assert second.household.find(PriceOnDisplay)["Kitchen display"].price == 12.5
    assert second.broker.kept(BOARD)["current"]["price"] == 12.5


async def test_prices_arrive_over_bad_air(make_home: MakeHome) -> None:
    home = await make_home(loss=0.3, duplicates=0.2, delay=0.02, seed=3)

    for number in range(5):
        start = home.now + 3600 * (number + 1)
        await home.result("create_price_event", record=price(number + 1, 100, 30, start))
    await home.clock.advance(minutes=5)

    display = home.household.find(PriceClient)["Kitchen display"]
    assert [int(record.issuer_event_id) for record in display.valid(home.now)] == [1, 2, 3, 4, 5]


async def test_cancelling_all_prices_empties_board_and_list(home: Home) -> None:
    await home.result("create_price_event", record=price(7, 1250, 60))

    await home.result("cancel_all_price_events")

    assert (await home.result("get_price_events"))["events_record_list"] == []
    assert home.broker.kept(BOARD)["current"] is None
    assert home.broker.kept(home.topics.active("price"))["record_list"] == []


async def test_setting_the_clock_forward_ends_what_is_over(home: Home) -> None:
    await home.result("create_price_event", record=price(1, 30, 10))
    await home.result("create_price_event", record=price(2, 10, 60, home.now + 600))

    home.clock.jump(1200)
    await home.clock.advance(seconds=11)

    assert home.broker.kept(BOARD)["current"]["price"] == 0.1


async def test_answers_tell_when_a_price_was_sent(home: Home) -> None:
    before = home.now

    answer = await home.result("create_price_event", record=price(7, 1250, 60))

    await home.clock.advance(minutes=5)
    listed = (await home.result("get_price_events"))["events_record_list"]
    assert before <= answer["record"]["utc_time"] <= before + 1
    assert [record["utc_time"] for record in listed] == [answer["record"]["utc_time"]]


async def test_a_new_currency_counts_from_its_first_price_on(home: Home) -> None:
    start = home.now + 600
    await home.result("create_price_event", record=price(1, 25, 600) | {"currency": 975})

    await home.result("create_price_event", record=price(2, 13, 60, start) | {"currency": 978})

    board = home.broker.kept(BOARD)
    assert (board["current"]["price_unit"], board["next"]["price_unit"]) == ("BGN/kWh", "EUR/kWh")
    assert [line["currency"] for line in board["schedule"]] == ["BGN", "EUR"]
    await home.clock.advance(seconds=10)
    assert _units_in_home_assistant(home) == ("BGN/kWh", "EUR/kWh")
    await home.clock.advance(seconds=start - home.now + 1)
    board = home.broker.kept(BOARD)
    assert (board["current"]["price"], board["price_unit"]) == (0.13, "EUR/kWh")
    await home.clock.advance(seconds=10)
    assert _units_in_home_assistant(home) == ("EUR/kWh", "EUR/kWh")


def _units_in_home_assistant(home: Home) -> tuple[str, str]:
    components = home.broker.kept("homeassistant/device/sebridge_home_gateway/config")["cmps"]
    return components["price"]["unit_of_meas"], components["next_price"]["unit_of_meas"]
