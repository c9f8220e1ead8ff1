"""The price board: what is in force, what comes, in the main unit of its currency."""

from typing import Any

from msgspec.structs import replace
import pytest

from sebridge.base.clock import VirtualClock, iso_time, unix_time, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.signals import PricesBelowZero
from sebridge.features.price.topics import (
    PriceBoards,
    PriceUnits,
    boards,
    empty_board,
    forecasts,
    price_units,
)
from sebridge.gateway.events.signals import ActiveEventsChanged, EventsChanged
from sebridge.settings.default_price import DefaultPrice
from tests.transports.mqtt.paper import PaperBroker, topic_host

NOW = 363_096_000  # 2011-07-04 12:00:00
PRICE, DRLC = 0x0700, 0x0701
BOARD = "sebridge/home/price/electricity"
DOLLARS = {"currency": "USD", "unit": "kWh", "price_unit": "USD/kWh"}
SHOWN_NOW = "2011-07-04T12:00:00Z"


def price(event_id: int, start: int, minutes: int, **more: Any) -> PublishPriceRecord:
    given = {"price": 2150, "price_trailing_digit_and_price_tier": 0x40} | more
    return PublishPriceRecord(
        issuer_event_id=event_id, start_time=start, duration_in_minutes=minutes, **given
    )


def board(*prices: PublishPriceRecord, now: int = NOW) -> dict[str, Any]:
    return boards(prices, unix_time(now), {})["electricity"]


def test_the_price_in_force_and_the_next_are_shown() -> None:
    current = price(1, NOW - 600, 60, rate_label="peak", price_trailing_digit_and_price_tier=0x43)
    coming = price(2, NOW + 3000, 60, price=900)

    shown = board(current, coming)

    assert shown == {
        "current": {
            "price": 0.215,
            "tier": 3,
            "label": "peak",
            "from": "2011-07-04T11:50:00Z",
            "until": "2011-07-04T12:50:00Z",
            "issuer_event_id": 1,
        }
        | DOLLARS,
        "next": {
            "price": 0.09,
            "tier": None,
            "label": None,
            "from": "2011-07-04T12:50:00Z",
            "until": "2011-07-04T13:50:00Z",
            "issuer_event_id": 2,
        }
        | DOLLARS,
        "schedule": [shown["current"], shown["next"]],
        "currency": "USD",
        "unit": "kWh",
        "price_unit": "USD/kWh",
        "time": SHOWN_NOW,
    }


def test_each_price_is_in_its_own_currency_unit_and_digits() -> None:
    lev = price(1, NOW, 60, price=2550, currency=975)
    euro = price(
        2, NOW + 3600, 60, price=13, currency=978, price_trailing_digit_and_price_tier=0x20
    )
    metre = price(3, NOW + 7200, 60, unit_of_measure=0x81, currency=978)
    foot = price(4, NOW + 10_800, 60, unit_of_measure=0x02, currency=840)

    shown = boards([lev, euro, metre, foot], unix_time(NOW), {})

    electricity, gas = shown["electricity"], shown["gas"]
    assert electricity["current"]["price_unit"] == electricity["price_unit"] == "BGN/kWh"
    assert electricity["next"] | {"price": 0.13, "currency": "EUR"} == electricity["next"]
    assert [line["price_unit"] for line in electricity["schedule"]] == ["BGN/kWh", "EUR/kWh"]
    assert [line["price_unit"] for line in gas["schedule"]] == ["EUR/m³", "USD/ft³"]


def test_the_units_are_those_of_the_price_in_force_and_of_the_next() -> None:
    lev = price(1, NOW, 60, currency=975)
    euro = price(2, NOW + 3600, 60, currency=978)

    assert price_units([lev, euro], unix_time(NOW)) == {
        "electricity": PriceUnits("BGN/kWh", "EUR/kWh")
    }
    assert price_units([euro], unix_time(NOW)) == {"electricity": PriceUnits(None, "EUR/kWh")}
    assert price_units([euro], unix_time(NOW + 3600)) == {"electricity": PriceUnits("EUR/kWh")}


def test_without_a_price_in_force_the_current_one_is_unknown_prc_19() -> None:
    shown = board(price(2, NOW + 60, 60))

    assert shown["current"] is None
    assert shown["next"]["issuer_event_id"] == 2


def test_a_price_begins_at_its_first_second() -> None:
    assert board(price(2, NOW, 60))["current"]["issuer_event_id"] == 2
    assert board(price(2, NOW + 1, 60))["current"] is None


def test_a_price_until_changed_lasts_until_the_next_gen_3() -> None:
    open_ended = price(1, NOW - 60, 0xFFFF)

    assert board(open_ended)["current"]["until"] is None
    followed = board(open_ended, price(2, NOW + 60, 5))
    assert followed["current"]["until"] == followed["next"]["from"] == "2011-07-04T12:01:00Z"


def test_each_commodity_has_its_own_board() -> None:
    electricity = price(1, NOW, 60, currency=978)
    gas = price(2, NOW, 60, unit_of_measure=1, currency=978)
    points = price(3, NOW, 60, unit_of_measure=0x0B)

    shown = boards([electricity, gas, points], unix_time(NOW), {})

    assert {name: own["price_unit"] for name, own in shown.items()} == {
        "electricity": "EUR/kWh",
        "gas": "EUR/m³",
        "unitless": "USD",
    }


def test_without_prices_there_is_no_board_but_an_empty_one_can_be_had() -> None:
    assert boards([], unix_time(NOW), {}) == {}
    assert empty_board(unix_time(NOW)) == {
        "current": None,
        "next": None,
        "schedule": [],
        "currency": None,
        "unit": None,
        "price_unit": None,
        "time": SHOWN_NOW,
    }


# ------------------------------------------------------------------ kept on MQTT


@pytest.fixture
def broker() -> PaperBroker:
    return PaperBroker()


def priced(number: int, start: float, minutes: int = 60, **more: Any) -> PublishPriceRecord:
    return PublishPriceRecord(
        issuer_event_id=number,
        price=20 + number,
        start_time=zigbee_time(start),
        duration_in_minutes=minutes,
        **({"currency": 978} | more),
    )


@pytest.fixture
def prices(clock: VirtualClock, bus: SignalBus, broker: PaperBroker) -> list[PublishPriceRecord]:
    """Return two prices, one in force and one that follows, and show them."""
    PriceBoards(topic_host(bus, broker, clock))
    now = clock.utc()
    found = [priced(1, now, rate_label="day"), priced(2, now + 3600)]
    bus.send(EventsChanged(0x5E, PRICE, found, server=True))
    return found


@pytest.mark.usefixtures("prices")
def test_the_board_has_what_people_read(clock: VirtualClock, broker: PaperBroker) -> None:
    now = clock.utc()
    first = {
        "price": 0.21,
        "tier": None,
        "label": "day",
        "from": iso_time(now),
        "until": iso_time(now + 3600),
        "issuer_event_id": 1,
        "currency": "EUR",
        "unit": "kWh",
        "price_unit": "EUR/kWh",
    }
    second = first | {
        "price": 0.22,
        "label": None,
        "from": iso_time(now + 3600),
        "until": iso_time(now + 7200),
        "issuer_event_id": 2,
    }

    assert broker.json(BOARD) == {
        "current": first,
        "next": second,
        "schedule": [first, second],
        "currency": "EUR",
        "unit": "kWh",
        "price_unit": "EUR/kWh",
        "time": iso_time(now),
    }


async def test_the_new_price_is_there_right_at_the_boundary(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker, prices: list[PublishPriceRecord]
) -> None:
    await clock.advance(3600)

    bus.send(EventsChanged(0x5E, PRICE, prices[1:], server=True))
    bus.send(ActiveEventsChanged(0x5E, PRICE, prices[1:], server=True))

    board = broker.json(BOARD)
    assert board["current"]["issuer_event_id"] == 2
    assert board["next"] is None
    assert board["time"] == board["current"]["from"]


@pytest.mark.usefixtures("prices")
def test_without_a_price_the_board_says_null(bus: SignalBus, broker: PaperBroker) -> None:
    bus.send(EventsChanged(0x5E, PRICE, [], server=True))

    board = broker.json(BOARD)
    assert (board["current"], board["next"], board["schedule"]) == (None, None, [])


def test_each_commodity_has_its_board(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker
) -> None:
    PriceBoards(topic_host(bus, broker, clock))
    now = clock.utc()

    bus.send(
        EventsChanged(0x5E, PRICE, [priced(1, now), priced(2, now, unit_of_measure=1)], server=True)
    )

    topics = [f"sebridge/home/price/{commodity}" for commodity in ("electricity", "gas")]
    assert sorted(broker.kept) == [
        name for topic in topics for name in (topic, f"{topic}/forecast")
    ]


def test_other_events_are_no_prices(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker
) -> None:
    PriceBoards(topic_host(bus, broker, clock))

    bus.send(EventsChanged(0x5E, DRLC, [], server=True))
    bus.send(ActiveEventsChanged(0x5E, DRLC, [], server=True))

    assert broker.kept == {}


async def test_a_default_price_stands_beside_the_current_one_and_in_no_list(
    clock: VirtualClock, bus: SignalBus
) -> None:
    broker = PaperBroker()
    host = topic_host(bus, broker, clock)
    default = DefaultPrice(0.3, "USD", "kWh")
    PriceBoards(replace(host, default_prices={"electricity": default}))
    told = {"price": 0.3, "currency": "USD", "unit": "kWh", "price_unit": "USD/kWh"}

    bus.send(EventsChanged(0x5E, PRICE, [], server=True))
    without = broker.json(BOARD)
    now = zigbee_time(clock.utc())
    bus.send(EventsChanged(0x5E, PRICE, [price(1, now, 60)], server=True))

    assert (without["default"], without["current"], without["schedule"]) == (told, None, [])
    shown = broker.json(BOARD)
    assert (shown["default"], shown["current"]["price"]) == (told, 0.215)


def test_the_curve_begins_with_the_price_in_force_and_leaves_gaps_out() -> None:
    prices = [price(1, NOW - 600, 60), price(2, NOW + 7_200, 60, price=900)]

    found = forecasts(prices, unix_time(NOW), {})

    assert found["electricity"] == [
        {
            "start": "2011-07-04T11:50:00Z",
            "end": "2011-07-04T12:50:00Z",
            "value": 0.215,
            "currency": "USD",
            "unit": "kWh",
        },
        {
            "start": "2011-07-04T14:00:00Z",
            "end": "2011-07-04T15:00:00Z",
            "value": 0.09,
            "currency": "USD",
            "unit": "kWh",
        },
    ]


def test_a_price_without_an_end_has_the_next_one_or_the_longest_time_in_the_curve() -> None:
    prices = [price(1, NOW, 0xFFFF), price(2, NOW + 3_600, 0xFFFF)]

    first, last = forecasts(prices, unix_time(NOW), {})["electricity"]

    assert first["end"] == last["start"]
    assert last["end"] == iso_time(unix_time(NOW + 60 * 65_534))


def test_a_price_below_zero_is_shown_as_it_is() -> None:
    prices = [price(1, NOW, 60, price=0), price(2, NOW + 3_600, 60, price=0)]
    below = {("electricity", NOW): -0.05}

    found = boards(prices, unix_time(NOW), below)["electricity"]

    assert [line["price"] for line in found["schedule"]] == [-0.05, 0]
    curve = forecasts(prices, unix_time(NOW), below)["electricity"]
    assert [slot["value"] for slot in curve] == [-0.05, 0]


def test_the_curve_of_each_commodity_is_kept_and_emptied() -> None:
    bus, broker, clock = SignalBus(), PaperBroker(), VirtualClock(utc=unix_time(NOW))
    PriceBoards(topic_host(bus, broker, clock))
    gas = price(2, NOW, 60, price=0, unit_of_measure=1)
    bus.send(PricesBelowZero("electricity", {NOW: -0.05}))
    bus.send(PricesBelowZero("gas", {NOW: -1.5}))

    bus.send(EventsChanged(0x5E, PRICE, [price(1, NOW, 60, price=0), gas], server=True))

    assert broker.json(f"{BOARD}/forecast")[0]["value"] == -0.05
    assert broker.json("sebridge/home/price/gas/forecast")[0]["value"] == -1.5
    bus.send(EventsChanged(0x5E, PRICE, [], server=True))
    assert broker.json(f"{BOARD}/forecast") == []
