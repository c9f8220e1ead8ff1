"""News of Smart Energy events: what peers sent, and what is in force."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from zigpy.zcl.foundation import Status

from sebridge.base.addresses import Eui64
from sebridge.features.load_control.records import ReportEventStatusRecord
from sebridge.features.messaging.records import MessageConfirmationRecord
from sebridge.zcl.record import Record


@dataclass(frozen=True, slots=True)
class EventStatusReported:
    """A load-control client said what it does with an event.

    `signature_verified` is None for a report without a signature.
    """

    device: Eui64
    endpoint: int
    local_endpoint: int
    record: ReportEventStatusRecord
    signature_verified: bool | None = None


@dataclass(frozen=True, slots=True)
class MessageConfirmed:
    """A display's user confirmed a message."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    record: MessageConfirmationRecord


@dataclass(frozen=True, slots=True)
class EventReceived:
    """One of our client clusters took, or refused, an event or a cancellation from a server."""

    device: Eui64
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
    """The list of valid events (in force and to come) changed: one added, ended or cancelled.

    `added` and `over` are the identifiers of the events that came and went.
    """

    local_endpoint: int
    cluster_id: int
    records: Sequence[Record]
    added: Sequence[int] = field(default=(), compare=False)
    over: Sequence[int] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Identifying:
    """Somebody asked an endpoint of ours to show itself for so many seconds (0 = stop)."""

    local_endpoint: int
    seconds: int


@dataclass(frozen=True, slots=True)
class EventHeard:
    """A client has these events: it acknowledged them, or was given them when it asked."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    cluster_id: int
    event_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class ValuesHeard:
    """A Price client has these values, given by their kinds and issuer event ids."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    keys: Sequence[tuple[type[Record], int]]


@dataclass(frozen=True, slots=True)
class EventUndelivered:
    """A new event reached none of the clients that are there; they are tried again."""

    local_endpoint: int
    cluster_id: int
    event_id: int


@dataclass(frozen=True, slots=True)
class NetworkTimeSet:
    """The network's time was set; `step` is by how many seconds it jumped.

    `device` is the time server that told it, None for NTP or a person. `first` says that the time
    was not known before.
    """

    device: Eui64 | None
    step: float
    first: bool = False


@dataclass(frozen=True, slots=True)
class IdentifyAnswered:
    """A device that was asked says that it shows itself for so many more seconds."""

    device: Eui64
    endpoint: int
    seconds: int


@dataclass(frozen=True, slots=True)
class FactoryReset:
    """A peer that may do so put an endpoint of ours back to its factory defaults."""

    device: Eui64
    local_endpoint: int


@dataclass(frozen=True, slots=True)
class KeyEstablished:
    """A link key was established with a device, from both certificates of a suite (1 or 2)."""

    device: Eui64
    suite: int


@dataclass(frozen=True, slots=True)
class PartnerKeyGranted:
    """The trust centre granted us a link key with another device."""

    device: Eui64


@dataclass(frozen=True, slots=True)
class KeyEstablishmentFailed:
    """An attempt to establish a key with a device came to nothing, or its time is over."""

    device: Eui64
    why: str


@dataclass(frozen=True, slots=True)
class TunnelOpened:
    """A tunnel that was asked for is there; for a standard protocol the manufacturer is 0xFFFF."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int
    protocol_id: int
    manufacturer_code: int


@dataclass(frozen=True, slots=True)
class TunnelRefused:
    """A server opens no tunnel, and why."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    status: int


@dataclass(frozen=True, slots=True)
class TunnelData:
    """Octets came through a tunnel."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int
    data: bytes


@dataclass(frozen=True, slots=True)
class TunnelDataLost:
    """The other end of a tunnel had no room for octets of ours."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int


@dataclass(frozen=True, slots=True)
class TunnelClosed:
    """A tunnel is no more: one end closed it, it was idle, or the other end does not know it."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    tunnel_id: int


@dataclass(frozen=True, slots=True)
class TunnelProtocolsListed:
    """A server told all its protocols, as pairs of manufacturer and protocol."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    protocols: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class PrepaymentAnswered:
    """A prepayment meter said what became of a top-up or of a change, or showed its books."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    record: Record
