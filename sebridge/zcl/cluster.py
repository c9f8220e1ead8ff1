"""What a cluster is: its commands with their records, and the attributes of both its sides."""

from collections.abc import Iterable, Mapping

import msgspec

from sebridge.model.record import Record
from sebridge.zcl.data_types import DataType


class AttributeDefinition(msgspec.Struct, frozen=True):
    """An attribute that may be read (r) and written (w), as `access` says."""

    attribute_id: int
    name: str
    data_type: DataType
    access: str = "rw"

    @property
    def is_writable(self) -> bool:
        """Say whether a peer may write it."""
        return "w" in self.access


class CommandDefinition(msgspec.Struct, frozen=True):
    """One command of a cluster in one direction, and the record of its payload."""

    command_id: int
    from_server: bool
    name: str
    record: type[Record]


class ClusterDefinition:
    """A cluster: its identifier and name, its commands, and the attributes of both its sides.

    `from_client` and `from_server` are the commands that each side sends, as (id, name, record);
    `older` are forms of older editions, under names of their own. Whether its frames are encrypted
    with a link key depends on the profile: `zcl.identifiers.needs_link_key`.
    """

    def __init__(
        self,
        cluster_id: int,
        name: str,
        *,
        from_client: Iterable[tuple[int, str, type[Record]]] = (),
        from_server: Iterable[tuple[int, str, type[Record]]] = (),
        older: tuple[CommandDefinition, ...] = (),
        server_attributes: Mapping[int, AttributeDefinition] | None = None,
        client_attributes: Mapping[int, AttributeDefinition] | None = None,
    ) -> None:
        self.cluster_id = cluster_id
        self.name = name
        self._attributes = {True: server_attributes or {}, False: client_attributes or {}}
        sides = ((False, from_client), (True, from_server))
        commands = [
            CommandDefinition(number, is_server, name, record)
            for is_server, side in sides
            for number, name, record in side
        ]
        self._by_id = {(item.from_server, item.command_id): item for item in commands}
        self._by_name = {(item.from_server, item.name): item for item in (*commands, *older)}
        self._by_record = {(item.from_server, item.record): item for item in (*commands, *older)}
        self._older = {item.record: item for item in older}

    @property
    def commands(self) -> tuple[CommandDefinition, ...]:
        """All commands, those of older editions included."""
        return tuple(self._by_name.values())

    def find(self, command_id: int, *, from_server: bool) -> CommandDefinition | None:
        """Return the command with this id."""
        return self._by_id.get((from_server, command_id))

    def named(self, name: str, *, from_server: bool) -> CommandDefinition | None:
        """Return the command with this name."""
        return self._by_name.get((from_server, name))

    def command_id(self, record: type[Record], *, from_server: bool) -> int:
        """Return the id of the command with this record; TypeError where there is none."""
        for kind in record.__mro__:  # a record may refine that of a command
            if (found := self._by_record.get((from_server, kind))) is not None:
                return found.command_id
        side = "server" if from_server else "client"
        raise TypeError(f"no {side} of cluster {self.name} sends a {record.__name__}")

    def form_of(self, command: CommandDefinition, record: Record) -> CommandDefinition:
        """Return the command itself, or its form of an older edition if the record is of that."""
        return self._older.get(type(record), command)

    def attributes(self, *, of_server: bool) -> Mapping[int, AttributeDefinition]:
        """Return the attributes of one side by id."""
        return self._attributes[of_server]


Clusters = Mapping[int, ClusterDefinition]
"""Clusters by id."""


def table_of(definitions: Iterable[ClusterDefinition]) -> Clusters:
    """Return the clusters by id; ValueError where two have the same."""
    table: dict[int, ClusterDefinition] = {}
    for item in definitions:
        if item.cluster_id in table:
            raise ValueError(f"two clusters have the id 0x{item.cluster_id:04X}")
        table[item.cluster_id] = item
    return table
