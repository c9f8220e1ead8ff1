"""Signals become response-only messages: received_price_event and its kin."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import logging
from typing import Any, Final, Generic, TypeVar, get_args, get_origin

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.records import (
    CancelAllLoadControlEventsRecord,
    CancelLoadControlEventRecord,
    LoadControlEventRecord,
    ReportEventStatusRecord,
)
from sebridge.features.messaging.records import (
    CancelAllMessagesRecord,
    CancelMessageRecord,
    DisplayMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.tariff_records import (
    PublishBlockPeriodRecord,
    PublishBlockPeriodSe11Record,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.gateway.reporting.signals import AttributesReported, LocalAttributesReported
from sebridge.gateway.signals import (
    ActiveEventsChanged,
    EventReceived,
    EventStatusReported,
    EventUndelivered,
    MessageConfirmed,
)
from sebridge.model.values import ABSENT, Absent
from sebridge.network.signals import DeviceActive, DeviceInactive, NetworkChanged
from sebridge.rpc.message import Notification
from sebridge.storage.signals import StorageChanged
from sebridge.zcl.general import AttributeReportRecord, value_record
from sebridge.zcl.identifiers import DRLC, MESSAGING, PRICE
from sebridge.zcl.record import Record

_LOGGER = logging.getLogger(__name__)

STATUS_NOTICE: Final = 1
"""Severity of a plain status notice: passes the default filter, which is 1 (quirk W9)."""
ERROR: Final = 2
"""Severity of an error."""
NONE_AT_ALL: Final = 3
"""More than any severity."""

_KINDS: Final = {PRICE: "price", DRLC: "load control", MESSAGING: "message"}

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageNotice:
    """`message`: a status notice or an error. Severity 0 is debug, 1 warning, 2 error.

    `status` is 1 on the network and 0 off it, where the notice is of that; `request_identifier` is
    that of the request to which an error belongs.
    """

    severity: int
    description: str
    status: int | Absent = ABSENT
    request_identifier: Any | Absent = ABSENT


@dataclass(slots=True, kw_only=True)  # frozen, it would cost three times as much to make
class AttributeReport:
    """`attribute_report`: one attribute that a device reported, or that was read in its place."""

    cluster_id: int
    server_or_client: int
    profile_id: int
    source_endpoint_id: int
    destination_endpoint_id: int | Absent = ABSENT
    source_address: Eui64 | Absent = ABSENT
    manufacturer_code: int | Absent = ABSENT
    record: AttributeReportRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedAttributeReportCollection:
    """`received_attribute_report_collection`: all that one frame reported, as an option.

    The later reference names it without its parameters (C3); these are those of attribute_report,
    with a list of its records.
    """

    cluster_id: int
    server_or_client: int
    profile_id: int
    source_endpoint_id: int
    destination_endpoint_id: int | Absent = ABSENT
    source_address: Eui64 | Absent = ABSENT
    manufacturer_code: int | Absent = ABSENT
    record_list: Sequence[AttributeReportRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedReportEventStatus:
    """`received_report_event_status`: what a device does with a load-control event.

    `signature_verified` is there where the report was signed.
    """

    source_address: Eui64
    source_endpoint_id: int
    record: ReportEventStatusRecord
    cluster_id: int = DRLC
    destination_endpoint_id: int
    signature_verified: bool | Absent = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessageConfirmation:
    """`received_message_confirmation`: a user has confirmed a message, or its cancellation."""

    source_address: Eui64
    source_endpoint_id: int
    cluster_id: int = MESSAGING
    destination_endpoint_id: int
    record: MessageConfirmationRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEvent(Generic[R]):
    """`received_price_event` and its kin: what a server sent, and what became of it here.

    `status` is 0x00 where it was taken, 0x85 where it is wrong, 0x8A where it was there already,
    and 0x8B where there is nothing to take back.
    """

    status: int
    source_address: Eui64
    source_endpoint_id: int
    destination_endpoint_id: int
    cluster_id: int
    record: R


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedActiveEvents(Generic[R]):
    """`updated_active_price_event` and its kin: the whole new list of what is in force."""

    destination_endpoint_id: int
    cluster_id: int
    record_list: Sequence[R]


NOTIFICATIONS: Final[Mapping[str, Any]] = {
    "message": MessageNotice,
    "attribute_report": AttributeReport,
    "received_attribute_report_collection": ReceivedAttributeReportCollection,
    "received_price_event": ReceivedEvent[PublishPriceRecord],
    "received_block_period": ReceivedEvent[PublishBlockPeriodRecord | PublishBlockPeriodSe11Record],
    "received_conversion_factor": ReceivedEvent[PublishConversionFactorRecord],
    "received_calorific_value": ReceivedEvent[PublishCalorificValueRecord],
    "updated_active_price_event": UpdatedActiveEvents[PublishPriceRecord],
    "received_report_event_status": ReceivedReportEventStatus,
    "received_DRLC_event": ReceivedEvent[LoadControlEventRecord],
    "received_DRLC_cancel_event": ReceivedEvent[CancelLoadControlEventRecord],
    "received_DRLC_cancel_all_events": ReceivedEvent[CancelAllLoadControlEventsRecord],
    "updated_active_DRLC_events": UpdatedActiveEvents[LoadControlEventRecord],
    "received_message_confirmation": ReceivedMessageConfirmation,
    "received_message_event": ReceivedEvent[DisplayMessageRecord],
    "received_message_cancel_event": ReceivedEvent[CancelMessageRecord],
    "received_message_cancel_all_events": ReceivedEvent[CancelAllMessagesRecord],
    "updated_active_message_events": UpdatedActiveEvents[DisplayMessageRecord],
}
"""Every response-only message there is, by name, with the dataclass of its parameters."""

_ACTIVE_NAMES: Final = {
    PRICE: "updated_active_price_event",
    DRLC: "updated_active_DRLC_events",
    MESSAGING: "updated_active_message_events",
}
_RECEIVED_NAMES: Final[Mapping[type, str]] = {
    kind: name
    for name, parameters in NOTIFICATIONS.items()
    if get_origin(parameters) is ReceivedEvent
    for choice in get_args(parameters)
    for kind in get_args(choice) or (choice,)
}

Sink = Callable[[Notification], None]


class Notifier:
    """Listens to the bus, and hands each notification to the sink.

    `least_sent` is RPC_General_Interface.debug_rpc_severity, `least_logged`
    RPC_General_Interface.debug_print_severity: 0 debug, 1 warning, 2 error, 3 none at all.
    `collect_reports` tells the attributes of one frame in one message, under the later name.
    """

    def __init__(
        self,
        bus: SignalBus,
        clock: Clock,
        sink: Sink,
        least_sent: Callable[[], int],
        least_logged: Callable[[], int] = lambda: NONE_AT_ALL,
        *,
        collect_reports: bool = False,
    ) -> None:
        self._clock = clock
        self._sink = sink
        self._least_sent = least_sent
        self._least_logged = least_logged
        self._collect_reports = collect_reports
        bus.listen(AttributesReported, self._on_report)
        bus.listen(LocalAttributesReported, self._on_local_report)
        bus.listen(EventStatusReported, self._on_event_status)
        bus.listen(MessageConfirmed, self._on_confirmation)
        bus.listen(EventReceived, self._on_event)
        bus.listen(ActiveEventsChanged, self._on_active_events)
        bus.listen(DeviceActive, lambda s: self._notice(f"device {s.device} is active"))
        bus.listen(DeviceInactive, lambda s: self._notice(f"device {s.device} is inactive"))
        bus.listen(NetworkChanged, self._on_network)
        bus.listen(EventUndelivered, self._on_undelivered)
        bus.listen(StorageChanged, self._on_storage)

    def message(self, severity: int, description: str, *, status: int | Absent = ABSENT) -> None:
        """Tell a caller something: an error that belongs to no answer, or a status notice."""
        if severity >= self._least_logged():
            level = logging.ERROR if severity >= ERROR else logging.INFO
            _LOGGER.log(level, "message, severity %d: %s", severity, description)
        if severity >= self._least_sent():
            notice = MessageNotice(severity=severity, description=description, status=status)
            self._send("message", notice)

    def _notice(self, description: str) -> None:
        self.message(STATUS_NOTICE, description)

    def _send(self, name: str, parameters: object) -> None:
        self._sink(Notification(name, parameters, self._clock.utc()))

    def _on_report(self, signal: AttributesReported) -> None:
        if not signal.reported:
            return
        code = signal.manufacturer_code
        head = {
            "destination_endpoint_id": signal.local_endpoint,
            "source_address": signal.device,
            "manufacturer_code": ABSENT if code is None else code,
        }
        self._report(signal, head)

    def _on_local_report(self, signal: LocalAttributesReported) -> None:
        self._report(signal, {})

    def _report(
        self, signal: AttributesReported | LocalAttributesReported, remote: Mapping[str, Any]
    ) -> None:
        head = {
            "cluster_id": signal.cluster_id,
            "server_or_client": signal.server_or_client,
            "profile_id": signal.profile_id,
            "source_endpoint_id": signal.endpoint,
            **remote,
        }
        records = [
            AttributeReportRecord(v.attribute_id, v.attribute_type, value_record(v.value))
            for v in signal.values
        ]
        if self._collect_reports:
            collection = ReceivedAttributeReportCollection(**head, record_list=records)
            self._send("received_attribute_report_collection", collection)
            return
        for record in records:
            self._send("attribute_report", AttributeReport(**head, record=record))

    def _on_event_status(self, signal: EventStatusReported) -> None:
        verified = signal.signature_verified
        status = ReceivedReportEventStatus(
            source_address=signal.device,
            source_endpoint_id=signal.endpoint,
            record=signal.record,
            destination_endpoint_id=signal.local_endpoint,
            signature_verified=ABSENT if verified is None else verified,
        )
        self._send("received_report_event_status", status)

    def _on_confirmation(self, signal: MessageConfirmed) -> None:
        confirmation = ReceivedMessageConfirmation(
            source_address=signal.device,
            source_endpoint_id=signal.endpoint,
            destination_endpoint_id=signal.local_endpoint,
            record=signal.record,
        )
        self._send("received_message_confirmation", confirmation)

    def _on_event(self, signal: EventReceived) -> None:
        received = ReceivedEvent(
            status=int(signal.status),
            source_address=signal.device,
            source_endpoint_id=signal.endpoint,
            destination_endpoint_id=signal.local_endpoint,
            cluster_id=signal.cluster_id,
            record=signal.record,
        )
        self._send(_RECEIVED_NAMES[type(signal.record)], received)

    def _on_active_events(self, signal: ActiveEventsChanged) -> None:
        active = UpdatedActiveEvents(
            destination_endpoint_id=signal.local_endpoint,
            cluster_id=signal.cluster_id,
            record_list=list(signal.records),
        )
        self._send(_ACTIVE_NAMES[signal.cluster_id], active)

    def _on_network(self, signal: NetworkChanged) -> None:
        severity = STATUS_NOTICE if signal.joined or signal.asked else ERROR
        self.message(severity, signal.reason, status=int(signal.joined))

    def _on_undelivered(self, signal: EventUndelivered) -> None:
        kind = _KINDS[signal.cluster_id]
        self.message(ERROR, f"{kind} event 0x{signal.event_id:X} reached no client yet")

    def _on_storage(self, signal: StorageChanged) -> None:
        self.message(STATUS_NOTICE if signal.writable else ERROR, signal.reason)
