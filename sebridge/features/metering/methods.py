"""Requests about meters: what they show and why, their load profile, the fast poll mode."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import msgspec

from sebridge.api.addressing import DeviceAnswer, ServerPlaces, peer_of
from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.base.errors import UnscaledError
from sebridge.features.metering.fast_poll import LONGEST_IN_MINUTES
from sebridge.features.metering.load_profile import MOST_PERIODS, Channel, Interval
from sebridge.features.metering.meters import Reason
from sebridge.features.metering.queries import FastPollMode, LoadProfile
from sebridge.features.metering.signals import Reading
from sebridge.model.data_types import Uint8, UtcTime
from sebridge.model.values import ABSENT, Absent
from sebridge.network.peer import Peer
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import METERING

_NOW: Final = UtcTime(0)
_DELIVERED: Final = Uint8(Channel.DELIVERED)
_ALL_KEPT: Final = Uint8(MOST_PERIODS)
_FASTEST: Final = Uint8(0)
_LONGEST: Final = Uint8(LONGEST_IN_MINUTES)


class Readings(Protocol):
    """Who knows what the meters show."""

    def reading(self, device: Eui64, endpoint: int) -> Reading | None:
        """Return it; None while it is not known what scales the values."""

    def reasons(self, device: Eui64, endpoint: int) -> Mapping[str, Reason]:
        """Return why each number of the reading is what it is."""


class Queries(Protocol):
    """Who puts questions to meters."""

    async def read_profile(
        self, peer: Peer, channel: int, end_time: int, periods: int
    ) -> LoadProfile:
        """Return a meter's newest intervals."""

    async def fast_poll(self, peer: Peer, period: int, minutes: int) -> FastPollMode:
        """Ask for a demand every `period` seconds."""


class ValueReason(msgspec.Struct, frozen=True, kw_only=True):
    """value = raw * multiplier / divisor + offset; `raw` is null until the meter has told.

    `offset` goes on from the meter in whose place this one stands, in `unit`, and is else 0.
    `problem` says why the value is null: `no_value` (the meter says so), `not_bcd`,
    `unknown_unit`, `no_multiplier`, `no_divisor`; or, with `fell`, that it is the last one that is
    believed, as the register shows less.
    """

    attribute_id: int
    raw: float | None
    multiplier: int
    divisor: int
    offset: float
    unit: str | None
    bcd: bool  # whether the raw value is in binary coded decimal
    formatting: int | None  # digits to show: bits 0-2 right, 3-6 left of the point
    time: str | None  # ISO 8601, when the raw value came
    problem: str | None


class GetMeterReadingResponse(DeviceAnswer, frozen=True, kw_only=True):
    """What a meter shows now; null is what it does not have, or marks as invalid."""

    cluster_id: int = METERING
    commodity: str
    unit: str | None
    power_unit: str | None
    energy_in: float | None
    energy_out: float | None
    power: float | None
    power_factor: float | None  # the average, from -1 to 1
    tiers_in: Mapping[int, float | None]
    tiers_out: Mapping[int, float | None]
    status: int | None
    alarms: Sequence[str]
    why: Mapping[str, ValueReason]


class GetMeterProfileResponse(DeviceAnswer, frozen=True, kw_only=True):
    """Intervals, newest first; `status` is that of Get Profile Response (0: success)."""

    cluster_id: int = METERING
    interval_channel: int
    status: int
    unit: str
    record_list: Sequence[Interval]


class RequestFastPollModeResponse(DeviceAnswer, frozen=True, kw_only=True):
    """What the meter made of the request: seconds between values, and until when."""

    cluster_id: int = METERING
    applied_update_period: int
    fast_poll_mode_end_time: int  # seconds since 2000 UTC


class MeteringMethods:
    """Requests about the meters of the network."""

    rpc_interface = SE_INTERFACE

    def __init__(self, places: ServerPlaces, readings: Readings, queries: Queries) -> None:
        self._places = places
        self._readings = readings
        self._queries = queries

    @method(scope=Scope.READ)
    async def get_meter_reading(
        self, destination_address: Eui64, destination_endpoint_id: Uint8 | Absent = ABSENT
    ) -> GetMeterReadingResponse:
        """Return what a meter shows now, and why; sends nothing.

        Without an endpoint it is the first one of the device that is a meter.
        """
        meter = self._meter(destination_address, destination_endpoint_id)
        reading = self._readings.reading(meter.device, meter.endpoint)
        if reading is None:
            raise UnscaledError
        reasons = self._readings.reasons(meter.device, meter.endpoint)
        return GetMeterReadingResponse(
            profile_id=meter.profile_id,
            source_address=meter.device,
            source_endpoint_id=meter.endpoint,
            commodity=reading.commodity,
            unit=reading.unit,
            power_unit=reading.power_unit,
            energy_in=reading.energy_in,
            energy_out=reading.energy_out,
            power=reading.power,
            power_factor=reading.power_factor,
            tiers_in=reading.tiers_in,
            tiers_out=reading.tiers_out,
            status=reading.status,
            alarms=reading.alarms,
            why={name: _shown(reason) for name, reason in reasons.items()},
        )

    @method(scope=Scope.READ)
    async def get_meter_profile(
        self,
        destination_address: Eui64,
        destination_endpoint_id: Uint8 | Absent = ABSENT,
        interval_channel: Uint8 = _DELIVERED,
        end_time: UtcTime = _NOW,
        number_of_periods: Uint8 = _ALL_KEPT,
    ) -> GetMeterProfileResponse:
        """Ask a meter for what was used in its newest intervals (1..255, most meters keep 24).

        The intervals end by `end_time` (seconds since 2000, 0 is now). `interval_channel` is 0 for
        delivered, 1 for received, 2 and 3 for the reactive ones.
        """
        meter = self._meter(destination_address, destination_endpoint_id)
        channel = interval_channel
        profile = await self._queries.read_profile(meter, channel, end_time, number_of_periods)
        return GetMeterProfileResponse(
            profile_id=meter.profile_id,
            source_address=meter.device,
            source_endpoint_id=meter.endpoint,
            interval_channel=channel,
            status=profile.status,
            unit=profile.unit,
            record_list=profile.intervals,
        )

    @method
    async def request_fast_poll_mode(
        self,
        destination_address: Eui64,
        destination_endpoint_id: Uint8 | Absent = ABSENT,
        fast_poll_update_period: Uint8 = _FASTEST,
        duration_in_minutes: Uint8 = _LONGEST,
    ) -> RequestFastPollModeResponse:
        """Ask a meter to refresh its demand every so many seconds, for 1..15 minutes.

        The meter may be slower than asked (0 is as fast as it can), and a mode that runs is not
        prolonged.
        """
        meter = self._meter(destination_address, destination_endpoint_id)
        mode = await self._queries.fast_poll(meter, fast_poll_update_period, duration_in_minutes)
        return RequestFastPollModeResponse(
            profile_id=meter.profile_id,
            source_address=meter.device,
            source_endpoint_id=meter.endpoint,
            applied_update_period=mode.period,
            fast_poll_mode_end_time=mode.end,
        )

    def _meter(self, device: Eui64, endpoint: int | Absent) -> Peer:
        return peer_of(self._places.servers_of(device, METERING), device, endpoint, "meter")


def _shown(reason: Reason) -> ValueReason:
    return ValueReason(
        attribute_id=reason.attribute_id,
        raw=reason.raw,
        multiplier=reason.multiplier,
        divisor=reason.divisor,
        offset=reason.offset,
        unit=reason.unit,
        bcd=reason.bcd,
        formatting=reason.formatting,
        time=None if reason.time is None else iso_time(reason.time),
        problem=None if reason.problem is None else reason.problem.value,
    )
