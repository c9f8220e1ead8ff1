"""LocalCluster: one side of a cluster on an endpoint of ours. It decides, and never sends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from zigpy.zcl import Cluster
from zigpy.zcl.foundation import CommandSchema, Status

from sebridge.base.errors import UnsupportedCommandError
from sebridge.gateway.local_attributes import LocalAttributes
from sebridge.network.peer import Peer
from sebridge.zcl.record import decode


@dataclass(frozen=True, slots=True)
class Command:
    """A cluster command as it arrived. `now` is seconds since 2000 UTC."""

    source: Peer
    local_endpoint: int
    record: CommandSchema
    sequence: int
    now: int


@dataclass(frozen=True, slots=True)
class Sending:
    """A command to send by ourselves, `after` so many seconds."""

    peer: Peer
    record: CommandSchema
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a cluster wants done.

    `answers` go back with the question's sequence number; without any, `status` becomes the
    default response, unless the answer comes later. `signals` are for the bus.
    """

    answers: tuple[CommandSchema, ...] = ()
    status: Status = Status.SUCCESS
    sendings: tuple[Sending, ...] = ()
    signals: tuple[object, ...] = field(default=())
    answered_later: bool = False


class LocalCluster:
    """A cluster that only has attributes; subclasses answer commands.

    `definition` names its identifier and commands; without one it has no commands, and must be
    told as what it appears.
    """

    definition: ClassVar[type[Cluster]]
    server: bool
    _appears_as: int | None = None

    def __init__(self, attributes: LocalAttributes | None = None) -> None:
        self.attributes = LocalAttributes() if attributes is None else attributes

    @property
    def cluster_id(self) -> int:
        """The 16-bit cluster identifier."""
        return int(self.definition.cluster_id) if self._appears_as is None else self._appears_as

    def appear_as(self, cluster_id: int, *, server: bool) -> None:
        """Be on the endpoint under another identifier or side than the class has."""
        self._appears_as = cluster_id
        self.server = server

    def payload(self, command_id: int) -> type[CommandSchema]:
        """Return the record of a command that comes to us; UnsupportedCommandError if unknown."""
        try:
            schema: type[CommandSchema] = self._commands()[command_id].schema
        except KeyError:
            raise UnsupportedCommandError(f"no command 0x{command_id:02X}") from None
        return schema

    def _commands(self) -> Mapping[int, Any]:
        definition: type[Cluster] | None = getattr(type(self), "definition", None)
        if definition is None:
            return {}
        return definition.server_commands if self.server else definition.client_commands

    def read(self, command_id: int, payload: bytes) -> CommandSchema:
        """Return the record of a command; DecodeError or UnsupportedCommandError."""
        return decode(self.payload(command_id), payload)

    def outgoing(self, record: CommandSchema) -> CommandSchema:
        """Return a record as it goes out; a subclass may sign it."""
        return record

    def receive(self, command: Command) -> Outcome:
        """Take a command; raise a SebridgeError to answer with its ZCL status."""
        raise UnsupportedCommandError(type(command.record).__name__)
