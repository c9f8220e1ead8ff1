"""What nobody asked for: signals become notifications, as they are declared, and go to all sinks.

A feature declares in its `notifications.py` what it tells; here is what belongs to none of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
import logging
from typing import Any, Final, Generic, TypeVar

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.signals import SignalBus
from sebridge.gateway.events.signals import EventHeard
from sebridge.gateway.reporting.signals import AttributesReported, LocalAttributesReported
from sebridge.model.values import ABSENT, Absent
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceJoined,
    DeviceRemoved,
    DeviceUpdated,
    JoiningChanged,
    KeyEstablished,
    NetworkChanged,
    NetworkTimeSet,
)
from sebridge.rpc.message import Notification
from sebridge.storage.signals import StorageChanged
from sebridge.zcl.general import AttributeReportRecord, report_record

_LOGGER = logging.getLogger(__name__)

MESSAGE: Final = "message"
"""The name of the notification that is a notice or an error, and is filtered by its severity."""
DEBUG: Final = 0
"""Severity of a detail, for who looks for the cause of something."""
STATUS_NOTICE: Final = 1
"""Severity of a plain status notice: passes the default filter, which is 1 (quirk W9)."""
ERROR: Final = 2
"""Severity of an error."""

S = TypeVar("S")

Sink = Callable[[Notification], object]


# ------------------------------------------------------------------ declaring


class NotificationType(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """A notification: its name, the dataclass of its parameters, and the news it is made of.

    `parameters_of` makes the parameters of each notification that a signal gives rise to, of none,
    one or several; it is pure. With `kept_as` the newest of what the gateway shows is also kept on
    the MQTT topic `active/<kept_as>`. One name may be declared for several signals, with the same
    parameters.
    """

    name: str
    parameters: Any
    signal: type[S]
    parameters_of: Callable[[S], Iterable[object]]
    kept_as: str | None = None


class MessageNotice(msgspec.Struct, frozen=True, kw_only=True):
    """`message`: a status notice or an error. Severity 0 is debug, 1 warning, 2 error.

    `status` is 1 on the network and 0 off it, where the notice is of that; `request_identifier` is
    that of the request to which an error belongs.
    """

    severity: int
    description: str
    status: int | Absent = ABSENT
    request_identifier: Any | Absent = ABSENT


def notice(signal: type[S], notice_of: Callable[[S], MessageNotice | None]) -> NotificationType[S]:
    """Declare that a signal is told as a `message`, or not where there is nothing to say of it."""

    def parameters_of(news: S) -> Iterable[MessageNotice]:
        told = notice_of(news)
        return () if told is None else (told,)

    return NotificationType(
        name=MESSAGE, parameters=MessageNotice, signal=signal, parameters_of=parameters_of
    )


def parameters_by_name(types: Iterable[NotificationType[Any]]) -> dict[str, Any]:
    """Return the dataclass of the parameters of each name, in the order of the declarations."""
    return {kind.name: kind.parameters for kind in types}


# ------------------------------------------------------------------ telling


class NotificationFanOut:
    """Listens for the news that the declarations name, and hands each notification to all sinks.

    `least_sent` is RPC_General_Interface.debug_rpc_severity, `least_logged`
    RPC_General_Interface.debug_print_severity: 0 debug, 1 warning, 2 error, 3 none at all. They
    hold for messages, not for other notifications. `shows` says which of the signals of what is
    kept is to be kept.
    """

    def __init__(
        self,
        types: Iterable[NotificationType[Any]],
        *,
        bus: SignalBus,
        clock: Clock,
        sinks: Sequence[Sink],
        least_sent: Callable[[], int],
        least_logged: Callable[[], int],
        shows: Callable[[Any], bool],
    ) -> None:
        self._clock = clock
        self._sinks = sinks
        self._least_sent = least_sent
        self._least_logged = least_logged
        self._shows = shows
        for kind in types:
            self._listen(bus, kind)

    def message(self, told: MessageNotice) -> None:
        """Tell a caller something: an error that belongs to no answer, or a status notice."""
        severity = told.severity
        if severity >= self._least_logged():
            _LOGGER.log(_level_of(severity), "message, severity %d: %s", severity, told.description)
        if severity >= self._least_sent():
            self._send(Notification(MESSAGE, told, self._clock.utc()))

    def _listen(self, bus: SignalBus, kind: NotificationType[Any]) -> None:
        name, parameters_of, kept_as = kind.name, kind.parameters_of, kind.kept_as

        def tell(signal: object) -> None:
            now = self._clock.utc()
            kept = kept_as if kept_as is not None and self._shows(signal) else None
            for parameters in parameters_of(signal):
                self._send(Notification(name, parameters, now, kept))

        def tell_messages(signal: object) -> None:
            for told in parameters_of(signal):
                assert isinstance(told, MessageNotice)
                self.message(told)

        bus.listen(kind.signal, tell_messages if kind.parameters is MessageNotice else tell)

    def _send(self, notification: Notification) -> None:
        for sink in self._sinks:
            sink(notification)


# ------------------------------------------------------------------ reports of attributes


class AttributeReport(msgspec.Struct, frozen=True, kw_only=True):
    """`attribute_report`: one attribute that a device reported, or that was read in its place."""

    cluster_id: int
    server_or_client: int
    profile_id: int
    source_endpoint_id: int
    destination_endpoint_id: int | Absent = ABSENT
    source_address: Eui64 | Absent = ABSENT
    manufacturer_code: int | Absent = ABSENT
    record: AttributeReportRecord


class ReceivedAttributeReportCollection(msgspec.Struct, frozen=True, kw_only=True):
    """`received_attribute_report_collection`: all that one frame reported.

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


Report = AttributesReported | LocalAttributesReported


def _each(signal: Report) -> Iterable[AttributeReport]:
    head = _head(signal)
    if head is None:
        return ()
    return [AttributeReport(**head, record=report_record(value)) for value in signal.values]


def _all_of_a_frame(signal: Report) -> Iterable[ReceivedAttributeReportCollection]:
    head = _head(signal)
    if head is None:
        return ()
    records = [report_record(value) for value in signal.values]
    return (ReceivedAttributeReportCollection(**head, record_list=records),)


def _head(signal: Report) -> Mapping[str, Any] | None:
    """Return what says whose attributes these are; None for the answer to a read."""
    head: dict[str, Any] = {
        "cluster_id": signal.cluster_id,
        "server_or_client": signal.server_or_client,
        "profile_id": signal.profile_id,
        "source_endpoint_id": signal.endpoint,
    }
    if isinstance(signal, AttributesReported):
        if not signal.reported:
            return None
        code = signal.manufacturer_code
        head["destination_endpoint_id"] = signal.local_endpoint
        head["source_address"] = signal.device
        head["manufacturer_code"] = ABSENT if code is None else code
    return head


SINGLE_REPORTS: Final[tuple[NotificationType[Any], ...]] = tuple(
    NotificationType(
        name="attribute_report", parameters=AttributeReport, signal=signal, parameters_of=_each
    )
    for signal in (AttributesReported, LocalAttributesReported)
)
"""Each reported attribute in a notification of its own."""
COLLECTED_REPORTS: Final[tuple[NotificationType[Any], ...]] = tuple(
    NotificationType(
        name="received_attribute_report_collection",
        parameters=ReceivedAttributeReportCollection,
        signal=signal,
        parameters_of=_all_of_a_frame,
    )
    for signal in (AttributesReported, LocalAttributesReported)
)
"""Instead of that: the attributes of one frame in one notification, under the later name."""


# ------------------------------------------------------------------ notices of the whole


def _level_of(severity: int) -> int:
    if severity >= ERROR:
        return logging.ERROR
    return logging.INFO if severity >= STATUS_NOTICE else logging.DEBUG


def _detail(description: str) -> MessageNotice:
    return MessageNotice(severity=DEBUG, description=description)


def _status(description: str) -> MessageNotice:
    return MessageNotice(severity=STATUS_NOTICE, description=description)


def _of_network(signal: NetworkChanged) -> MessageNotice:
    severity = STATUS_NOTICE if signal.joined or signal.asked else ERROR
    return MessageNotice(severity=severity, description=signal.reason, status=int(signal.joined))


def _of_storage(signal: StorageChanged) -> MessageNotice:
    severity = STATUS_NOTICE if signal.writable else ERROR
    return MessageNotice(severity=severity, description=signal.reason)


def _of_key(signal: KeyEstablished) -> MessageNotice:
    return _detail(f"a link key of suite {signal.suite} is established with {signal.device}")


def _of_joining(signal: JoiningChanged) -> MessageNotice:
    if not signal.seconds:
        return _detail("joining is closed")
    return _detail(f"joining is open for {signal.seconds:.0f} s")


def _of_time(signal: NetworkTimeSet) -> MessageNotice:
    source = "NTP or a caller" if signal.device is None else str(signal.device)
    return _detail(f"the network's time was set by {source}: {signal.step:+.0f} s")


def _of_event(signal: EventHeard) -> MessageNotice:
    ids = ", ".join(f"0x{event_id:X}" for event_id in signal.event_ids)
    return _detail(f"{signal.device} has {ids or 'no event'} of cluster 0x{signal.cluster_id:04X}")


NOTICES: Final[tuple[NotificationType[Any], ...]] = (
    notice(DeviceActive, lambda signal: _status(f"device {signal.device} is active")),
    notice(DeviceInactive, lambda signal: _status(f"device {signal.device} is inactive")),
    notice(NetworkChanged, _of_network),
    notice(StorageChanged, _of_storage),
    notice(DeviceJoined, lambda signal: _detail(f"device {signal.device} joined the network")),
    notice(DeviceUpdated, lambda signal: _detail(f"device {signal.device} told of itself")),
    notice(DeviceRemoved, lambda signal: _detail(f"device {signal.device} was forgotten")),
    notice(KeyEstablished, _of_key),
    notice(JoiningChanged, _of_joining),
    notice(NetworkTimeSet, _of_time),
    notice(EventHeard, _of_event),
)
"""What is told of devices, of the network, and of the database; in detail with severity 0."""
