"""Tell whoever counts money what the prices in force are."""

from collections.abc import Callable, Mapping

from sebridge.base.clock import unix_time
from sebridge.base.signals import SignalBus
from sebridge.features.price.records import UNTIL_CHANGED, PublishPriceRecord
from sebridge.features.price.signals import PricesBelowZero
from sebridge.gateway.events.signals import ActiveEventsChanged, PriceInForce, PricesInForce
from sebridge.model.currency import currency_code
from sebridge.zcl.identifiers import PRICE
from sebridge.zcl.metering import unit_of

BelowZero = Mapping[tuple[str, int], float]
"""True prices of what is sent as zero, by the commodity and the start."""


def true_amount(price: PublishPriceRecord, below_zero: BelowZero) -> float:
    """Return what a price truly is; its start is absolute."""
    commodity = unit_of(price.unit_of_measure).commodity
    return price.amount or below_zero.get((commodity, price.start_time), price.amount)


def below_zero_after(known: BelowZero, news: PricesBelowZero) -> BelowZero:
    """Return what is known once a commodity's prices below zero have been told."""
    others = {key: price for key, price in known.items() if key[0] != news.commodity}
    return others | {(news.commodity, start): price for start, price in news.prices.items()}


class PriceNews:
    """Makes news of money of the list of prices that the gateway shows, as `shows` knows it."""

    def __init__(self, bus: SignalBus, shows: Callable[[ActiveEventsChanged], bool]) -> None:
        self._bus = bus
        self._shows = shows
        self._prices: tuple[PublishPriceRecord, ...] = ()
        self._below_zero: BelowZero = {}
        bus.listen(ActiveEventsChanged, self._on_active)
        bus.listen(PricesBelowZero, self._on_below_zero)

    def _on_active(self, signal: ActiveEventsChanged) -> None:
        if signal.cluster_id == PRICE and self._shows(signal):
            self._prices = tuple(r for r in signal.records if isinstance(r, PublishPriceRecord))
            self._tell()

    def _on_below_zero(self, signal: PricesBelowZero) -> None:
        self._below_zero = below_zero_after(self._below_zero, signal)
        self._tell()

    def _tell(self) -> None:
        told = [_in_force(price, true_amount(price, self._below_zero)) for price in self._prices]
        self._bus.send(PricesInForce(told))


def _in_force(price: PublishPriceRecord, amount: float) -> PriceInForce:
    unit, start = unit_of(price.unit_of_measure), unix_time(price.start_time)
    lasts = price.duration_in_minutes
    return PriceInForce(
        commodity=unit.commodity,
        unit=unit.energy,
        price=amount,
        currency=currency_code(price.currency),
        begin=start,
        end=None if lasts == UNTIL_CHANGED else start + 60 * lasts,
    )
