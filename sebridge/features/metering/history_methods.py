"""The request for the history of a meter: an own extension."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, unix_time, zigbee_time
from sebridge.base.errors import ParameterError
from sebridge.features.metering.calendar import KEPT, Resolution
from sebridge.features.metering.history import HistorySlot, MeterHistory
from sebridge.features.metering.history_points import (
    Quantity,
    currency_of,
    points,
    unit_of_quantity,
)
from sebridge.model.data_types import Uint8, UtcTime
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import METERING

MOST_POINTS: Final = 1500
"""Points of one answer: all hours of 60 days, and all days of three years."""
_AS_FAR_AS_KEPT: Final = UtcTime(0)
_NOW: Final = UtcTime(0)
_LENGTHS: Final = {
    Resolution.FIVE_MINUTES: 300,
    Resolution.HOUR: 3600,
    Resolution.DAY: 23 * 3600,
    Resolution.MONTH: 28 * 86_400,
}
"""The shortest slot of each resolution in seconds."""


class HistoryPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one slot; `begin` and `end` are seconds since 2000 UTC.

    `value` is what was used in it or cost, or of a demand or price the mean, with `low` and `high`.
    It is `complete` if it speaks of the whole slot. It is `spread` if some of it was counted in an
    outage that reaches beyond the slot, and is laid evenly over that.
    """

    begin: int
    end: int
    value: float | None
    low: float | None
    high: float | None
    complete: bool
    spread: bool


class GetHistoryResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The history of a meter, oldest point first; a slot of which nothing is known has none.

    `unit` is null where no price was ever in force.
    """

    cluster_id: int = METERING
    device_address: Eui64
    endpoint_id: int
    commodity: str
    quantity: str
    resolution: str
    unit: str | None
    record_list: Sequence[HistoryPoint]


class Histories(Protocol):
    """Who keeps the history of meters."""

    def endpoints(self, device: Eui64) -> Sequence[int]:
        """Return the endpoints of a device whose meters have a history."""

    def about(self, device: Eui64, endpoint: int) -> MeterHistory | None:
        """Return what is kept of a meter; None where it has no history."""

    def slots(
        self, device: Eui64, endpoint: int, resolution: Resolution, begin: float, end: float
    ) -> Iterator[HistorySlot]:
        """Yield the slots that begin in a span of time (since 1970), oldest first."""


class MeterHistoryMethods:
    """The request for the history of a meter."""

    rpc_interface = SE_INTERFACE

    def __init__(self, histories: Histories, clock: Clock) -> None:
        self._histories = histories
        self._clock = clock

    @method(scope=Scope.READ)
    async def get_history(
        self,
        device_address: Eui64,
        endpoint_id: Uint8 | Absent = ABSENT,
        quantity: Quantity = "energy",
        resolution: Literal["5min", "hour", "day", "month"] = "hour",
        begin: UtcTime = _AS_FAR_AS_KEPT,
        end: UtcTime = _NOW,
    ) -> GetHistoryResponse:
        """Return what a meter counted, its demand, or what that cost, by slots of time.

        The slots begin from `begin` on and before `end`, in seconds since 2000 (0: as far back as
        is kept, and until now), and are 1500 at most. Those of 5 minutes are kept for two days,
        hours for 60 days, days for three years, months for ever; days and months are those of the
        gateway's time zone. The cost is by the price in force at the time. Without an endpoint it
        is the first of the device that has a history.
        """
        endpoint, about = self._meter(device_address, endpoint_id)
        slots_of, now = Resolution(resolution), self._clock.utc()
        until = unix_time(end) if end else now + 1
        most = MOST_POINTS * _LENGTHS[slots_of]
        since = unix_time(begin) if begin else until - min(KEPT[slots_of], most)
        if since >= until:
            raise ParameterError("end", "is not after the begin")
        if until - since > most:
            raise ParameterError("begin", f"may be {MOST_POINTS} points before the end at most")
        found = list(self._histories.slots(device_address, endpoint, slots_of, since, until))
        currency = currency_of(found)
        return GetHistoryResponse(
            device_address=device_address,
            endpoint_id=endpoint,
            commodity=about.commodity,
            quantity=quantity,
            resolution=resolution,
            unit=unit_of_quantity(quantity, about, currency),
            record_list=[
                HistoryPoint(
                    begin=zigbee_time(point.begin),
                    end=zigbee_time(point.end),
                    value=point.value,
                    low=point.low,
                    high=point.high,
                    complete=point.complete,
                    spread=point.spread,
                )
                for point in points(quantity, found, currency)
            ],
        )

    def _meter(self, device: Eui64, endpoint: int | Absent) -> tuple[int, MeterHistory]:
        known = self._histories.endpoints(device)
        if not known:
            raise ParameterError("device_address", f"{device} is no meter that was ever heard")
        chosen = known[0] if endpoint is ABSENT else int(endpoint)
        about = self._histories.about(device, chosen)
        if about is None:
            have = ", ".join(map(str, known))
            raise ParameterError("endpoint_id", f"is no meter that was ever heard; there is {have}")
        return chosen, about
