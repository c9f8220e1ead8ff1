"""What nobody asked for of load control: what devices report, servers tell, and is in force."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from sebridge.api.events import received, undelivered, updated_active
from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.load_control.records import (
    CancelAllLoadControlEventsRecord,
    CancelLoadControlEventRecord,
    LoadControlEventRecord,
    ReportEventStatusRecord,
)
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.model.values import ABSENT, Absent
from sebridge.zcl.identifiers import DRLC


class ReceivedReportEventStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`received_report_event_status`: what a device does with a load-control event.

    `signature_verified` is there where the report was signed.
    """

    source_address: Eui64
    source_endpoint_id: int
    record: ReportEventStatusRecord
    cluster_id: int = DRLC
    destination_endpoint_id: int
    signature_verified: bool | Absent = ABSENT


def _of_event_status(signal: EventStatusReported) -> Iterable[ReceivedReportEventStatus]:
    verified = signal.signature_verified
    told = ReceivedReportEventStatus(
        source_address=signal.device,
        source_endpoint_id=signal.endpoint,
        record=signal.record,
        destination_endpoint_id=signal.local_endpoint,
        signature_verified=ABSENT if verified is None else verified,
    )
    return (told,)


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="received_report_event_status",
        parameters=ReceivedReportEventStatus,
        signal=EventStatusReported,
        parameters_of=_of_event_status,
    ),
    received("received_DRLC_event", LoadControlEventRecord),
    received("received_DRLC_cancel_event", CancelLoadControlEventRecord),
    received("received_DRLC_cancel_all_events", CancelAllLoadControlEventsRecord),
    updated_active("updated_active_DRLC_events", LoadControlEventRecord, DRLC, kept_as="drlc"),
    undelivered("load control", DRLC),
)
