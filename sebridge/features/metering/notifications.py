"""What nobody asked for of meters: alarms that come and go, and another meter in its place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.metering.signals import MeterStatusChanged, MeterSwapped


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedMeterStatus:
    """`meter_status_changed`: alarms of a meter, in words such as low_battery, came or went."""

    source_address: Eui64
    source_endpoint_id: int
    raised: Sequence[str]
    cleared: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwappedMeter:
    """`meter_swapped`: another meter answers in the place of the one before.

    The endpoint is 0 where it is the whole device. Its registers begin anew.
    """

    source_address: Eui64
    source_endpoint_id: int


def _of_status(signal: MeterStatusChanged) -> Iterable[ChangedMeterStatus]:
    return (
        ChangedMeterStatus(
            source_address=signal.device,
            source_endpoint_id=signal.endpoint,
            raised=signal.raised,
            cleared=signal.cleared,
        ),
    )


def _of_swap(signal: MeterSwapped) -> Iterable[SwappedMeter]:
    return (SwappedMeter(source_address=signal.device, source_endpoint_id=signal.endpoint),)


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="meter_status_changed",
        parameters=ChangedMeterStatus,
        signal=MeterStatusChanged,
        parameters_of=_of_status,
    ),
    NotificationType(
        name="meter_swapped",
        parameters=SwappedMeter,
        signal=MeterSwapped,
        parameters_of=_of_swap,
    ),
)
