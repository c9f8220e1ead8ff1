"""Bound clusters: what takes the commands that remote controls send to us, and tells of them."""

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.model.record import Record


class ButtonPressed(msgspec.Struct, frozen=True):
    """A device sent us a command of a cluster that is bound to us, as its buttons are pressed."""

    device: Eui64
    endpoint: int
    cluster: str
    command: str
    parameters: Record


class BoundCluster(LocalCluster):
    """The server side of a cluster on an endpoint of ours that is nothing which could be switched.

    It takes every command of its definition, and says so.
    """

    server = True

    @override
    def receive(self, command: Command) -> Outcome:
        """Tell which command it was."""
        definition, kind = self.definition, type(command.record)
        number = definition.command_id(kind, from_server=False)
        found = definition.find(number, from_server=False)
        assert found is not None, "a command that was read is declared"
        pressed = ButtonPressed(
            command.source.device,
            command.source.endpoint,
            definition.name,
            found.name,
            command.record,
        )
        return Outcome(signals=(pressed,))
