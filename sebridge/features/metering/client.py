"""The Metering cluster's client side: readings come through it, and meters ask it for mirrors."""

from typing import Any, ClassVar, Final, Protocol

from typing_extensions import override
from zigpy.zcl import Cluster
from zigpy.zcl.clusters.smartenergy import Metering

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.metering.load_profile import GetProfileResponseRecord
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.network.peer import Peer
from sebridge.zcl.metering import NO_MIRROR

_RequestMirror: Final[Any] = Metering.client_commands[0x01].schema
_RemoveMirror: Final[Any] = Metering.client_commands[0x02].schema
_RequestMirrorResponse: Final[Any] = Metering.server_commands[0x01].schema
_MirrorRemoved: Final[Any] = Metering.server_commands[0x02].schema
_FastPollResponse: Final[Any] = Metering.client_commands[0x03].schema


class Mirrors(Protocol):
    """Who gives meters a place to be shown while they sleep."""

    def request(self, meter: Peer) -> int:
        """Return the endpoint that stands for the meter, or 0xFFFF."""

    def remove(self, meter: Peer) -> int:
        """Give it up; return the endpoint, or 0xFFFF if there was none."""


class NoMirrors:
    """A gateway that mirrors nothing."""

    def request(self, meter: Peer) -> int:
        """Refuse."""
        del meter
        return NO_MIRROR

    remove = request


class MeteringClient(LocalCluster):
    """Reads meters, and lets `mirrors` stand for those that sleep (MET-11).

    Values are scaled by `features.metering`, which also waits for the answers to its questions.
    """

    definition: ClassVar[type[Cluster]] = Metering
    server = False

    def __init__(self, mirrors: Mirrors | None = None) -> None:
        super().__init__()
        self._mirrors = mirrors or NoMirrors()

    @override
    def receive(self, command: Command) -> Outcome:
        """Give or take away a mirror; an answer has been given to whoever waits for it."""
        record = command.record
        if isinstance(record, _RequestMirror):
            return Outcome((_RequestMirrorResponse(self._mirrors.request(command.source)),))
        if isinstance(record, _RemoveMirror):
            return Outcome((_MirrorRemoved(self._mirrors.remove(command.source)),))
        if isinstance(record, (GetProfileResponseRecord, _FastPollResponse)):
            return Outcome()
        raise UnsupportedCommandError(type(record).__name__)
