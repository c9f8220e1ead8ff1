"""IAS Zone cluster 0x0500, wire format. Source: ZigBee Cluster Library, IAS Zone cluster."""

from typing import Final

from sebridge.model.data_types import Bitmap8, Bitmap16, Enum8, Enum16, Uint8, Uint16
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import IAS_ZONE
from sebridge.zcl.known_clusters import known_attributes

ENROLLED: Final = 0
"""The code by which a zone is taken."""


class ZoneEnrollResponseRecord(Record):
    """Say whether a zone is taken, and under which number."""

    enroll_response_code: Enum8
    zone_id: Uint8


class ZoneStatusChangeNotificationRecord(Record):
    """What a zone notices, `delay` quarters of a second ago; older zones leave the rest off."""

    zone_status: Bitmap16
    extended_status: Bitmap8
    zone_id: Uint8 | None = None
    delay: Uint16 | None = None


class ZoneEnrollRequestRecord(Record):
    """Ask to be taken."""

    zone_type: Enum16
    manufacturer_code: Uint16


ZONE_CLUSTER: Final = ClusterDefinition(
    IAS_ZONE,
    "ias_zone",
    from_client=((0x00, "zone_enroll_response", ZoneEnrollResponseRecord),),
    from_server=(
        (0x00, "zone_status_change_notification", ZoneStatusChangeNotificationRecord),
        (0x01, "zone_enroll_request", ZoneEnrollRequestRecord),
    ),
    server_attributes=known_attributes(IAS_ZONE),
)
