"""News of events: what servers told, what is in force, and who has it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.model.record import Record
from sebridge.schedule.slot import Slot
from sebridge.zcl.status import Status


class EventReceived(msgspec.Struct, frozen=True):
    """One of our client clusters took, or refused, an event or a cancellation from a server."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    cluster_id: int
    status: Status
    record: Record


@dataclass(frozen=True, slots=True)
class ActiveEventsChanged:
    """The events in force changed; `records` is the whole new list, with absolute start times.

    `server` says whether it is that of the cluster's server side.
    """

    local_endpoint: int
    cluster_id: int
    records: Sequence[Record]
    server: bool = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class EventsChanged:
    """The list of valid events (in force and to come) changed: one added, ended or cancelled.

    `added` and `over` are the identifiers of the events that came and went, `cancelled` those of
    the latter that were taken back; `server` says whether it is the list of the cluster's server
    side.
    """

    local_endpoint: int
    cluster_id: int
    records: Sequence[Record]
    server: bool = field(kw_only=True)
    added: Sequence[int] = field(default=(), compare=False)
    over: Sequence[int] = field(default=(), compare=False)
    cancelled: Sequence[int] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class EventHeard:
    """A client has these events: it acknowledged them, or was given them when it asked.

    `record` is the first of them that is still valid, as it is shown; the server has all of them.
    """

    device: Eui64
    endpoint: int
    local_endpoint: int
    cluster_id: int
    event_ids: Sequence[int]
    record: Record | None = field(default=None, compare=False)
    server: bool = field(default=True, init=False)


@dataclass(frozen=True, slots=True)
class EventTaken:
    """A client was brought an event that it has to acknowledge, and did not do so yet."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    cluster_id: int
    event_id: int
    server: bool = field(default=True, init=False)


@dataclass(frozen=True, slots=True)
class EventAnswered:
    """A client said what it, or its user, makes of an event: `answer` is a word like `started`."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    cluster_id: int
    event_id: int
    answer: str
    server: bool = field(default=True, init=False)


class EventUndelivered(msgspec.Struct, frozen=True):
    """A new event reached none of the clients that are there; they are tried again."""

    local_endpoint: int
    cluster_id: int
    event_id: int


class PriceInForce(msgspec.Struct, frozen=True, kw_only=True):
    """What one `unit` of a commodity costs, from `begin` until `end`, in seconds since 1970.

    `price` is in the main unit of `currency`, an ISO 4217 code. `end` is None until another comes.
    """

    commodity: str
    unit: str
    price: float
    currency: str
    begin: float
    end: float | None


class PricesInForce(msgspec.Struct, frozen=True):
    """The prices in force changed; what is not among them has none, as far as is known."""

    prices: Sequence[PriceInForce]


class CurveTold(msgspec.Struct, frozen=True):
    """All that a utility's VTN says of the prices of electricity, in the unit of `price_source`.

    The slots are in order and do not overlap.
    """

    slots: Sequence[Slot]
