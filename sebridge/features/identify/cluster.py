"""Identify, both sides. Source: ZigBee Cluster Library, Identify cluster."""

from collections.abc import Callable
import math
from typing import ClassVar, Final

from typing_extensions import override

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.identify.records import (
    IDENTIFY_CLUSTER,
    IdentifyQueryRecord,
    IdentifyQueryResponseRecord,
    IdentifyRecord,
)
from sebridge.features.identify.signals import IdentifyAnswered, Identifying
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.cluster import ClusterDefinition

_IDENTIFY_TIME: Final = 0x0000
_UINT16: Final = 0x21


class IdentifyServer(LocalCluster):
    """Shows itself when asked, by the command or by writing the attribute, which says the same.

    `now` gives seconds that never jump.
    """

    definition: ClassVar[ClusterDefinition] = IDENTIFY_CLUSTER
    server = True

    def __init__(self, now: Callable[[], float]) -> None:
        attribute = LocalAttribute(
            _IDENTIFY_TIME, _UINT16, self._left, writable=True, written=self._written
        )
        super().__init__(LocalAttributes([attribute]))
        self._now = now
        self._until = 0.0

    def begin(self, local_endpoint: int, seconds: int) -> Outcome:
        """Identify for so many seconds, 0..65535; 0 stops."""
        self._until = self._now() + seconds
        return Outcome(signals=(Identifying(local_endpoint, seconds),))

    @override
    def receive(self, command: Command) -> Outcome:
        """Begin, or say how long it will still be seen."""
        if isinstance(command.record, IdentifyRecord):
            return self.begin(command.local_endpoint, command.record.identify_time)
        if isinstance(command.record, IdentifyQueryRecord):
            left = self._left()
            return Outcome((IdentifyQueryResponseRecord(timeout=left),)) if left else Outcome()
        raise UnsupportedCommandError(type(command.record).__name__)

    def _written(self, seconds: int) -> None:
        self._until = self._now() + seconds

    def _left(self) -> int:
        return max(math.ceil(self._until - self._now()), 0)


class IdentifyClient(LocalCluster):
    """Asks others to show themselves."""

    definition: ClassVar[ClusterDefinition] = IDENTIFY_CLUSTER
    server = False

    @override
    def receive(self, command: Command) -> Outcome:
        """Tell who shows itself."""
        if not isinstance(command.record, IdentifyQueryResponseRecord):
            raise UnsupportedCommandError(type(command.record).__name__)
        source, seconds = command.source, command.record.timeout
        return Outcome(signals=(IdentifyAnswered(source.device, source.endpoint, seconds),))
