"""Where the event requests are taken: one desk for each server cluster of an endpoint."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, TypeVar

from zigpy.zcl.foundation import CommandSchema

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.gateway.events.client_delivery import Created
from sebridge.model.values import ABSENT, Absent
from sebridge.zcl.record import Record

R = TypeVar("R", bound=Record)
D = TypeVar("D")

R_co = TypeVar("R_co", bound=Record, covariant=True)

SERVER: Final = 0
CLIENT: Final = 1


class EventDesk(Protocol[R]):
    """Takes events, and takes them back."""

    def valid(self) -> list[R]:
        """Return the events in force and to come."""

    async def create(self, record: R) -> Created[R]:
        """Take an event, and send it to all clients."""

    async def cancel(self, event_id: int, at: int, command: CommandSchema) -> list[Eui64]:
        """Take an event back, and tell all clients."""

    async def cancel_all(self, command: CommandSchema | None) -> list[Eui64]:
        """Take all events back."""


class EventList(Protocol[R_co]):
    """The events that a local cluster keeps."""

    def valid(self) -> Sequence[R_co]:
        """Return the events in force and to come."""


def source_desk(desks: Mapping[int, D], source_endpoint_id: int) -> D:
    """Return the desk of the endpoint that is to send; ParameterError where it has none."""
    try:
        return desks[int(source_endpoint_id)]
    except KeyError:
        problem = f"endpoint 0x{int(source_endpoint_id):02X} has no server of this cluster"
        raise ParameterError("source_endpoint_id", problem) from None


def client_desk(desks: Mapping[int, D], source_endpoint_id: int) -> D:
    """Return the desk of the endpoint that listens; ParameterError where it has none."""
    try:
        return desks[int(source_endpoint_id)]
    except KeyError:
        problem = f"endpoint 0x{int(source_endpoint_id):02X} has no client of this cluster"
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
    clients: Mapping[int, D],
    endpoint_id: int,
    server_or_client: int | Absent,
) -> tuple[int, D]:
    """Return the side (0 server, 1 client) that an endpoint's cluster has, and what it keeps.

    Without a side it is whichever the endpoint has. Raises ParameterError where it has none.
    """
    if server_or_client is not ABSENT and server_or_client not in {SERVER, CLIENT}:
        raise ParameterError("server_or_client", "must be 0 (server) or 1 (client)")
    for side, lists in ((SERVER, servers), (CLIENT, clients)):
        wanted = server_or_client in {ABSENT, side}
        if wanted and int(endpoint_id) in lists:
            return side, lists[int(endpoint_id)]
    if int(endpoint_id) in {*servers, *clients}:
        raise ParameterError("server_or_client", "the endpoint has only the other side")
    problem = f"endpoint 0x{int(endpoint_id):02X} has no such cluster"
    raise ParameterError("endpoint_id", problem)
