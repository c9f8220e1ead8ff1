"""Requests to put a meter into the place of another, and back: own extensions."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.features.metering.scale import (
    FIRST_TIER,
    SUMMATION_DELIVERED,
    SUMMATION_RECEIVED,
)
from sebridge.features.metering.succession import (
    GivenReadings,
    MeterFacts,
    MeterSwap,
    serial_text,
)
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import METERING

_NAMES: Final = {SUMMATION_DELIVERED: "energy_in", SUMMATION_RECEIVED: "energy_out"}
_SIDES: Final = ("in", "out")


class SwapRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One meter in the place of another.

    `endpoint_id` is that of the new one; null as long as it is awaited, as `new_serial_number` is.
    `left` is what the old one showed at last, `shown` what the new one did by then, in `unit`:
    `energy_in`, `energy_out`, and the tiers as `tier_1_in`.
    """

    old_endpoint_id: int
    new_endpoint_id: int | None
    commodity: str
    unit: str
    old_serial_number: str | None
    new_serial_number: str | None
    left: Mapping[str, float]
    shown: Mapping[str, float]


class SwapMeterResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a swap: `done` is null as long as the new meter is awaited."""

    cluster_id: int = METERING
    old_address: Eui64
    new_address: Eui64
    asked: str  # ISO 8601
    done: str | None
    record_list: Sequence[SwapRecord]


class GetMeterSwapsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """All swaps that were not undone, oldest first."""

    cluster_id: int = METERING
    record_list: Sequence[SwapMeterResponse]


class Swaps(Protocol):
    """Who puts meters into the places of others."""

    @property
    def all(self) -> Sequence[MeterSwap]:
        """The swaps that were not undone, oldest first."""

    def swap(self, old: Eui64, new: Eui64, given: GivenReadings) -> MeterSwap:
        """Let a device take the place of another."""

    def undo(self, device: Eui64) -> MeterSwap:
        """Undo the newest swap of a device."""


class MeterSwapMethods:
    """Requests to put a meter into the place of another."""

    rpc_interface = SE_INTERFACE

    def __init__(self, swaps: Swaps) -> None:
        self._swaps = swaps

    @method(scope=Scope.COMMAND)
    async def swap_meter(
        self,
        old_address: Eui64,
        new_address: Eui64,
        old_energy_in: float | Absent = ABSENT,
        old_energy_out: float | Absent = ABSENT,
        new_energy_in: float | Absent = ABSENT,
        new_energy_out: float | Absent = ABSENT,
    ) -> SwapMeterResponse:
        """Let a new meter take the place of an old one: its name, topics, entities, and sums.

        The new one may have joined, or be about to: then it takes its place with its first
        reading, and the notification `meter_swap_settled` says so. From then on each of its
        registers goes on from what the old one showed at last, and `why` of the reading has the
        `offset`. The old one, if it is still there, is known as the new one was. Where the fitter
        has noted what the meters showed at the change, the last four say it, in the meter's unit.
        """
        given = GivenReadings(
            old_energy_in=_or_none(old_energy_in),
            old_energy_out=_or_none(old_energy_out),
            new_energy_in=_or_none(new_energy_in),
            new_energy_out=_or_none(new_energy_out),
        )
        return _told(self._swaps.swap(old_address, new_address, given))

    @method(scope=Scope.COMMAND)
    async def undo_meter_swap(self, address: Eui64) -> SwapMeterResponse:
        """Undo the newest swap of a meter, or no longer await it; `address` is either of the two.

        Both are known again as before, and each shows what it counts itself.
        """
        return _told(self._swaps.undo(address))

    @method(scope=Scope.READ)
    async def get_meter_swaps(self) -> GetMeterSwapsResponse:
        """Return which meters stand in the place of others, with both serial numbers."""
        return GetMeterSwapsResponse(record_list=[_told(swap) for swap in self._swaps.all])


def _or_none(value: float | Absent) -> float | None:
    return None if value is ABSENT else float(value)


def _told(swap: MeterSwap) -> SwapMeterResponse:
    following = {old: new for new, old in swap.endpoints.items()}
    new_meters = {meter.endpoint: meter for meter in swap.new_meters}
    return SwapMeterResponse(
        old_address=swap.old,
        new_address=swap.new,
        asked=iso_time(swap.asked),
        done=None if swap.done is None else iso_time(swap.done),
        record_list=[
            _record(meter, new_meters.get(following.get(meter.endpoint, -1)))
            for meter in swap.old_meters
        ],
    )


def _record(old: MeterFacts, new: MeterFacts | None) -> SwapRecord:
    return SwapRecord(
        old_endpoint_id=old.endpoint,
        new_endpoint_id=None if new is None else new.endpoint,
        commodity=old.commodity,
        unit=old.unit,
        old_serial_number=serial_text(old.serial_number),
        new_serial_number=None if new is None else serial_text(new.serial_number),
        left=_named(old.shown),
        shown={} if new is None else _named(new.shown),
    )


def _named(values: Mapping[int, float]) -> dict[str, float]:
    return {_name(attribute_id): value for attribute_id, value in sorted(values.items())}


def _name(attribute_id: int) -> str:
    if attribute_id in _NAMES:
        return _NAMES[attribute_id]
    step, side = divmod(attribute_id - FIRST_TIER, 2)
    return f"tier_{step + 1}_{_SIDES[side]}"
