"""Signals become response-only messages: received_price_event and its kin."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sebridge.base.clock import Clock
from sebridge.base.signals import SignalBus
from sebridge.base.values import mac, plain
from sebridge.clusters.signals import (
    ActiveEventsChanged,
    EventReceived,
    EventStatusReported,
    MessageConfirmed,
)
from sebridge.devices.signals import DeviceActive, DeviceInactive, NetworkChanged
from sebridge.reporting.signals import AttributesReported
from sebridge.rpc.message import Notification
from sebridge.smartenergy.drlc import (
    CancelAllLoadControlEventsRecord,
    CancelLoadControlEventRecord,
    LoadControlEventRecord,
)
from sebridge.smartenergy.identifiers import DRLC, MESSAGING, PRICE
from sebridge.smartenergy.messaging import CancelMessageRecord, DisplayMessageRecord
from sebridge.smartenergy.price import PublishPriceRecord

STATUS_NOTICE: Final = 1
"""Severity of a plain status notice: passes the default filter, which is 1 (quirk W9)."""

_ACTIVE_NAMES: Final = {
    PRICE: "updated_active_price_event",
    DRLC: "updated_active_DRLC_events",
    MESSAGING: "updated_active_message_events",
}
_RECEIVED_NAMES: Final[Mapping[type, str]] = {
    PublishPriceRecord: "received_price_event",
    LoadControlEventRecord: "received_DRLC_event",
    CancelLoadControlEventRecord: "received_DRLC_cancel_event",
    CancelAllLoadControlEventsRecord: "received_DRLC_cancel_all_events",
    DisplayMessageRecord: "received_message_event",
    CancelMessageRecord: "received_message_cancel_event",
}

Sink = Callable[[Notification], None]


class Notifier:
    """Listens to the bus, and hands each notification to the sink in plain values.

    `least_severity` is RPC_General_Interface.debug_rpc_severity: 0 debug, 1 warning, 2 error.
    """

    def __init__(
        self, bus: SignalBus, clock: Clock, sink: Sink, least_severity: Callable[[], int]
    ) -> None:
        self._clock = clock
        self._sink = sink
        self._least_severity = least_severity
        bus.listen(AttributesReported, self._on_report)
        bus.listen(EventStatusReported, self._on_event_status)
        bus.listen(MessageConfirmed, self._on_confirmation)
        bus.listen(EventReceived, self._on_event)
        bus.listen(ActiveEventsChanged, self._on_active_events)
        bus.listen(DeviceActive, lambda s: self._notice(f"device {mac(s.device)} is active"))
        bus.listen(DeviceInactive, lambda s: self._notice(f"device {mac(s.device)} is inactive"))
        bus.listen(NetworkChanged, self._on_network)

    def message(self, severity: int, description: str, **more: Any) -> None:
        """Tell a caller something: an error that belongs to no answer, or a status notice."""
        if severity >= self._least_severity():
            parameters = {"severity": severity, "description": description}
            self._send("message", parameters | more)

    def _notice(self, description: str) -> None:
        self.message(STATUS_NOTICE, description)

    def _send(self, name: str, parameters: Mapping[str, Any]) -> None:
        self._sink(Notification(name, parameters, self._clock.utc()))

    def _on_report(self, signal: AttributesReported) -> None:
        if not signal.reported:
            return
        head = {
            "cluster_id": signal.cluster_id,
            "server_or_client": signal.server_or_client,
            "profile_id": signal.profile_id,
            "source_endpoint_id": signal.endpoint,
            "destination_endpoint_id": signal.local_endpoint,
            "source_address": mac(signal.device),
        }
        if signal.manufacturer_code is not None:
            head["manufacturer_code"] = signal.manufacturer_code
        for value in signal.values:
            record = {
                "attribute_id": value.attribute_id,
                "attribute_type": value.attribute_type,
                "value": value.value,
            }
            self._send("attribute_report", head | {"record": record})

    def _on_event_status(self, signal: EventStatusReported) -> None:
        parameters = {
            "source_address": mac(signal.device),
            "source_endpoint_id": signal.endpoint,
            "record": plain(signal.record),
            "cluster_id": DRLC,
            "destination_endpoint_id": signal.local_endpoint,
        }
        if signal.signature_verified is not None:
            parameters["signature_verified"] = signal.signature_verified
        self._send("received_report_event_status", parameters)

    def _on_confirmation(self, signal: MessageConfirmed) -> None:
        parameters = {
            "source_address": mac(signal.device),
            "source_endpoint_id": signal.endpoint,
            "cluster_id": MESSAGING,
            "destination_endpoint_id": signal.local_endpoint,
            "record": plain(signal.record),
        }
        self._send("received_message_confirmation", parameters)

    def _on_event(self, signal: EventReceived) -> None:
        parameters = {
            "status": int(signal.status),
            "source_address": mac(signal.device),
            "source_endpoint_id": signal.endpoint,
            "destination_endpoint_id": signal.local_endpoint,
            "cluster_id": signal.cluster_id,
            "record": plain(signal.record),
        }
        self._send(_RECEIVED_NAMES[type(signal.record)], parameters)

    def _on_active_events(self, signal: ActiveEventsChanged) -> None:
        parameters = {
            "destination_endpoint_id": signal.local_endpoint,
            "cluster_id": signal.cluster_id,
            "record_list": plain(list(signal.records)),
        }
        self._send(_ACTIVE_NAMES[signal.cluster_id], parameters)

    def _on_network(self, signal: NetworkChanged) -> None:
        status = 0 if signal.joined else 1
        self.message(STATUS_NOTICE, signal.reason, status=status)
