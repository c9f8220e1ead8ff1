"""Prices as people read them: in the main unit of their currency, with times and labels."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from sebridge.base.clock import iso_time, unix_time, zigbee_time
from sebridge.features.price.in_force import BelowZero, below_zero_after, true_amount
from sebridge.features.price.records import UNTIL_CHANGED, PublishPriceRecord
from sebridge.features.price.signals import PricesBelowZero
from sebridge.gateway.events.signals import ActiveEventsChanged, EventsChanged
from sebridge.model.currency import currency_code
from sebridge.rpc.json_codec import dump
from sebridge.settings.default_price import DefaultPrice
from sebridge.transports.mqtt.delivered import DeliveredEvents
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.identifiers import PRICE
from sebridge.zcl.metering import unit_of

_LONGEST: Final = UNTIL_CHANGED - 1  # minutes

DELIVERED_PRICE: Final = "price"
"""The last level of the topic with the price that a device was given last."""


def board_topic(topics: Topics, commodity: str) -> str:
    """Return where the prices of a commodity are kept."""
    return topics.at("price", commodity)


def forecast_topic(topics: Topics, commodity: str) -> str:
    """Return where the curve of a commodity's prices is kept, for programs that plan by it."""
    return topics.at("price", commodity, "forecast")


class PriceBoards:
    """Keeps the price of each commodity as people read it, right at every boundary, and its curve.

    And the price of each device which was given one. A default price stands beside the current one,
    and in no list: nobody sent it, and no device is told of it.
    """

    def __init__(self, host: TopicHost) -> None:
        self._mqtt = host.mqtt
        self._topics = host.topics
        self._clock = host.network_clock
        self._shows = host.shows
        self._prices: tuple[PublishPriceRecord, ...] = ()
        self._below_zero: BelowZero = {}
        branch = f"{self._topics.at('price')}/"
        earlier = (topic.removeprefix(branch) for topic in self._mqtt.kept_below(branch[:-1]))
        self._commodities = {name for name in earlier if "/" not in name}
        self._defaults = {name: _told(price) for name, price in host.default_prices.items()}
        self._commodities |= self._defaults.keys()
        host.bus.listen(EventsChanged, self._on_list)
        host.bus.listen(ActiveEventsChanged, self._on_active)
        host.bus.listen(PricesBelowZero, self._on_below_zero)
        DeliveredEvents(
            host,
            name=DELIVERED_PRICE,
            cluster_id=PRICE,
            describe=lambda price: _line(price, None, {}),
        )

    def show(self) -> None:
        """Publish every board, and every curve, as it stands now."""
        now = self._clock.utc()
        found = boards(self._prices, now, self._below_zero)
        curves = forecasts(self._prices, now, self._below_zero)
        for commodity in sorted(self._commodities | set(found)):
            board = found.get(commodity) or empty_board(now)
            if commodity in self._defaults:
                board |= {"default": self._defaults[commodity]}
            self._mqtt.publish(board_topic(self._topics, commodity), dump(board), retain=True)
            self._mqtt.publish(
                forecast_topic(self._topics, commodity),
                dump(curves.get(commodity, [])),
                retain=True,
                only_if_changed=True,
            )
        self._commodities |= set(found)

    def _on_list(self, signal: EventsChanged) -> None:
        if signal.cluster_id == PRICE and self._shows(signal):
            self._prices = tuple(r for r in signal.records if isinstance(r, PublishPriceRecord))
            self.show()

    def _on_active(self, signal: ActiveEventsChanged) -> None:
        if signal.cluster_id == PRICE and self._shows(signal):
            self.show()

    def _on_below_zero(self, signal: PricesBelowZero) -> None:
        self._below_zero = below_zero_after(self._below_zero, signal)


def boards(
    prices: Sequence[PublishPriceRecord], now: float, below_zero: BelowZero
) -> dict[str, dict[str, Any]]:
    """Return, for each commodity, what is on its price board.

    `prices` have absolute start times and stand in the order of their start; `now` is seconds
    since 1970. The current price is null when none is in force (PRC-19).
    """
    return {
        commodity: _board(own, now, below_zero) for commodity, own in _by_commodity(prices).items()
    }


def forecasts(
    prices: Sequence[PublishPriceRecord], now: float, below_zero: BelowZero
) -> dict[str, list[dict[str, Any]]]:
    """Return the curve of each commodity, from the price in force on; arguments as for `boards`.

    What is unknown is left out. A price without an end ends where the next one starts, or else
    after the longest time for which a price can be said to hold.
    """
    return {
        commodity: [
            {
                "start": line["from"],
                "end": line["until"] or iso_time(now + 60 * _LONGEST),
                "value": line["price"],
                "currency": line["currency"],
                "unit": line["unit"],
            }
            for line in _lines(own, below_zero)
        ]
        for commodity, own in _by_commodity(prices).items()
    }


class PriceUnits(msgspec.Struct, frozen=True):
    """The units of the prices on a board, such as USD/kWh, each its own; None without a price."""

    current: str | None = None
    upcoming: str | None = None


def price_units(prices: Sequence[PublishPriceRecord], now: float) -> dict[str, PriceUnits]:
    """Return the units of each commodity's current and next price; both as `boards` takes them."""
    found = {}
    for commodity, own in _by_commodity(prices).items():
        shown = (None if place is None else own[place] for place in _now_and_next(own, now))
        units = (None if price is None else _money(price)["price_unit"] for price in shown)
        found[commodity] = PriceUnits(*units)
    return found


def empty_board(now: float) -> dict[str, Any]:
    """Return the board of a commodity without any price."""
    return _frame(None, None, [], now)


def _told(default: DefaultPrice) -> dict[str, Any]:
    return {
        "price": default.price,
        "currency": default.currency,
        "unit": default.unit,
        "price_unit": default.price_unit,
    }


def _by_commodity(prices: Sequence[PublishPriceRecord]) -> dict[str, list[PublishPriceRecord]]:
    found: dict[str, list[PublishPriceRecord]] = {}
    for price in prices:
        commodity = unit_of(price.unit_of_measure).commodity or "other"
        found.setdefault(commodity, []).append(price)
    return found


def _board(
    prices: Sequence[PublishPriceRecord], now: float, below_zero: BelowZero
) -> dict[str, Any]:
    schedule = _lines(prices, below_zero)
    shown = (None if place is None else schedule[place] for place in _now_and_next(prices, now))
    current, upcoming = shown
    return _frame(current, upcoming, schedule, now) | _money(prices[0])


def _lines(prices: Sequence[PublishPriceRecord], below_zero: BelowZero) -> list[dict[str, Any]]:
    successors = (*prices[1:], None)
    return [
        _line(price, successor, below_zero)
        for price, successor in zip(prices, successors, strict=True)
    ]


def _now_and_next(
    prices: Sequence[PublishPriceRecord], now: float
) -> tuple[int | None, int | None]:
    """Return the places of the price in force and of the next one, in their order of start."""
    moment = zigbee_time(now)
    current = 0 if prices[0].start_time <= moment else None
    later = (place for place, price in enumerate(prices) if price.start_time > moment)
    return current, next(later, None)


def _frame(
    current: dict[str, Any] | None,
    upcoming: dict[str, Any] | None,
    schedule: list[dict[str, Any]],
    now: float,
) -> dict[str, Any]:
    return {
        "current": current,
        "next": upcoming,
        "schedule": schedule,
        "currency": None,
        "unit": None,
        "price_unit": None,
        "time": iso_time(now),
    }


def _money(price: PublishPriceRecord) -> dict[str, str]:
    code, unit = currency_code(price.currency), unit_of(price.unit_of_measure).energy
    return {"currency": code, "unit": unit, "price_unit": f"{code}/{unit}" if unit else code}


def _line(
    price: PublishPriceRecord, successor: PublishPriceRecord | None, below_zero: BelowZero
) -> dict[str, Any]:
    start = unix_time(price.start_time)
    if price.duration_in_minutes != UNTIL_CHANGED:
        until: float | None = start + 60 * price.duration_in_minutes
    else:
        until = None if successor is None else unix_time(successor.start_time)
    return {
        "price": true_amount(price, below_zero),
        "tier": price.tier or None,
        "label": str(price.rate_label) or None,
        "from": iso_time(start),
        "until": None if until is None else iso_time(until),
        "issuer_event_id": price.issuer_event_id,
    } | _money(price)
