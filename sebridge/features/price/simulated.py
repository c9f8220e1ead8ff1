"""Simulated displays and thermostats hear the prices; a display shows the one in force."""

from typing import Final

from sebridge.base.clock import Clock, zigbee_time
from sebridge.features.price.client import PriceClient
from sebridge.features.price.records import GetScheduledPricesRecord
from sebridge.gateway.events.event_client import MOST_HEARD
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

_HEARING: Final = (DISPLAY, THERMOSTAT)


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


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let the device hear prices, and ask for all that are scheduled."""
    if host.kind not in _HEARING:
        return NOTHING
    client = PriceClient(
        host.endpoint_id, Schedule(Policy.PRICE, {}, MOST_HEARD), time_is_known=always
    )
    return SimulatedPart(
        clusters=(client,),
        questions=(Question(client, GetScheduledPricesRecord()),),
        views=(PriceOnDisplay(client, host.clock),) if host.kind is DISPLAY else (),
    )
