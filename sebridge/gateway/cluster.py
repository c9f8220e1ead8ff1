"""LocalCluster: one side of a cluster on an endpoint of ours. It decides, and never sends."""

from abc import abstractmethod
from collections.abc import Collection
from typing import ClassVar

import msgspec

from sebridge.base.errors import UnsupportedCommandError
from sebridge.gateway.local_attributes import LocalAttributes
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.status import Status


class Command(msgspec.Struct, frozen=True):
    """A cluster command as it arrived. `now` is seconds since 2000 UTC.

    `is_identifying` says whether the endpoint that it is for shows itself at the moment.
    """

    source: Peer
    local_endpoint: int
    record: Record
    sequence: int
    now: int
    is_identifying: bool = False


class Sending(msgspec.Struct, frozen=True):
    """A command to send by ourselves, `after` so many seconds."""

    peer: Peer
    record: Record
    after: float = 0.0


class Outcome(msgspec.Struct, frozen=True):
    """What a cluster wants done.

    `answers` go back with the question's sequence number; without any, `status` becomes the
    default response, unless the answer comes later. `signals` are for the bus.
    """

    answers: tuple[Record, ...] = ()
    status: Status = Status.SUCCESS
    sendings: tuple[Sending, ...] = ()
    signals: tuple[object, ...] = msgspec.field(default=())
    answered_later: bool = False


class LocalCluster:
    """A cluster that only has attributes; subclasses answer commands.

    `definition` names its identifier and commands; without one it has no commands, and must be
    told as what it appears.
    """

    definition: ClassVar[ClusterDefinition]
    server: bool
    _appears_as: int | None = None

    def __init__(self, attributes: LocalAttributes | None = None) -> None:
        self.attributes = LocalAttributes() if attributes is None else attributes

    @property
    def cluster_id(self) -> int:
        """The 16-bit cluster identifier."""
        return self.definition.cluster_id if self._appears_as is None else self._appears_as

    def appear_as(self, cluster_id: int, *, server: bool) -> None:
        """Be on the endpoint under another identifier or side than the class has."""
        self._appears_as = cluster_id
        self.server = server

    def payload(self, command_id: int) -> type[Record]:
        """Return the record of a command that comes to us; UnsupportedCommandError if unknown."""
        definition: ClusterDefinition | None = getattr(type(self), "definition", None)
        if definition is not None:
            found = definition.find(command_id, from_server=not self.server)
            if found is not None:
                return found.record
        raise UnsupportedCommandError(f"no command 0x{command_id:02X}")

    def command_id(self, record: Record) -> int:
        """Return the id of a command that we send."""
        return self.definition.command_id(type(record), from_server=self.server)

    def read(self, command_id: int, payload: bytes) -> Record:
        """Return the record of a command; DecodeError or UnsupportedCommandError."""
        return self.payload(command_id).deserialize(payload)

    def outgoing(self, record: Record) -> Record:
        """Return a record as it goes out; a subclass may sign it."""
        return record

    @property
    def groups(self) -> Collection[int]:
        """The groups that its endpoint is in, as far as this cluster knows."""
        return ()

    def receive(self, command: Command) -> Outcome:
        """Take a command; raise a SebridgeError to answer with its ZCL status."""
        raise UnsupportedCommandError(type(command.record).__name__)


class TimedCluster(LocalCluster):
    """A cluster in which something becomes due by itself. Times are seconds since 2000 UTC."""

    @abstractmethod
    def next_change(self, now: int) -> int | None:
        """Return when something will be due; None for never."""

    @abstractmethod
    def advance(self, now: int) -> Outcome:
        """Do what is due."""
