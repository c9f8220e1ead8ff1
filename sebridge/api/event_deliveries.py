"""Requests for what devices made of events: own extension."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.base.errors import ParameterError
from sebridge.gateway.events.delivery_log import Delivery, DeliveryLog, ToldEvent
from sebridge.model.data_types import Uint8, Uint16, Uint32
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import SE_ENDPOINT


class DeviceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a device said of an event, and when (ISO 8601).

    Of load control it is an event status in words, such as `started`, of a message `confirmed`.
    """

    status: str
    time: str


class EventDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """What a device made of an event.

    `sent` is when it was first brought it, `received` when it first said that it has it; null
    while that is awaited. `answers` are the last 8, the oldest first. Times are ISO 8601.
    """

    device_address: Eui64
    sent: str
    received: str | None
    answers: Sequence[DeviceAnswer]


class EventDeliveries(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it was told, and the devices that were told it.

    `over` is since when it is over (ISO 8601), null of one that is in force or to come; `cancelled`
    says whether it was taken back. The text of a protected message is left out.
    """

    issuer_event_id: int
    record: Mapping[str, Any]
    over: str | None
    cancelled: bool
    devices: Sequence[EventDelivery]


class GetEventDeliveriesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The last 200 events of a server, the oldest first, with what devices made of them."""

    endpoint_id: int
    cluster_id: int
    events: Sequence[EventDeliveries]


class EventDeliveryMethods:
    """Requests for what devices made of events; `logs` are by endpoint and cluster."""

    rpc_interface = SE_INTERFACE

    def __init__(self, logs: Mapping[tuple[int, int], DeliveryLog]) -> None:
        self._logs = logs

    @method(scope=Scope.READ)
    async def get_event_deliveries(
        self,
        cluster_id: Uint16,
        issuer_event_id: Uint32 | Absent = ABSENT,
        endpoint_id: Uint8 = SE_ENDPOINT,
    ) -> GetEventDeliveriesResponse:
        """Return which devices have which event of a cluster, and what they said of it.

        The cluster is Price (0x0700), Demand Response and Load Control (0x0701) or Messaging
        (0x0703), whose `message_id` stands for the identifier. With an identifier it is only that
        event, if it is known. It is kept over restarts; a device that is removed is left out.
        """
        log = self._logs.get((endpoint_id, cluster_id))
        if log is None:
            problem = f"endpoint 0x{endpoint_id:02X} serves no events of cluster 0x{cluster_id:04X}"
            raise ParameterError("cluster_id", problem)
        events = [
            _told(event_id, event, log.deliveries(event_id))
            for event_id, event in log.events.items()
            if issuer_event_id in {ABSENT, event_id}
        ]
        return GetEventDeliveriesResponse(
            endpoint_id=endpoint_id, cluster_id=cluster_id, events=events
        )


def _told(event_id: int, event: ToldEvent, deliveries: Mapping[Eui64, Delivery]) -> EventDeliveries:
    return EventDeliveries(
        issuer_event_id=event_id,
        record=event.record,
        over=None if event.over is None else iso_time(event.over),
        cancelled=event.cancelled,
        devices=[_delivered(device, delivery) for device, delivery in deliveries.items()],
    )


def _delivered(device: Eui64, delivery: Delivery) -> EventDelivery:
    return EventDelivery(
        device_address=device,
        sent=iso_time(delivery.sent),
        received=None if delivery.received is None else iso_time(delivery.received),
        answers=[
            DeviceAnswer(status=answer.status, time=iso_time(answer.time))
            for answer in delivery.answers
        ],
    )
