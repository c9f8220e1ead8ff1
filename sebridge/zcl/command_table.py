"""Every command and attribute of the Smart Energy clusters, found by what a frame says of itself.

Names are those of the profile's clusters and commands; where zigpy, which declares a part of them,
has another name or shape, the tables here have ours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from zigpy.zcl import Cluster
from zigpy.zcl.clusters.general import Basic, Identify, KeepAlive, Time
from zigpy.zcl.clusters.smartenergy import Metering
from zigpy.zcl.foundation import CommandSchema, ZCLAttributeDef

from sebridge.features.keys.records import KeyEstablishment
from sebridge.features.load_control.records import Drlc
from sebridge.features.messaging.records import Messaging
from sebridge.features.metering import (
    attributes as metering_attributes,
    commands as metering_commands,
)
from sebridge.features.prepayment.records import Prepayment
from sebridge.features.price import attributes as price_attributes
from sebridge.features.price.records import Price
from sebridge.features.price.tariff_records import PublishBlockPeriodSe11Record
from sebridge.features.tunneling.records import Tunneling
from sebridge.zcl.attribute_table import attributes_by_id


@dataclass(frozen=True, slots=True)
class WireCommand:
    """One command of a cluster in one direction, and the record of its payload."""

    command_id: int
    from_server: bool
    name: str
    record: type[CommandSchema]


_Names = Mapping[tuple[bool, int], tuple[str, type[CommandSchema] | None]]
"""By direction (true: from the server) and id: our name, and our record where zigpy's is not it."""


class WireCluster:
    """The commands and attributes of one cluster."""

    def __init__(
        self,
        name: str,
        definition: type[Cluster],
        *,
        ours: _Names | None = None,
        older: tuple[WireCommand, ...] = (),
        server: Mapping[int, ZCLAttributeDef] | None = None,
        client: Mapping[int, ZCLAttributeDef] | None = None,
    ) -> None:
        self.name = name
        self.cluster_id = int(definition.cluster_id)
        own = {int(item.id): item for item in definition.AttributeDefs}
        self._attributes = {
            True: own | dict(server or {}) if definition is not Drlc else {},
            False: own if definition in _OF_CLIENTS else dict(client or {}),
        }
        commands = list(_commands(definition, ours or {}))
        self._by_id = {(item.from_server, item.command_id): item for item in commands}
        self._by_name = {(item.from_server, item.name): item for item in (*commands, *older)}
        self._older = {item.record: item for item in older}

    @property
    def commands(self) -> tuple[WireCommand, ...]:
        """All commands, those of older editions included."""
        return tuple(self._by_name.values())

    def find(self, command_id: int, *, from_server: bool) -> WireCommand | None:
        """Return the command with this id."""
        return self._by_id.get((from_server, command_id))

    def named(self, name: str, *, from_server: bool) -> WireCommand | None:
        """Return the command with this name."""
        return self._by_name.get((from_server, name))

    def form_of(self, command: WireCommand, record: CommandSchema) -> WireCommand:
        """Return the command itself, or its form of an older edition if the record is of that."""
        return self._older.get(type(record), command)

    def attributes(self, *, of_server: bool) -> Mapping[int, ZCLAttributeDef]:
        """Return the attributes of one side by id."""
        return self._attributes[of_server]


def _commands(definition: type[Cluster], ours: _Names) -> Iterator[WireCommand]:
    sides = ((False, definition.ServerCommandDefs), (True, definition.ClientCommandDefs))
    for from_server, commands in sides:
        for item in commands:
            number = int(item.id)
            name, record = ours.get((from_server, number), (item.name, None))
            yield WireCommand(number, from_server, name, record or item.schema)


_OF_CLIENTS: Final = frozenset({Drlc, KeyEstablishment})
"""Whose declared attributes are those of a client: of DRLC the client's only, of the other both."""

_METERING: Final[_Names] = {
    **{(False, number): entry for number, entry in metering_commands.SERVER_COMMANDS.items()},
    **{(True, number): entry for number, entry in metering_commands.CLIENT_COMMANDS.items()},
}

_CLUSTERS: Final = (
    WireCluster("basic", Basic, ours={(False, 0x00): ("reset_to_factory_defaults", None)}),
    WireCluster("identify", Identify),
    WireCluster("time", Time),
    WireCluster("keep_alive", KeepAlive),
    WireCluster(
        "price",
        Price,
        older=(WireCommand(0x01, True, "publish_block_period_se11", PublishBlockPeriodSe11Record),),  # noqa: FBT003
        client=attributes_by_id(price_attributes.CLIENT),
    ),
    WireCluster("drlc", Drlc),
    WireCluster(
        "metering",
        Metering,
        ours=_METERING,
        server=attributes_by_id(metering_attributes.SERVER),
        client=attributes_by_id(metering_attributes.CLIENT),
    ),
    WireCluster("messaging", Messaging),
    WireCluster("tunneling", Tunneling),
    WireCluster("prepayment", Prepayment),
    WireCluster("key_establishment", KeyEstablishment),
)

CLUSTERS: Final[Mapping[int, WireCluster]] = {item.cluster_id: item for item in _CLUSTERS}
"""The clusters that Smart Energy devices speak, by id."""
