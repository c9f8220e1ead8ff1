"""Bound clusters: what takes the commands that remote controls send to us, and tells of them."""

from typing_extensions import override

from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.signals import ButtonPressed


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
