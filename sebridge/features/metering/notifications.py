"""What nobody asked for of meters: alarms that come and go, and another meter in its place."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.metering.signals import MeterStatusChanged, MeterSwapped, SwapSettled
from sebridge.features.metering.succession import serial_text
from sebridge.model.values import ABSENT, Absent
from sebridge.zcl.identifiers import METERING


class MeterSwappedNotice(msgspec.Struct, frozen=True, kw_only=True):
    """`meter_swapped`: another meter answers in the place of the one before.

    `attribute_id` is the serial number (0x0308) that is another one, or the register that has
    fallen and counts on from there; `old_value` and `new_value` are raw, a serial number text where
    it is readable and else hex. Without them it is the
    whole device, which has told another model; then `source_endpoint_id` is 0.
    """

    source_address: Eui64
    source_endpoint_id: int
    cluster_id: int = METERING
    attribute_id: int | Absent = ABSENT
    old_value: float | str | Absent = ABSENT
    new_value: float | str | Absent = ABSENT


class SwapSettledNotice(msgspec.Struct, frozen=True, kw_only=True):
    """`meter_swap_settled`: what `swap_meter` or `undo_meter_swap` asked for has been done.

    Where `refused` is there nothing was: the new meter has joined, and cannot follow the old one.
    """

    old_address: Eui64
    new_address: Eui64
    cluster_id: int = METERING
    undone: bool
    refused: str | Absent = ABSENT


class MeterStatusNotice(msgspec.Struct, frozen=True, kw_only=True):
    """`meter_status_changed`: alarms of a meter, in words such as low_battery, came or went."""

    source_address: Eui64
    source_endpoint_id: int
    cluster_id: int = METERING
    raised: Sequence[str]
    cleared: Sequence[str]


def _of_status(signal: MeterStatusChanged) -> Iterable[MeterStatusNotice]:
    told = MeterStatusNotice(
        source_address=signal.device,
        source_endpoint_id=signal.endpoint,
        raised=signal.raised,
        cleared=signal.cleared,
    )
    return (told,)


def _of_settled(signal: SwapSettled) -> Iterable[SwapSettledNotice]:
    told = SwapSettledNotice(
        old_address=signal.old,
        new_address=signal.new,
        undone=signal.undone,
        refused=ABSENT if signal.refused is None else signal.refused,
    )
    return (told,)


def _of_swap(signal: MeterSwapped) -> Iterable[MeterSwappedNotice]:
    told = MeterSwappedNotice(
        source_address=signal.device,
        source_endpoint_id=signal.endpoint,
        attribute_id=ABSENT if signal.attribute_id is None else signal.attribute_id,
        old_value=_shown(signal.before),
        new_value=_shown(signal.after),
    )
    return (told,)


def _shown(value: float | str | None) -> float | str | Absent:
    """Return a raw value as people read it: most serial numbers are text."""
    if value is None:
        return ABSENT
    text = serial_text(value) if isinstance(value, str) else None
    return value if text is None else text


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="meter_status_changed",
        parameters=MeterStatusNotice,
        signal=MeterStatusChanged,
        parameters_of=_of_status,
    ),
    NotificationType(
        name="meter_swapped",
        parameters=MeterSwappedNotice,
        signal=MeterSwapped,
        parameters_of=_of_swap,
    ),
    NotificationType(
        name="meter_swap_settled",
        parameters=SwapSettledNotice,
        signal=SwapSettled,
        parameters_of=_of_settled,
    ),
)
