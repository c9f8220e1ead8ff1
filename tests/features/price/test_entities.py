"""The gateway's prices in Home Assistant have the units of those that were published."""

from typing import Any

from sebridge.base.signals import SignalBus
from sebridge.features.price.entities import PriceEntities
from sebridge.features.price.records import PublishPriceRecord
from sebridge.gateway.events.signals import EventsChanged
from sebridge.homeassistant.entity import EntitiesChanged
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


def test_other_events_have_no_price(bus: SignalBus) -> None:
    kept: Kept = {}
    PriceEntities(entity_host(bus, kept))

    bus.send(EventsChanged(0x5E, DRLC, prices().records, server=True))

    assert kept == {"price_units": {}}


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
