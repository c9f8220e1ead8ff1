"""The gateway's prices in Home Assistant have the units of those that were published."""

import datetime as dt
from itertools import pairwise
import json
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from msgspec.structs import replace
import pytest

from sebridge.base.clock import VirtualClock, iso_time, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.features.price.entities import PriceEntities
from sebridge.features.price.records import PublishPriceRecord
from sebridge.gateway.events.signals import EventsChanged
from sebridge.homeassistant.entity import EntitiesChanged
from sebridge.settings.default_price import DefaultPrice
from sebridge.zcl.identifiers import DRLC, PRICE
from tests.homeassistant.house import Kept, entity_host


def prices(**fields: Any) -> EventsChanged:
    price = PublishPriceRecord(issuer_event_id=7, duration_in_minutes=60, price=21, **fields)
    return EventsChanged(0x5E, PRICE, [price], server=True)


def test_only_a_new_unit_is_news_of_the_gateway(bus: SignalBus) -> None:
    PriceEntities(entity_host(bus, {}))
    news: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, news.append)

    counts = []
    for currency in (840, 840, 978):
        bus.send(prices(currency=currency))
        counts.append(len(news))

    assert counts == [1, 1, 2]
    assert set(news) == {EntitiesChanged(None)}


def test_the_next_price_has_its_own_unit_before_a_change_of_the_currency(bus: SignalBus) -> None:
    kept: Kept = {}
    clock = VirtualClock()
    entities = PriceEntities(entity_host(bus, kept, clock))
    now = zigbee_time(clock.utc())
    lev = PublishPriceRecord(
        issuer_event_id=1, start_time=now, duration_in_minutes=60, price=25, currency=975
    )
    euro = lev.replace(issuer_event_id=2, start_time=now + 3600, currency=978, price=13)

    bus.send(EventsChanged(0x5E, PRICE, [lev, euro], server=True))

    assert _units(entities) == {"price": "BGN/kWh", "next_price": "EUR/kWh"}
    assert _units(PriceEntities(entity_host(SignalBus(), kept, clock))) == _units(entities)


async def test_the_current_price_has_the_new_unit_when_the_currency_has_changed(
    bus: SignalBus, clock: VirtualClock
) -> None:
    entities = PriceEntities(entity_host(bus, {}, clock))
    now = zigbee_time(clock.utc())
    lev = PublishPriceRecord(
        issuer_event_id=1, start_time=now, duration_in_minutes=60, price=25, currency=975
    )
    euro = lev.replace(issuer_event_id=2, start_time=now + 3600, currency=978, price=13)
    bus.send(EventsChanged(0x5E, PRICE, [lev, euro], server=True))

    await clock.advance(minutes=60)
    bus.send(EventsChanged(0x5E, PRICE, [euro], server=True))

    assert _units(entities) == {"price": "EUR/kWh", "next_price": "EUR/kWh"}


def test_without_a_price_the_unit_is_that_of_the_default_price(
    bus: SignalBus, clock: VirtualClock
) -> None:
    default = {"electricity": DefaultPrice(0.3, "EUR", "kWh"), "gas": DefaultPrice(1, "EUR", "m³")}
    entities = PriceEntities(replace(entity_host(bus, {}, clock), default_prices=default))
    news: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, news.append)

    before = _units(entities)
    bus.send(prices(start_time=zigbee_time(clock.utc())))
    during = _units(entities)
    bus.send(EventsChanged(0x5E, PRICE, [], server=True))
    after = _units(entities)

    assert before == {"price": "EUR/kWh", "gas_price": "EUR/m³"}
    assert (during["price"], during["gas_price"]) == ("USD/kWh", "EUR/m³")
    assert (after["price"], after["next_price"]) == ("EUR/kWh", "USD/kWh")
    assert len(news) == 2


def in_euro() -> Kept:
    """Return what is kept after a first price of electricity."""
    return {"price_units": {"electricity": "EUR/kWh"}}


def test_the_default_price_is_shown_where_there_is_one(bus: SignalBus) -> None:
    plain = PriceEntities(entity_host(bus, in_euro()))
    default = {"electricity": DefaultPrice(0.3, "EUR", "kWh")}
    chosen = PriceEntities(replace(entity_host(bus, {}), default_prices=default))

    templates = [
        next(str(e.template) for e in entities.of_gateway() if e.key == "price")
        for entities in (plain, chosen)
    ]

    assert "default" not in templates[0]
    assert templates[1].endswith("else value_json.default.price if value_json.default else none }}")


def _units(entities: PriceEntities) -> dict[str, str]:
    return {e.key: e.unit for e in entities.of_gateway() if e.unit}


def test_other_events_have_no_price(bus: SignalBus) -> None:
    kept: Kept = {}
    PriceEntities(entity_host(bus, kept))

    bus.send(EventsChanged(0x5E, DRLC, prices().records, server=True))

    assert kept == {"price_units": {}, "next_price_units": {}}


def test_a_commodity_keeps_its_price_and_unit_over_a_restart(bus: SignalBus) -> None:
    kept: Kept = {}
    PriceEntities(entity_host(bus, kept))
    bus.send(prices(unit_of_measure=1, currency=978))

    shown = PriceEntities(entity_host(SignalBus(), kept)).of_gateway()

    assert kept["price_units"] == {"gas": "EUR/m³"}
    assert {e.key: e.unit for e in shown if e.unit} == {
        "gas_price": "EUR/m³",
        "gas_next_price": "EUR/m³",
    }


def rendered(template: str, board: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Return attributes as Home Assistant makes them, whose functions these are."""
    environment = jinja2.Environment(autoescape=False)  # it makes JSON
    environment.filters |= {
        "as_datetime": dt.datetime.fromisoformat,
        "as_local": lambda moment: moment.astimezone(now.tzinfo),
        "to_json": json.dumps,
    }
    functions = {"now": lambda: now, "timedelta": dt.timedelta}
    text = environment.from_string(template, globals=functions).render(value_json=board)
    return dict(json.loads(text))


@pytest.mark.parametrize("default", [{}, {"electricity": DefaultPrice(0.3, "EUR", "kWh")}])
def test_the_curve_of_today_and_tomorrow_is_in_the_attributes_as_cards_read_it(
    bus: SignalBus, default: dict[str, DefaultPrice]
) -> None:
    entities = PriceEntities(replace(entity_host(bus, in_euro()), default_prices=default))
    (entity,) = (entity for entity in entities.of_gateway() if entity.key == "price")
    now = dt.datetime(2026, 10, 25, 22, 30, tzinfo=ZoneInfo("Europe/Berlin"))  # 25 hours long
    times = [f"2026-10-25T{hour}:00:00Z" for hour in (20, 21, 22, 23)]
    times += [f"2026-10-{day}T23:00:00Z" for day in (26, 27)]
    schedule = [
        {"from": start, "until": end, "price": place / 10}
        for place, (start, end) in enumerate(pairwise([*times, None]))
    ]
    board = {"currency": "EUR", "unit": "kWh", "schedule": schedule, "current": schedule[0]}

    found = rendered(entity.attributes or "", board, now)

    assert [slot["value"] for slot in found["raw_today"]] == [0.0, 0.1, 0.2]
    assert found["raw_tomorrow"] == [
        {"start": "2026-10-25T23:00:00Z", "end": "2026-10-26T23:00:00Z", "value": 0.3}
    ]
    assert (found["currency"], found["per"]) == ("EUR", "kWh")


def test_the_longest_days_by_the_quarter_fit_into_the_history(bus: SignalBus) -> None:
    gateway = PriceEntities(entity_host(bus, in_euro())).of_gateway()
    (entity,) = (entity for entity in gateway if entity.key == "price")
    zone = ZoneInfo("Europe/Berlin")
    begin = dt.datetime(2026, 10, 25, tzinfo=zone)
    quarters = [begin.timestamp() + 900 * place for place in range(100 + 96 + 1)]
    schedule = [
        {"from": iso_time(start), "until": iso_time(end), "price": -0.12345}
        for start, end in pairwise(quarters)
    ]
    board = {"currency": "EUR", "unit": "kWh", "schedule": schedule}

    found = rendered(entity.attributes or "", board, begin)

    assert (len(found["raw_today"]), len(found["raw_tomorrow"])) == (100, 96)
    assert len(json.dumps(found, separators=(",", ":"))) < 16_384
