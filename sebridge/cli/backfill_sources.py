"""Who knows what was used hour by hour: a meter by its load profile, a circle by its log."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import unix_time, zigbee_time
from sebridge.base.errors import RequestError
from sebridge.homeassistant.backfill import HOUR, Used
from sebridge.homeassistant.naming import Naming, unique_id
from sebridge.network.identities import Exchange, Identities

_SUMS: Final = ("energy_in", "energy_out")
"""Sums of a meter or a circle; the load profile of a meter has them in this order."""
_PERIODS: Final = 24  # intervals of one question: what most meters give at most
_MOST_QUESTIONS: Final = 400
_MOST_HOURS: Final = 1500  # of one question to the history of a circle

Call = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Calls an RPC method of the gateway by its name, and returns the result; SebridgeError."""


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """A sum that Home Assistant has: which of them, its unique id there, what it shows now."""

    number: int
    unique_id: str
    unit: str
    register: float


class Source(Protocol):
    """Who has sums, and knows what was used in the past."""

    async def sums(self) -> Sequence[Sum]:
        """Return its sums."""

    async def used(self, one: Sum, since: int) -> list[Used]:
        """Return what was used since a time (since 1970), as far back as it is known."""


class MeterSource:
    """A meter of the ZigBee network. Without an endpoint it is the first of its meters."""

    def __init__(self, call: Call, gateway: str, meter: Eui64, endpoint: int | None) -> None:
        self._method = call
        self._gateway = gateway
        self._meter = meter
        self._endpoint = endpoint

    async def sums(self) -> Sequence[Sum]:
        """Return what its registers show."""
        endpoint = {} if self._endpoint is None else {"destination_endpoint_id": self._endpoint}
        reading = await self._call("get_meter_reading", **endpoint)
        self._endpoint = int(reading["source_endpoint_id"])
        known_as = await self._known_as(self._endpoint)
        return [
            Sum(
                number=number,
                unique_id=known_as(key),
                unit=reading["unit"],
                register=float(reading[key]),
            )
            for number, key in enumerate(_SUMS)
            if reading[key] is not None
        ]

    async def used(self, one: Sum, since: int) -> list[Used]:
        """Return the intervals since a time, as far back as the meter keeps them."""
        found: list[Used] = []
        end = 0  # now
        for _ in range(_MOST_QUESTIONS):
            answer = await self._call(
                "get_meter_profile",
                destination_endpoint_id=self._endpoint,
                interval_channel=one.number,
                end_time=end,
                number_of_periods=_PERIODS,
            )
            records = answer["record_list"]
            found += [
                Used(int(unix_time(r["start"])), int(unix_time(r["end"])), r["value"])
                for r in records
            ]
            oldest = min((r["start"] for r in records), default=0)
            if oldest <= zigbee_time(since) or (end and oldest >= end):
                break
            end = oldest
        return found

    async def _known_as(self, endpoint: int) -> Callable[[str], str]:
        """Return what gives the unique id of a component of the meter, by its key."""
        swaps = await self._method("get_meter_swaps", {})
        identities = Identities()
        identities.arrange(
            Exchange(
                old=Eui64.parse(swap["old_address"]),
                new=Eui64.parse(swap["new_address"]),
                endpoints={
                    record["new_endpoint_id"]: record["old_endpoint_id"]
                    for record in swap["record_list"]
                    if record["new_endpoint_id"] is not None
                },
            )
            for swap in swaps["record_list"]
            if swap["done"] is not None
        )
        identifier = Naming("", self._gateway, identities).device(self._meter)
        number = identities.endpoint(self._meter, endpoint)
        return partial(_component, identifier, number)

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return await self._method(method, {"destination_address": str(self._meter), **params})


def _component(identifier: str, endpoint: int, key: str) -> str:
    return unique_id(identifier, f"{endpoint}_{key}")


class CircleSource:
    """A circle of the Plugwise stick."""

    def __init__(self, call: Call, gateway: str, circle: Eui64) -> None:
        self._call = call
        self._circle = {"circle_address": str(circle)}
        self._identifier = Naming("", gateway, Identities()).device(circle)

    async def sums(self) -> Sequence[Sum]:
        """Return the sums of what it consumed and, where there is any, of what it produced.

        RequestError while it is not known how far its log goes.
        """
        told = await self._call("get_circle", self._circle)
        if told["energy_in"] is None:
            raise RequestError("the log of the circle is being read: try again in some minutes")
        return [
            Sum(
                number=number,
                unique_id=unique_id(self._identifier, key),
                unit="kWh",
                register=float(told[key]),
            )
            for number, key in enumerate(_SUMS)
            if number == 0 or told[key]
        ]

    async def used(self, one: Sum, since: int) -> list[Used]:
        """Return the hours of its log since a time, 1500 of them at most."""
        begin = zigbee_time(since)
        span = {"begin": begin, "end": begin + _MOST_HOURS * HOUR}
        answer = await self._call("get_circle_history", self._circle | span)
        return [
            Used(int(unix_time(r["begin"])), int(unix_time(r["end"])), r[_SUMS[one.number]])
            for r in answer["record_list"]
        ]
