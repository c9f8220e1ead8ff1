"""A week of a bridge with prices that change, and what its meter counted under each of them.

A whole bridge lives on the simulated air, by virtual clock, in a week in which summer time ends.
What it keeps for the broker is noted with the time at which it did: a real Home Assistant gets that
from `script/try_with_homeassistant_costs`, and `test_costs.py` compares with what came of it.
"""

from collections.abc import Sequence
from datetime import datetime
import json
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from typing_extensions import override

from sebridge.base.clock import VirtualClock, iso_time
from sebridge.features.metering.simulated_meter import MeterServer
from sebridge.settings.default_price import DefaultPrice
from sebridge.settings.options import HomeAssistantOptions
from sebridge.settings.price_source import PriceSourceOptions, PriceUnit
from sebridge.transports.mqtt.messages import Message
from tests.api.home import METER, Home
from tests.doubles import RecordingBroker

_ZONE: Final = ZoneInfo("Europe/Berlin")
BEGIN: Final = int(datetime(2026, 10, 19, tzinfo=_ZONE).timestamp())
END: Final = int(datetime(2026, 10, 26, tzinfo=_ZONE).timestamp())
HOUR: Final = 3600
BEFORE: Final = 1800.0
"""Seconds for which the bridge has lived when the week begins."""
_DAY: Final = 86_400
_DEFAULT: Final = 0.30
_GAP: Final = range(BEGIN + 60 * HOUR, BEGIN + 63 * HOUR)
_SOURCE: Final = PriceSourceOptions(
    price_unit=PriceUnit("EUR", "kWh"), topic="prices", time_zone="Europe/Berlin", decimals=4
)
_AVAILABILITY: Final = "sebridge/home/availability"
_WANTED: Final = ("homeassistant/", _AVAILABILITY, "sebridge/home/price/")
_WANTED_OF_DEVICES: Final = ("/metering", "/availability")


class Kept(NamedTuple):
    """What was kept on a topic, and when (UTC)."""

    at: float
    topic: str
    payload: str


class Period(NamedTuple):
    """A price from a moment on, and how many watt-hours the meter counted under it."""

    start: int
    price: float
    counted: int


class Hourly(NamedTuple):
    """Kilowatt-hours and money of each hour from the beginning on."""

    energy: Sequence[float]
    cost: Sequence[float]


def price_at(start: int, step: int) -> float | None:
    """Return the price from a moment on: none in the gap, now and then one below zero."""
    if start in _GAP:
        return None
    place = (start - BEGIN) // step
    return round(0.02 + (place * 7919 % 37) / 100 - 0.05 * (place % 11 == 3), 4)


class _Broker(RecordingBroker):
    """Notes what is kept, and when."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock
        self.messages: list[Kept] = []

    @override
    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        if retain and not (only_if_changed and self.retained.get(topic) == payload):
            self.messages.append(Kept(self._clock.utc(), topic, payload.decode()))
        super().publish(topic, payload, retain=retain, only_if_changed=only_if_changed)
        self.history.clear()

    @override
    def stream(self, topic: str, payload: bytes) -> None:
        """Leave out what happens: it is not kept."""


async def week(step: int, end: int = END) -> tuple[list[Kept], list[Period]]:
    """Live from `BEGIN` to `end` with prices that last `step` seconds each."""
    clock = VirtualClock(BEGIN - BEFORE)
    broker = _Broker(clock)
    home = Home(
        clock,
        [METER],
        broker=broker,
        price_source=_SOURCE,
        homeassistant=HomeAssistantOptions(
            default_prices={"electricity": DefaultPrice(_DEFAULT, "EUR", "kWh")}
        ),
        meter={"unreportable": (0x0000, 0x0400), "solar_peak": 0.0},
    )
    await home.start()
    (meter,) = home.house.household.find(MeterServer).values()
    periods: list[Period] = []
    for start in range(BEGIN, end, step):
        if (start - BEGIN) % _DAY == 0:
            broker.deliver(Message("prices", _curve(start, step), retain=True))
        await clock.advance(start - clock.utc())
        register = int(meter.attributes.read(0x0000).value)
        if periods:
            periods[-1] = periods[-1]._replace(counted=register - periods[-1].counted)
        price = price_at(start, step)
        periods.append(Period(start, _DEFAULT if price is None else price, register))
    await clock.advance(end - clock.utc())
    register = int(meter.attributes.read(0x0000).value)
    periods[-1] = periods[-1]._replace(counted=register - periods[-1].counted)
    await clock.advance(seconds=100)
    await home.stop()
    kept = [
        one
        for one in broker.messages
        if one.topic.startswith(_WANTED) or one.topic.endswith(_WANTED_OF_DEVICES)
    ]
    return [Kept(BEGIN - BEFORE, _AVAILABILITY, "online"), *kept], periods


def _curve(day: int, step: int) -> bytes:
    """Return the prices of a day and the next one."""
    curve = [
        {"start": iso_time(at), "end": iso_time(at + step), "value": price_at(at, step)}
        for at in range(day, min(day + 2 * _DAY, END), step)
    ]
    return json.dumps(curve).encode()


def by_the_register(periods: Sequence[Period]) -> Hourly:
    """Return what the meter counted in each hour, and what that cost."""
    hours = (periods[-1].start - BEGIN) // HOUR + 1
    energy, cost = [0.0] * hours, [0.0] * hours
    for start, price, counted in periods:
        hour = (start - BEGIN) // HOUR
        energy[hour] += counted / 1000
        cost[hour] += price * counted / 1000
    return Hourly(energy, cost)
