"""IAS Zone, both sides. Source: ZigBee Cluster Library, IAS Zone cluster."""

from typing import ClassVar, Final

from typing_extensions import override

from sebridge.base.addresses import NOBODY
from sebridge.base.clock import unix_time
from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.ias_zone.records import (
    ENROLLED,
    ZONE_CLUSTER,
    ZoneEnrollRequestRecord,
    ZoneEnrollResponseRecord,
    ZoneStatusChangeNotificationRecord,
)
from sebridge.features.ias_zone.zone import (
    BITMAP16,
    CIE_ADDRESS,
    ENUM16,
    EUI64,
    ZONE_STATUS,
    ZONE_TYPE,
)
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.peer import Peer
from sebridge.zcl.attributes import AttributeValue, write_value
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import IAS_ZONE

ZONE_ID: Final = 0
"""The number of every zone: whoever speaks is known by its address."""


class ZoneClient(LocalCluster):
    """Takes whoever wants to be taken, and what zones notice: as if they had reported it."""

    definition: ClassVar[ClusterDefinition] = ZONE_CLUSTER
    server = False

    @override
    def receive(self, command: Command) -> Outcome:
        """Take what a zone says."""
        match command.record:
            case ZoneEnrollRequestRecord():
                return Outcome((enrolled(),))
            case ZoneStatusChangeNotificationRecord(zone_status=status):
                peer, octets = command.source, write_value(BITMAP16, status)
                noticed = AttributesReported(
                    peer.device,
                    peer.endpoint,
                    command.local_endpoint,
                    peer.profile_id,
                    IAS_ZONE,
                    0,
                    None,
                    [AttributeValue(ZONE_STATUS, BITMAP16, status, octets)],
                    reported=True,
                    time=unix_time(command.now),
                )
                return Outcome(signals=(noticed,))
            case _:
                raise UnsupportedCommandError(type(command.record).__name__)


class ZoneServer(LocalCluster):
    """Notices something; tells who has written its address here, and taken it."""

    definition: ClassVar[ClusterDefinition] = ZONE_CLUSTER
    server = True

    def __init__(self, zone_type: int = 0) -> None:
        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(0x0000, 0x30, value=lambda: int(self.enroller is not None)),
                    LocalAttribute(ZONE_TYPE, ENUM16, zone_type),
                    LocalAttribute(ZONE_STATUS, BITMAP16, value=lambda: self.status),
                    LocalAttribute(CIE_ADDRESS, EUI64, NOBODY, writable=True),
                ]
            )
        )
        self.status = 0
        self.enroller: Peer | None = None

    def notice(self, status: int) -> ZoneStatusChangeNotificationRecord:
        """Know another status, and return what is to be said of it."""
        self.status = status
        return ZoneStatusChangeNotificationRecord(
            zone_status=status, extended_status=0, zone_id=ZONE_ID, delay=0
        )

    @override
    def receive(self, command: Command) -> Outcome:
        """Be taken."""
        if not isinstance(command.record, ZoneEnrollResponseRecord):
            raise UnsupportedCommandError(type(command.record).__name__)
        if command.record.enroll_response_code == ENROLLED:
            self.enroller = command.source
        return Outcome()


def enrolled() -> ZoneEnrollResponseRecord:
    """Return what takes a zone."""
    return ZoneEnrollResponseRecord(enroll_response_code=ENROLLED, zone_id=ZONE_ID)
