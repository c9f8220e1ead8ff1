"""Basic: who we are. Source: ZigBee Cluster Library, Basic cluster."""

from typing import ClassVar, Final

from zigpy.zcl import Cluster
from zigpy.zcl.clusters.general import Basic

from sebridge.clusters.attributes import LocalAttribute, LocalAttributes
from sebridge.clusters.cluster import LocalCluster

_UINT8: Final = 0x20
_ENUM8: Final = 0x30
_STRING: Final = 0x42
_ZCL_VERSION: Final = 3  # of the devices of the SE 1.x era
MAINS: Final = 0x01
BATTERY: Final = 0x03

MANUFACTURER_NAME: Final = 0x0004
MODEL_IDENTIFIER: Final = 0x0005


class BasicServer(LocalCluster):
    """Manufacturer, model and power source of an endpoint of ours."""

    definition: ClassVar[type[Cluster]] = Basic
    server = True

    def __init__(self, manufacturer: str, model: str, power_source: int = MAINS) -> None:
        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(0x0000, _UINT8, _ZCL_VERSION),
                    LocalAttribute(0x0001, _UINT8, 1),
                    LocalAttribute(MANUFACTURER_NAME, _STRING, manufacturer),
                    LocalAttribute(MODEL_IDENTIFIER, _STRING, model),
                    LocalAttribute(0x0007, _ENUM8, power_source),
                ]
            )
        )


class BasicClient(LocalCluster):
    """Asks others who they are."""

    definition: ClassVar[type[Cluster]] = Basic
    server = False
