"""The Metering cluster's client side: readings come through it, and meters ask it for mirrors."""

from typing import ClassVar, Protocol

from typing_extensions import override

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.metering.records import (
    METERING_CLUSTER,
    GetProfileResponseRecord,
    MirrorRemovedRecord,
    RemoveMirrorRecord,
    RequestFastPollModeResponseRecord,
    RequestMirrorRecord,
    RequestMirrorResponseRecord,
)
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.network.peer import Peer
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.metering import NO_MIRROR


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

    def stands_for(self, meter: Peer) -> bool:
        """Stand for nobody."""
        del meter
        return False


class MeteringClient(LocalCluster):
    """Reads meters, and lets `mirrors` stand for those that sleep (MET-11).

    Values are scaled by `features.metering`, which also waits for the answers to its questions.
    """

    definition: ClassVar[ClusterDefinition] = METERING_CLUSTER
    server = False

    def __init__(self, mirrors: Mirrors) -> None:
        super().__init__()
        self._mirrors = mirrors

    @override
    def receive(self, command: Command) -> Outcome:
        """Give or take away a mirror; an answer has been given to whoever waits for it."""
        record = command.record
        if isinstance(record, RequestMirrorRecord):
            endpoint = self._mirrors.request(command.source)
            return Outcome((RequestMirrorResponseRecord(endpoint_id=endpoint),))
        if isinstance(record, RemoveMirrorRecord):
            endpoint = self._mirrors.remove(command.source)
            return Outcome((MirrorRemovedRecord(removed_endpoint_id=endpoint),))
        if isinstance(record, (GetProfileResponseRecord, RequestFastPollModeResponseRecord)):
            return Outcome()
        raise UnsupportedCommandError(type(record).__name__)
