"""On/Off, both sides. Source: ZigBee Cluster Library, On/Off cluster."""

from collections.abc import Callable
from typing import ClassVar, Final

from typing_extensions import override

from sebridge.base.errors import UnsupportedCommandError
from sebridge.drivers.bound_cluster import BoundCluster
from sebridge.drivers.table import ONOFF
from sebridge.features.on_off.records import ON_OFF_CLUSTER, OffRecord, OnRecord, ToggleRecord
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.cluster import ClusterDefinition

_START_UP: Final = 0x4003
"""What it becomes when its power comes back: 0 off, 1 on, none: as it was. It is only kept."""
_ENUM8: Final = 0x30


def _nothing(_is_on: bool) -> None:  # noqa: FBT001 - it is called with that alone
    """Let nothing follow from it."""


class OnOffServer(LocalCluster):
    """Is on or off, as it is told to be; `switched` is called with what it has become."""

    definition: ClassVar[ClusterDefinition] = ON_OFF_CLUSTER
    server = True

    def __init__(
        self, *, is_on: bool = False, switched: Callable[[bool], object] = _nothing
    ) -> None:
        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(ONOFF.attribute_id, ONOFF.data_type, value=lambda: self.is_on),
                    LocalAttribute(_START_UP, _ENUM8, 1, writable=True, may_be_nothing=True),
                ]
            )
        )
        self.is_on = is_on
        self._switched = switched

    @override
    def receive(self, command: Command) -> Outcome:
        """Switch, where it is not so already."""
        match command.record:
            case OnRecord():
                self.switch(on=True)
            case OffRecord():
                self.switch(on=False)
            case ToggleRecord():
                self.switch(on=not self.is_on)
            case _:
                raise UnsupportedCommandError(type(command.record).__name__)
        return Outcome()

    def switch(self, *, on: bool) -> None:
        """Be on, or off."""
        if on != self.is_on:
            self.is_on = on
            self._switched(on)


class BoundOnOff(BoundCluster):
    """Takes what remote controls send."""

    definition: ClassVar[ClusterDefinition] = ON_OFF_CLUSTER


class OnOffClient(LocalCluster):
    """Switches others."""

    definition: ClassVar[ClusterDefinition] = ON_OFF_CLUSTER
    server = False
