"""Where the event requests are taken: one desk for each server cluster of an endpoint."""

from collections.abc import Mapping
from typing import Protocol, TypeVar

import zigpy.types as t
from zigpy.zcl.foundation import CommandSchema

from sebridge.base.errors import ParameterError
from sebridge.base.values import ABSENT, Absent
from sebridge.clusters.publisher import Created
from sebridge.zcl.record import Record

R = TypeVar("R", bound=Record)
D = TypeVar("D")

_SERVER = 0


class EventDesk(Protocol[R]):
    """Takes events, and takes them back."""

    def valid(self) -> list[R]:
        """Return the events in force and to come."""

    async def create(self, record: R) -> Created[R]:
        """Take an event, and send it to all clients."""

    async def cancel(self, event_id: int, at: int, command: CommandSchema) -> list[t.EUI64]:
        """Take an event back, and tell all clients."""

    async def cancel_all(self, command: CommandSchema | None) -> list[t.EUI64]:
        """Take all events back."""


def desk_at(desks: Mapping[int, D], endpoint_id: int, server_or_client: int | Absent) -> D:
    """Return the desk of the endpoint that is asked about; ParameterError where it has none."""
    if server_or_client is not ABSENT and server_or_client != _SERVER:
        raise ParameterError("server_or_client", "the endpoint has no client of this cluster")
    return _desk(desks, endpoint_id, "endpoint_id")


def source_desk(desks: Mapping[int, D], source_endpoint_id: int) -> D:
    """Return the desk of the endpoint that is to send; ParameterError where it has none."""
    return _desk(desks, source_endpoint_id, "source_endpoint_id")


def _desk(desks: Mapping[int, D], endpoint_id: int, parameter: str) -> D:
    try:
        return desks[int(endpoint_id)]
    except KeyError:
        problem = f"endpoint 0x{int(endpoint_id):02X} has no server of this cluster"
        raise ParameterError(parameter, problem) from None
