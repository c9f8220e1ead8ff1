"""A home whose prices come from a topic or from a table: what its displays get of them."""

from collections.abc import Sequence
from dataclasses import replace
import json
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock, iso_time, unix_time, zigbee_time
from sebridge.base.secret import Secret
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.features.price.topics import board_topic
from sebridge.settings.price_source import (
    EntityOptions,
    Hours,
    PriceSourceOptions,
    PriceUnit,
    RateOptions,
    TableOptions,
)
from sebridge.transports.mqtt.messages import MAX_PAYLOAD, Message
from sebridge.transports.mqtt.topics import Topics
from tests.api.home import DISPLAY, Collections, Home as Gateway
from tests.doubles import RecordingBroker
from tests.homeassistant_websocket import StandIn
from tests.patience import until

TOPIC = "energy/prices"
ENTITY = "sensor.prices"
TOKEN = "a-long-lived-access-token"
EUROS = PriceUnit("EUR", "kWh")
BOARD = board_topic(Topics("sebridge", "home"), "electricity")
HOUR = 3_600
SOURCE = PriceSourceOptions(price_unit=EUROS, topic=TOPIC, time_zone="Europe/Berlin", decimals=4)
TABLE = PriceSourceOptions(
    price_unit=EUROS,
    time_zone="America/Los_Angeles",  # midnight comes within an hour, and then a day of 23 hours
    tiers=2,
    table=TableOptions(
        rates=(
            RateOptions(name="night", price=0.21, hours=(Hours(22 * 60, 6 * 60),)),
            RateOptions(name="day", price=0.34),
        )
    ),
)


class Home(Gateway):
    """A gateway with a display, which prices come to."""

    def __init__(
        self,
        clock: VirtualClock,
        source: PriceSourceOptions | None,
        collections: Collections | None = None,
        kinds: Sequence[str] = (DISPLAY,),
    ) -> None:
        self.broker = RecordingBroker()
        super().__init__(clock, kinds, collections, broker=self.broker, price_source=source)

    @property
    def shown(self) -> float | None:
        """The price on the display."""
        (display,) = self.house.household.find(PriceOnDisplay).values()
        return display.price

    def hour(self, hours: int) -> int:
        """Return the beginning of an hour, counted from the one that is."""
        now = zigbee_time(self.clock.utc())
        return now - now % HOUR + hours * HOUR

    def curve(self, values: Sequence[float | None], first: int = 0) -> list[dict[str, Any]]:
        """Return the prices of hours, from one that is counted from the one that is."""
        return [
            {
                "start": iso_time(unix_time(self.hour(first + place))),
                "end": iso_time(unix_time(self.hour(first + place + 1))),
                "value": value,
            }
            for place, value in enumerate(values)
        ]

    async def tell(self, document: Any) -> None:
        await self.tell_text(json.dumps(document).encode())

    async def tell_text(self, payload: bytes) -> None:
        self.broker.deliver(Message(TOPIC, payload, retain=True))
        await self.clock.advance(seconds=10)

    async def events(self) -> list[dict[str, Any]]:
        answer = await self.call("get_price_events")
        return list(answer["events_record_list"])


async def started(
    clock: VirtualClock, source: PriceSourceOptions | None, kept: Collections | None = None
) -> Home:
    """Return a home that is switched on."""
    home = Home(clock, source, kept)
    await home.start()
    return home


async def test_a_curve_on_the_topic_reaches_the_display_and_changes_in_time(
    clock: VirtualClock,
) -> None:
    home = await started(clock, SOURCE)

    await home.tell(home.curve([0.3, 0.1, 0.2]))

    assert home.shown == 0.3
    assert [event["price"] for event in await home.events()] == [3_000, 1_000, 2_000]
    await clock.advance(seconds=HOUR)
    assert home.shown == 0.1
    await clock.advance(seconds=2 * HOUR)
    assert home.shown is None
    await home.stop()


async def test_the_same_curve_again_sends_nothing_and_a_correction_what_changed(
    clock: VirtualClock,
) -> None:
    home = await started(clock, SOURCE)
    await home.tell(home.curve([0.1, 0.2, 0.3, 0.4]))
    before = await home.events()

    await home.tell(home.curve([0.1, 0.2, 0.3, 0.4]))
    same = await home.events()
    await home.tell(home.curve([0.1, 0.2, 0.35, 0.4]))
    after = await home.events()

    assert [event["issuer_event_id"] for event in same] == [e["issuer_event_id"] for e in before]
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [event["price"] for event in changed] == [3_500]
    assert changed[0]["issuer_event_id"] > max(event["issuer_event_id"] for event in before)
    await home.stop()


async def test_what_is_wrong_is_told_once_and_the_last_good_curve_stays(
    clock: VirtualClock,
) -> None:
    home = await started(clock, SOURCE)
    await home.tell(home.curve([0.1, 0.2]))
    wrong = home.curve([0.3])[0] | {"value": "cheap"}

    await home.tell([wrong])
    await home.tell([wrong])

    problem = "[0].value: is not a number"
    told = [notice["description"] for notice in home.notifications("message")]
    assert told.count(f"the topic {TOPIC}: {problem}; what it said before still holds") == 1
    assert (await home.call("get_price_source"))["problem"] == problem
    assert home.bridge.health.facts()["notes"] == [f"the topic {TOPIC}: {problem}"]
    assert home.shown == 0.1
    await home.tell(home.curve([0.4]))
    assert home.bridge.health.facts()["price_source"]["problem"] is None
    assert home.shown == 0.4
    await home.stop()


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (b"unavailable", "not JSON"),
        (b" " * (MAX_PAYLOAD + 1), "more than 1048576 octets"),
        (b'[{"start":"2011-07-04T12:00Z","end":"2011-07-05T12:00Z","value":1e9}]', "32 bits"),
    ],
)
async def test_what_cannot_be_used_is_refused(
    clock: VirtualClock, payload: bytes, problem: str
) -> None:
    home = await started(clock, SOURCE)

    await home.tell_text(payload)

    assert problem in (await home.call("get_price_source"))["problem"]
    assert await home.events() == []
    await home.stop()


async def test_too_many_prices_of_several_messages_are_refused(clock: VirtualClock) -> None:
    home = await started(clock, SOURCE)
    minute = home.hour(1)
    curves = [
        [
            {
                "start": iso_time(unix_time(minute + 60 * place)),
                "end": iso_time(unix_time(minute + 60 * (place + 1))),
                "value": place / 100,
            }
            for place in range(first, first + 600)
        ]
        for first in (0, 600)
    ]

    await home.tell(curves[0])
    await home.tell(curves[1])

    told = await home.call("get_price_source")
    assert told["problem"] == "1200 prices to come are more than the 1000 allowed"
    await home.stop()


async def test_a_topic_that_is_cleared_changes_nothing(clock: VirtualClock) -> None:
    home = await started(clock, SOURCE)
    await home.tell(home.curve([0.1]))

    await home.tell_text(b"")

    assert home.shown == 0.1
    assert (await home.call("get_price_source"))["problem"] is None
    await home.stop()


async def test_a_restart_neither_forgets_nor_doubles(clock: VirtualClock) -> None:
    kept = Collections()
    home = await started(clock, SOURCE, kept)
    await home.tell(home.curve([0.1, 0.2, 0.3]))
    before = await home.events()
    await home.stop()

    again = await started(clock, SOURCE, kept)
    await again.tell(again.curve([0.1, 0.2, 0.3]))

    assert [e["issuer_event_id"] for e in await again.events()] == [
        e["issuer_event_id"] for e in before
    ]
    assert again.shown == 0.1
    await again.stop()


async def test_a_curve_that_does_not_fit_any_more_after_a_restart_is_told_of(
    clock: VirtualClock,
) -> None:
    kept = Collections()
    home = await started(clock, SOURCE, kept)
    await home.tell(home.curve([5.5]))
    await home.stop()

    again = await started(clock, replace(SOURCE, decimals=9), kept)

    problem = "a price of 5.5 does not fit 32 bits with 9 decimals"
    assert (await again.call("get_price_source"))["problem"] == problem
    assert [event["price"] for event in await again.events()] == [55_000]
    await again.stop()


async def test_requests_for_the_prices_of_a_source_are_refused_with_words(
    clock: VirtualClock,
) -> None:
    home = await started(clock, SOURCE)
    await home.tell(home.curve([0.1]))
    price = {"price": 25, "duration_in_minutes": 60}

    created = await home.refused("create_price_event", record=price)
    cancelled = await home.refused("cancel_all_price_events")
    gas = await home.call("create_price_event", record=price | {"unit_of_measure": 1})

    for error in (created, cancelled):
        assert f"prices of electricity come from the topic {TOPIC}" in error.message
    assert gas["status"] == 0
    assert len(await home.events()) == 2
    await home.stop()


async def test_prices_of_requests_give_way_when_a_source_speaks(clock: VirtualClock) -> None:
    kept = Collections()
    home = await started(clock, None, kept)
    await home.call("create_price_event", record={"price": 25, "duration_in_minutes": 0xFFFF})
    await home.stop()
    again = await started(clock, SOURCE, kept)
    assert len(await again.events()) == 1

    await again.tell(again.curve([0.1]))

    assert [event["price"] for event in await again.events()] == [1_000]
    await again.stop()


async def test_a_table_is_told_for_today_and_tomorrow_and_then_for_another_day(
    clock: VirtualClock,
) -> None:
    home = Home(clock, TABLE, kinds=())
    await home.start()
    first = await home.events()

    await clock.advance(seconds=HOUR)

    later = await home.events()
    assert {event["rate_label"] for event in first} == {"night", "day"}
    assert {event["price_trailing_digit_and_price_tier"] for event in first} == {0x51, 0x52}
    kept = [event["issuer_event_id"] for event in later if event in first]
    assert kept
    assert len(later) > len(kept)
    assert [e["issuer_event_id"] for e in later][: len(kept)] == kept
    await home.stop()


async def test_who_asks_hears_where_prices_come_from(clock: VirtualClock) -> None:
    home = await started(clock, SOURCE)
    silent = await home.call("get_price_source")
    await home.tell(home.curve([0.1, 0.2, None, 0.3]))

    told = await home.call("get_price_source")

    assert silent == {
        "source": "topic",
        "topic": TOPIC,
        "entity": None,
        "commodity": "electricity",
        "price_unit": "EUR/kWh",
        "heard": None,
        "known_until": None,
        "problem": None,
    }
    assert told["known_until"] == iso_time(unix_time(home.hour(2)))
    assert told["heard"] == iso_time(clock.utc() - 10)
    assert home.bridge.health.facts()["price_source"] == told
    await home.stop()


async def test_an_entity_of_home_assistant_tells_prices(clock: VirtualClock) -> None:
    async with StandIn(TOKEN, {}).serving() as there:
        entity = EntityOptions(entity=ENTITY, address=there.url, token=Secret(TOKEN.encode()))
        home = await started(clock, replace(SOURCE, topic=None, homeassistant=entity))
        await until(lambda: home.bridge.health.facts()["price_source"]["problem"])
        silent = home.bridge.health.facts()["notes"]
        curve = home.curve([0.1, 0.2])

        await there.tell(ENTITY, "0.1", raw_today=curve[:1], raw_tomorrow=curve[1:], unit="EUR/kWh")
        await until(lambda: home.bridge.health.facts()["price_source"]["heard"])
        await clock.advance(seconds=10)
        told = await home.call("get_price_source")
        await there.tell(ENTITY, "0.1", raw_today=[], unit="EUR/kWh")
        await until(lambda: home.bridge.health.facts()["price_source"]["problem"])
        empty = home.bridge.health.facts()["price_source"]["problem"]
        await home.stop()

    assert silent == [f"the entity {ENTITY}: Home Assistant has no such entity"]
    assert (told["source"], told["entity"], told["topic"]) == ("homeassistant", ENTITY, None)
    assert (told["problem"], home.shown) == (None, 0.1)
    assert empty == "the list holds no price"
    assert TOKEN not in json.dumps(list(home.notifications("message")))


async def test_an_attribute_may_be_named(clock: VirtualClock) -> None:
    async with StandIn(TOKEN, {}).serving() as there:
        entity = EntityOptions(
            entity=ENTITY, attribute="data", address=there.url, token=Secret(TOKEN.encode())
        )
        home = await started(clock, replace(SOURCE, topic=None, homeassistant=entity))
        await there.tell(ENTITY, "0.1", data=home.curve([0.1]), today=[])
        await until(lambda: home.bridge.health.facts()["price_source"]["heard"])
        await clock.advance(seconds=10)
        await home.stop()

    assert home.shown == 0.1


async def test_who_asks_without_a_source_hears_that_prices_come_by_requests(
    clock: VirtualClock,
) -> None:
    home = await started(clock, None)

    told = await home.call("get_price_source")

    assert told["source"] == "requests"
    assert "price_source" not in home.bridge.health.facts()
    await home.stop()
