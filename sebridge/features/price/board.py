"""Prices as people read them: in the main unit of their currency, with times and labels. Pure."""

from collections.abc import Sequence
from typing import Any

from sebridge.base.clock import iso_time, unix_time
from sebridge.features.price.currency import currency_code
from sebridge.features.price.records import UNTIL_CHANGED, PublishPriceRecord
from sebridge.zcl.metering import unit_of


def boards(prices: Sequence[PublishPriceRecord], now: float) -> dict[str, dict[str, Any]]:
    """Return, for each commodity, what is on its price board.

    `prices` have absolute start times and stand in the order of their start; `now` is seconds
    since 1970. The current price is null when none is in force (PRC-19).
    """
    by_commodity: dict[str, list[PublishPriceRecord]] = {}
    for price in prices:
        commodity = unit_of(int(price.unit_of_measure)).commodity or "other"
        by_commodity.setdefault(commodity, []).append(price)
    return {commodity: _board(own, now) for commodity, own in by_commodity.items()}


def empty_board(now: float) -> dict[str, Any]:
    """Return the board of a commodity without any price."""
    return _frame(None, None, [], now)


def _board(prices: Sequence[PublishPriceRecord], now: float) -> dict[str, Any]:
    schedule = [
        _line(price, prices[place + 1] if place + 1 < len(prices) else None)
        for place, price in enumerate(prices)
    ]
    shown = iso_time(now)
    current = next((line for line in schedule if line["from"] <= shown), None)
    upcoming = next((line for line in schedule if line["from"] > shown), None)
    return _frame(current, upcoming, schedule, now) | _money(prices[0])


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
    code, unit = currency_code(int(price.currency)), unit_of(int(price.unit_of_measure)).energy
    return {"currency": code, "unit": unit, "price_unit": f"{code}/{unit}" if unit else code}


def _line(price: PublishPriceRecord, successor: PublishPriceRecord | None) -> dict[str, Any]:
    start = unix_time(int(price.start_time))
    if price.duration_in_minutes != UNTIL_CHANGED:
        until: float | None = start + 60 * int(price.duration_in_minutes)
    else:
        until = None if successor is None else unix_time(int(successor.start_time))
    return {
        "price": price.amount,
        "tier": price.tier or None,
        "label": str(price.rate_label) or None,
        "from": iso_time(start),
        "until": None if until is None else iso_time(until),
        "issuer_event_id": int(price.issuer_event_id),
    }
