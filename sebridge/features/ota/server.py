"""The OTA Upgrade cluster's server: what it answers is decided for all endpoints of ours at once.

Source: ZigBee Cluster Library, OTA Upgrade cluster.
"""

from typing import Any, ClassVar

from typing_extensions import override

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.ota.records import (
    OTA_CLUSTER,
    ImageBlockRequestRecord,
    OtaStatus,
    QueryNextImageRecord,
    QuerySpecificFileRequestRecord,
    QuerySpecificFileResponseRecord,
    UpgradeEndRequestRecord,
)
from sebridge.features.ota.updates import FirmwareUpdates
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.zcl.cluster import ClusterDefinition


class OtaServer(LocalCluster):
    """Gives devices the images that were chosen for them.

    Whole pages are not sent: a device that asks for one is told so, and asks for parts. Nor are
    files that are for one device alone.
    """

    definition: ClassVar[ClusterDefinition] = OTA_CLUSTER
    server = True

    def __init__(self, updates: FirmwareUpdates) -> None:
        super().__init__()
        self._updates = updates

    @override
    def receive(self, command: Command) -> Outcome:
        """Answer a device that is to be updated, or would like to be."""
        record: Any = command.record
        match record:
            case QueryNextImageRecord():
                return self._updates.query(command.source, record, command.now)
            case ImageBlockRequestRecord():
                return self._updates.block(command.source, record, command.now)
            case UpgradeEndRequestRecord():
                return self._updates.end(command.source, record, command.now)
            case QuerySpecificFileRequestRecord():
                status = OtaStatus.NO_IMAGE_AVAILABLE
                return Outcome((QuerySpecificFileResponseRecord(status=status),))
        raise UnsupportedCommandError(type(record).__name__)
