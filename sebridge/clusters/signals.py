"""News of Smart Energy events: what peers sent, and what is in force."""

from collections.abc import Sequence
from dataclasses import dataclass

import zigpy.types as t
from zigpy.zcl.foundation import Status

from sebridge.smartenergy.drlc import ReportEventStatusRecord
from sebridge.smartenergy.messaging import MessageConfirmationRecord
from sebridge.zcl.record import Record


@dataclass(frozen=True, slots=True)
class EventStatusReported:
    """A load-control client said what it does with an event."""

    device: t.EUI64
    endpoint: int
    local_endpoint: int
    record: ReportEventStatusRecord


@dataclass(frozen=True, slots=True)
class MessageConfirmed:
    """A display's user confirmed a message."""

    device: t.EUI64
    endpoint: int
    local_endpoint: int
    record: MessageConfirmationRecord


@dataclass(frozen=True, slots=True)
class EventReceived:
    """One of our client clusters took, or refused, an event or a cancellation from a server."""

    device: t.EUI64
    endpoint: int
    local_endpoint: int
    cluster_id: int
    status: Status
    record: Record


@dataclass(frozen=True, slots=True)
class ActiveEventsChanged:
    """The events in force changed; `records` is the whole new list, with absolute start times."""

    local_endpoint: int
    cluster_id: int
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class EventsChanged:
    """The list of valid events (in force and to come) changed: one added, ended or cancelled."""

    local_endpoint: int
    cluster_id: int
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Identifying:
    """Somebody asked an endpoint of ours to show itself for so many seconds (0 = stop)."""

    local_endpoint: int
    seconds: int


@dataclass(frozen=True, slots=True)
class EventHeard:
    """A client has these events: it acknowledged them, or was given them when it asked."""

    device: t.EUI64
    endpoint: int
    local_endpoint: int
    cluster_id: int
    event_ids: Sequence[int]
