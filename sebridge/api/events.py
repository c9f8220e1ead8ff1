"""What all clusters with events share of their requests, answers and notifications.

Each method has a class of its own among the answers, which says what it means and names its
cluster.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec

from sebridge.api.notifications import ERROR, MessageNotice, NotificationType, notice
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.gateway.events.client_delivery import Created
from sebridge.gateway.events.signals import ActiveEventsChanged, EventReceived, EventUndelivered
from sebridge.model.record import Record
from sebridge.model.values import ABSENT, Absent
from sebridge.zcl.status import Status

A = TypeVar("A")
D = TypeVar("D")
E = TypeVar("E")
Q = TypeVar("Q", bound=Record)
R = TypeVar("R", bound=Record)
R_co = TypeVar("R_co", bound=Record, covariant=True)

SERVER: Final = 0
CLIENT: Final = 1


class EventList(Protocol[R_co]):
    """The events that a local cluster keeps."""

    def valid(self) -> Sequence[R_co]:
        """Return the events in force and to come."""


class AsksServers(Protocol):
    """The service of a local client."""

    async def ask(self, question: Record) -> list[Eui64]:
        """Send a question to every active server; return the devices that took it."""

    def clear(self) -> None:
        """Forget all events here."""


# ------------------------------------------------------------------ whom a request is for


def server_at(servers: Mapping[int, D], source_endpoint_id: int) -> D:
    """Return the service of the endpoint that is to send; ParameterError where it has none."""
    try:
        return servers[source_endpoint_id]
    except KeyError:
        problem = f"endpoint 0x{source_endpoint_id:02X} has no server of this cluster"
        raise ParameterError("source_endpoint_id", problem) from None


def client_at(clients: Mapping[int, D], source_endpoint_id: int) -> D:
    """Return the service of the endpoint that listens; ParameterError where it has none."""
    try:
        return clients[source_endpoint_id]
    except KeyError:
        problem = f"endpoint 0x{source_endpoint_id:02X} has no client of this cluster"
        raise ParameterError("source_endpoint_id", problem) from None


def list_at(
    servers: Mapping[int, EventList[R]],
    clients: Mapping[int, EventList[R]],
    endpoint_id: int,
    server_or_client: int | Absent,
) -> tuple[int, Sequence[R]]:
    """Return the side (0 server, 1 client) and the valid events of an endpoint's cluster.

    Without a side it is whichever the endpoint has. Raises ParameterError where it has none.
    """
    side, events = side_at(servers, clients, endpoint_id, server_or_client)
    return side, events.valid()


def side_at(
    servers: Mapping[int, D],
    clients: Mapping[int, E],
    endpoint_id: int,
    server_or_client: int | Absent,
) -> tuple[int, D | E]:
    """Return the side (0 server, 1 client) that an endpoint's cluster has, and what it keeps.

    Without a side it is whichever the endpoint has. Raises ParameterError where it has none.
    """
    if server_or_client is not ABSENT and server_or_client not in {SERVER, CLIENT}:
        raise ParameterError("server_or_client", "must be 0 (server) or 1 (client)")
    for side, lists in ((SERVER, servers), (CLIENT, clients)):
        wanted = server_or_client in {ABSENT, side}
        if wanted and endpoint_id in lists:
            return side, lists[endpoint_id]
    if endpoint_id in {*servers, *clients}:
        raise ParameterError("server_or_client", "the endpoint has only the other side")
    problem = f"endpoint 0x{endpoint_id:02X} has no such cluster"
    raise ParameterError("endpoint_id", problem)


# ------------------------------------------------------------------ answers


class EventListAnswer(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """What an endpoint's cluster keeps; `server_or_client` is 0 for a server, 1 for a client."""

    endpoint_id: int
    cluster_id: int
    server_or_client: int
    events_record_list: Sequence[R]


class CreatedAnswer(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """What became of a record that was to be published."""

    source_endpoint_id: int
    cluster_id: int
    status: int
    record: R
    device_list: Sequence[Eui64]
    reason: str | Absent = ABSENT


class CancelledAnswer(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """What was taken back is gone, and these devices were told by this record."""

    source_endpoint_id: int
    cluster_id: int
    status: int = 0
    record: R
    device_list: Sequence[Eui64]


def created_answer(kind: Callable[..., A], source_endpoint_id: int, created: Created[Any]) -> A:
    """Return the answer, of a subclass of CreatedAnswer, to an attempt to create something."""
    return kind(
        source_endpoint_id=source_endpoint_id,
        status=int(created.status),
        record=created.record,
        device_list=created.devices,
        reason=created.reason or ABSENT,
    )


class AskedResponse(msgspec.Struct, Generic[Q], frozen=True, kw_only=True):
    """Which servers were asked, and with which record where one was given."""

    source_endpoint_id: int
    cluster_id: int
    record: Q | Absent = ABSENT
    device_list: Sequence[Eui64]


class ClearedResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The local list is empty."""

    source_endpoint_id: int
    cluster_id: int


async def asked(
    kind: Callable[..., A],
    clients: Mapping[int, AsksServers],
    source_endpoint_id: int,
    given: Q | Absent,
    otherwise: Q,
) -> A:
    """Ask what the caller gave, or else for everything; return the answer, an AskedResponse."""
    client = client_at(clients, source_endpoint_id)
    devices = await client.ask(otherwise if given is ABSENT else given)
    return kind(source_endpoint_id=source_endpoint_id, record=given, device_list=devices)


def cleared(
    clients: Mapping[int, AsksServers], source_endpoint_id: int, cluster_id: int
) -> ClearedResponse:
    """Forget the events of an endpoint's client; the servers keep theirs."""
    client_at(clients, source_endpoint_id).clear()
    return ClearedResponse(source_endpoint_id=source_endpoint_id, cluster_id=cluster_id)


def status_of(asked: Sequence[Eui64]) -> int:
    """Return the status of having asked these: NOT_FOUND for nobody."""
    return int(Status.SUCCESS if asked else Status.NOT_FOUND)


# ------------------------------------------------------------------ notifications


class ReceivedEvent(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
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


class UpdatedActiveEvents(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """`updated_active_price_event` and its kin: the whole new list of what is in force."""

    destination_endpoint_id: int
    cluster_id: int
    record_list: Sequence[R]


def received(name: str, *kinds: type[Record]) -> NotificationType[EventReceived]:
    """Declare what is told when a client of ours takes, or refuses, a record of these kinds."""

    def parameters_of(signal: EventReceived) -> Iterable[ReceivedEvent[Record]]:
        if type(signal.record) not in kinds:
            return ()
        told = ReceivedEvent(
            status=int(signal.status),
            source_address=signal.device,
            source_endpoint_id=signal.endpoint,
            destination_endpoint_id=signal.local_endpoint,
            cluster_id=signal.cluster_id,
            record=signal.record,
        )
        return (told,)

    return NotificationType(
        name=name,
        parameters=ReceivedEvent[reduce(or_, kinds)],  # type: ignore[misc]  # any of these kinds
        signal=EventReceived,
        parameters_of=parameters_of,
    )


def updated_active(
    name: str, kind: type[R], cluster_id: int, *, kept_as: str
) -> NotificationType[ActiveEventsChanged]:
    """Declare what is told, and kept, when another list of events of a cluster is in force."""

    def parameters_of(signal: ActiveEventsChanged) -> Iterable[UpdatedActiveEvents[Record]]:
        if signal.cluster_id != cluster_id:
            return ()
        told = UpdatedActiveEvents(
            destination_endpoint_id=signal.local_endpoint,
            cluster_id=signal.cluster_id,
            record_list=list(signal.records),
        )
        return (told,)

    return NotificationType(
        name=name,
        parameters=UpdatedActiveEvents[kind],  # type: ignore[valid-type]  # kind is a class
        signal=ActiveEventsChanged,
        parameters_of=parameters_of,
        kept_as=kept_as,
    )


def undelivered(words: str, cluster_id: int) -> NotificationType[EventUndelivered]:
    """Declare the error that says that an event of a cluster, in these words, reached no client."""

    def notice_of(signal: EventUndelivered) -> MessageNotice | None:
        if signal.cluster_id != cluster_id:
            return None
        description = f"{words} event 0x{signal.event_id:X} reached no client yet"
        return MessageNotice(severity=ERROR, description=description)

    return notice(EventUndelivered, notice_of)
