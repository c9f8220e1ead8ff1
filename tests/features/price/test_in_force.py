"""What the prices in force are, for whoever counts money."""

from collections.abc import Sequence

from sebridge.base.clock import unix_time
from sebridge.base.signals import SignalBus
from sebridge.features.price.in_force import PriceNews
from sebridge.features.price.records import UNTIL_CHANGED, PublishPriceRecord
from sebridge.features.price.signals import PricesBelowZero
from sebridge.gateway.events.signals import ActiveEventsChanged, PriceInForce, PricesInForce
from sebridge.zcl.identifiers import DRLC, PRICE

START = 400_000_000


def price(amount: int, minutes: int = UNTIL_CHANGED) -> PublishPriceRecord:
    return PublishPriceRecord(
        issuer_event_id=1,
        start_time=START,
        duration_in_minutes=minutes,
        price=amount,
        currency=978,
        unit_of_measure=0,
    )


def active(prices: Sequence[PublishPriceRecord], cluster: int = PRICE) -> ActiveEventsChanged:
    return ActiveEventsChanged(0x5E, cluster, prices, server=True)


def in_force(amount: float, end: float | None) -> PriceInForce:
    return PriceInForce(
        commodity="electricity",
        unit="kWh",
        price=amount,
        currency="EUR",
        begin=unix_time(START),
        end=end,
    )


def test_prices_are_told_in_their_main_unit_with_begin_and_end(bus: SignalBus) -> None:
    told: list[PricesInForce] = []
    bus.listen(PricesInForce, told.append)
    PriceNews(bus, lambda _signal: True)

    bus.send(active([price(31, 60)]))
    bus.send(active([price(31)]))
    bus.send(active([]))

    assert [list(one.prices) for one in told] == [
        [in_force(0.31, unix_time(START + 3600))],
        [in_force(0.31, None)],
        [],
    ]


def test_a_price_below_zero_is_told_as_it_is(bus: SignalBus) -> None:
    told: list[PricesInForce] = []
    bus.listen(PricesInForce, told.append)
    PriceNews(bus, lambda _signal: True)
    bus.send(active([price(0)]))

    bus.send(PricesBelowZero("electricity", {START: -0.05}))

    assert told[-1].prices == [in_force(-0.05, None)]


def test_other_lists_are_no_news(bus: SignalBus) -> None:
    told: list[PricesInForce] = []
    bus.listen(PricesInForce, told.append)
    PriceNews(bus, lambda signal: signal.cluster_id != PRICE)

    bus.send(active([price(31)]))
    bus.send(active([price(31)], DRLC))

    assert told == []
