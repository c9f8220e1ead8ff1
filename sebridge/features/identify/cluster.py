"""Identify, both sides. Source: ZigBee Cluster Library, Identify cluster."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from typing_extensions import override
from zigpy.zcl import Cluster
from zigpy.zcl.clusters.general import Identify

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.identify.signals import IdentifyAnswered, Identifying
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes

IdentifyRecord: Final[Any] = Identify.server_commands[0x00].schema
_IdentifyQuery: Final[Any] = Identify.server_commands[0x01].schema
_IdentifyQueryResponse: Final[Any] = Identify.client_commands[0x00].schema

_IDENTIFY_TIME: Final = 0x0000
_UINT16: Final = 0x21


class IdentifyServer(LocalCluster):
    """Shows itself when asked. `now` gives seconds since 2000 UTC.

    `shown` is called with the seconds when a peer has written them into the attribute, which says
    the same as the command.
    """

    definition: ClassVar[type[Cluster]] = Identify
    server = True

    def __init__(self, now: Callable[[], int]) -> None:
        self.shown: Callable[[int], object] = lambda _seconds: None
        attribute = LocalAttribute(
            _IDENTIFY_TIME, _UINT16, self._left, writable=True, written=self._written
        )
        super().__init__(LocalAttributes([attribute]))
        self._now = now
        self._until = 0

    def begin(self, local_endpoint: int, seconds: int) -> Outcome:
        """Identify for so many seconds, 0..65535; 0 stops."""
        self._until = self._now() + seconds
        return Outcome(signals=(Identifying(local_endpoint, seconds),))

    @override
    def receive(self, command: Command) -> Outcome:
        """Begin, or say how long it will still be seen."""
        if isinstance(command.record, IdentifyRecord):
            return self.begin(command.local_endpoint, int(command.record[0]))
        if isinstance(command.record, _IdentifyQuery):
            left = self._left()
            return Outcome((_IdentifyQueryResponse(left),)) if left else Outcome()
        raise UnsupportedCommandError(type(command.record).__name__)

    def _written(self, seconds: int) -> None:
        self._until = self._now() + seconds
        self.shown(seconds)

    def _left(self) -> int:
        return max(self._until - self._now(), 0)


class IdentifyClient(LocalCluster):
    """Asks others to show themselves."""

    definition: ClassVar[type[Cluster]] = Identify
    server = False

    @override
    def receive(self, command: Command) -> Outcome:
        """Tell who shows itself."""
        if not isinstance(command.record, _IdentifyQueryResponse):
            raise UnsupportedCommandError(type(command.record).__name__)
        source, seconds = command.source, int(command.record[0])
        return Outcome(signals=(IdentifyAnswered(source.device, source.endpoint, seconds),))
