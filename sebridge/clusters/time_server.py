"""Serve the network's time: rules TIME-1 to TIME-3 and TIME-7."""

from collections.abc import Callable
from typing import ClassVar, Final

from zigpy.zcl import Cluster
from zigpy.zcl.clusters.general import Time

from sebridge.clusters.attributes import LocalAttribute, LocalAttributes
from sebridge.clusters.cluster import LocalCluster

TIME: Final = 0x0000
TIME_STATUS: Final = 0x0001

_UTC: Final = 0xE2
_BITMAP8: Final = 0x18
_INT32: Final = 0x2B
_UINT32: Final = 0x23
MASTER: Final = 0x01
MASTER_ZONE_DST: Final = 0x04
SUPERSEDING: Final = 0x08


class TimeServer(LocalCluster):
    """The time of the network: UTC of this machine, seconds since 2000.

    The gateway is the master, so nothing can be written over the air (TIME-2).
    """

    definition: ClassVar[type[Cluster]] = Time
    server = True

    def __init__(self, now: Callable[[], int]) -> None:
        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(TIME, _UTC, now),
                    LocalAttribute(TIME_STATUS, _BITMAP8, MASTER | MASTER_ZONE_DST | SUPERSEDING),
                    LocalAttribute(0x0002, _INT32, 0),
                    LocalAttribute(0x0006, _UINT32, now),
                    LocalAttribute(0x0007, _UINT32, now),
                ]
            )
        )


class TimeClient(LocalCluster):
    """Asks others for the time."""

    definition: ClassVar[type[Cluster]] = Time
    server = False
