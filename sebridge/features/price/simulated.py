"""Simulated displays and thermostats hear the prices; a display shows the one in force."""

from collections.abc import Sequence
from typing import Final

import msgspec

from sebridge.base.clock import Clock, zigbee_time
from sebridge.features.price.client import PriceClient
from sebridge.features.price.records import GetScheduledPricesRecord, PublishPriceRecord
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.gateway.events.event_cluster import end_of
from sebridge.model.currency import currency_code
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.simulator.vocabulary import (
    DISPLAY,
    NOTHING,
    THERMOSTAT,
    Question,
    SimulatedHost,
    SimulatedPart,
    always,
)
from sebridge.zcl.metering import unit_of

_HEARING: Final = (DISPLAY, THERMOSTAT)


class SeenPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A price in force on a display, in `currency` for a `unit` of the `commodity`.

    `end` is null for a price that lasts until another comes; times are seconds since 2000.
    """

    commodity: str
    amount: float
    digits: int
    currency: str
    unit: str
    rate_label: str
    tier: int
    issuer_event_id: int
    start: int
    end: int | None


def seen(record: PublishPriceRecord) -> SeenPrice:
    """Return what a person sees of a price in force."""
    unit = unit_of(record.unit_of_measure)
    return SeenPrice(
        commodity=unit.commodity,
        amount=record.amount,
        digits=record.trailing_digits,
        currency=currency_code(record.currency),
        unit=unit.energy,
        rate_label=str(record.rate_label),
        tier=record.tier,
        issuer_event_id=record.issuer_event_id,
        start=record.start_time,
        end=end_of(record.start_time, record.duration_in_minutes),
    )


class PriceOnDisplay:
    """The price that a person sees on a display."""

    def __init__(self, prices: PriceClient, clock: Clock) -> None:
        self._prices = prices
        self._clock = clock

    @property
    def price(self) -> float | None:
        """The price in force, in the main unit of its currency; None for unknown (PRC-19)."""
        prices = self._prices.active(zigbee_time(self._clock.utc()))
        return prices[-1].amount if prices else None

    def seen(self) -> Sequence[SeenPrice]:
        """Return the prices in force: one of each commodity that is priced."""
        return [seen(price) for price in self._prices.active(zigbee_time(self._clock.utc()))]


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let the device hear prices, and ask for all that are scheduled."""
    if host.kind not in _HEARING:
        return NOTHING
    client = PriceClient(
        host.endpoint_id, Schedule(Policy.PRICE, {}, MOST_HEARD), time_is_known=always
    )
    shown = PriceOnDisplay(client, host.clock)
    has_screen = host.kind is DISPLAY
    return SimulatedPart(
        clusters=(client,),
        questions=(Question(client, GetScheduledPricesRecord()),),
        views=(shown,) if has_screen else (),
        shown={"prices": shown.seen} if has_screen else {},
    )
