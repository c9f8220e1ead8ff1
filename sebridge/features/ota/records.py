"""OTA Upgrade cluster 0x0019, wire format. Source: ZigBee Cluster Library, OTA Upgrade cluster.

Which fields follow is said by a status, or by bits before them.
"""

from collections.abc import Mapping
import enum
from typing import ClassVar, Final

from sebridge.model.data_types import (
    Bitmap8,
    Enum8,
    OctetString,
    PresentIf,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    UtcTime,
)
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import OTA_UPGRADE
from sebridge.zcl.known_clusters import known_attributes

HAS_HARDWARE_VERSION: Final = 0x01
"""Field control of a query: the hardware version follows."""
HAS_NODE_ADDRESS: Final = 0x01
"""Field control of a request for a block or page: the address of who asks follows."""
HAS_BLOCK_PERIOD: Final = 0x02
"""Field control of a request for a block: the shortest time between two of them follows."""
ALL_TOLD: Final = 0x03
"""Payload type of a notice that names manufacturer, image type and file version."""
NOT_YET: Final = 0xFFFFFFFF
"""As time of an upgrade: not before the server says so."""


class OtaStatus(enum.IntEnum):
    """What a command of this cluster says by its status. Source: ibid., status codes."""

    SUCCESS = 0x00
    NOT_AUTHORIZED = 0x7E
    ABORT = 0x95
    INVALID_IMAGE = 0x96
    WAIT_FOR_DATA = 0x97
    NO_IMAGE_AVAILABLE = 0x98
    REQUIRE_MORE_IMAGE = 0x99


_IF_SUCCESS: Final = PresentIf("status", wanted=OtaStatus.SUCCESS)
_IF_WAIT: Final = PresentIf("status", wanted=OtaStatus.WAIT_FOR_DATA)
_OF_IMAGE: Final = ("manufacturer_code", "image_type", "file_version")


class ImageNotifyRecord(Record):
    """There may be an image; of those concerned, `query_jitter` per cent (1..100) should ask.

    `payload_type` is how many of the fields behind the jitter are there.
    """

    PRESENT_IF: ClassVar[Mapping[str, PresentIf]] = {
        "manufacturer_code": PresentIf("payload_type", 0x03),
        "image_type": PresentIf("payload_type", 0x02),
        "file_version": PresentIf("payload_type", ALL_TOLD, ALL_TOLD),
    }

    payload_type: Enum8
    query_jitter: Uint8
    manufacturer_code: Uint16 | None = None
    image_type: Uint16 | None = None
    file_version: Uint32 | None = None


ASK_NOW: Final = ImageNotifyRecord(payload_type=0, query_jitter=100)
"""Has the one device that gets it ask for its next image."""


class QueryNextImageRecord(Record):
    """Ask for an image that follows the current one; 0xFFFFFFFF is no version."""

    PRESENT_IF: ClassVar[Mapping[str, PresentIf]] = {
        "hardware_version": PresentIf("field_control", HAS_HARDWARE_VERSION)
    }

    field_control: Bitmap8 = 0
    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    hardware_version: Uint16 | None = None


class QueryNextImageResponseRecord(Record):
    """The image to take, where the status is SUCCESS; `image_size` is octets of the whole file."""

    PRESENT_IF: ClassVar[Mapping[str, PresentIf]] = dict.fromkeys(
        (*_OF_IMAGE, "image_size"), _IF_SUCCESS
    )

    status: Enum8
    manufacturer_code: Uint16 | None = None
    image_type: Uint16 | None = None
    file_version: Uint32 | None = None
    image_size: Uint32 | None = None


class ImageBlockRequestRecord(Record):
    """Ask for a part of an image, at most `maximum_data_size` octets from `file_offset` on.

    `minimum_block_period` is in milliseconds.
    """

    PRESENT_IF: ClassVar[Mapping[str, PresentIf]] = {
        "request_node_address": PresentIf("field_control", HAS_NODE_ADDRESS),
        "minimum_block_period": PresentIf("field_control", HAS_BLOCK_PERIOD),
    }

    field_control: Bitmap8 = 0
    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    file_offset: Uint32
    maximum_data_size: Uint8
    request_node_address: Uint64 | None = None
    minimum_block_period: Uint16 | None = None


class ImagePageRequestRecord(Record):
    """Ask for `page_size` octets of an image, in parts that are `response_spacing` ms apart."""

    PRESENT_IF: ClassVar[Mapping[str, PresentIf]] = {
        "request_node_address": PresentIf("field_control", HAS_NODE_ADDRESS)
    }

    field_control: Bitmap8 = 0
    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    file_offset: Uint32
    maximum_data_size: Uint8
    page_size: Uint16
    response_spacing: Uint16
    request_node_address: Uint64 | None = None


class ImageBlockResponseRecord(Record):
    """A part of an image, where the status is SUCCESS; ABORT ends the download.

    With WAIT_FOR_DATA: ask again at `request_time`, and from then on at most once each so many
    milliseconds.
    """

    PRESENT_IF: ClassVar[Mapping[str, PresentIf]] = {
        **dict.fromkeys((*_OF_IMAGE, "file_offset", "image_data"), _IF_SUCCESS),
        **dict.fromkeys(("utc_time", "request_time", "minimum_block_period"), _IF_WAIT),
    }

    status: Enum8
    manufacturer_code: Uint16 | None = None
    image_type: Uint16 | None = None
    file_version: Uint32 | None = None
    file_offset: Uint32 | None = None
    image_data: OctetString | None = None
    utc_time: UtcTime | None = None
    request_time: UtcTime | None = None
    minimum_block_period: Uint16 | None = None


class UpgradeEndRequestRecord(Record):
    """Say what came of a download: SUCCESS, INVALID_IMAGE, REQUIRE_MORE_IMAGE or ABORT."""

    status: Enum8
    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32


class UpgradeEndResponseRecord(Record):
    """Run the image at `upgrade_time`, counted from `utc_time`; 0xFFFFFFFF is: wait."""

    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    utc_time: UtcTime
    upgrade_time: UtcTime


class QuerySpecificFileRequestRecord(Record):
    """Ask for a file that is for one device alone."""

    request_node_address: Uint64
    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    stack_version: Uint16


class QuerySpecificFileResponseRecord(Record):
    """The file to take, where the status is SUCCESS."""

    PRESENT_IF: ClassVar[Mapping[str, PresentIf]] = dict.fromkeys(
        (*_OF_IMAGE, "image_size"), _IF_SUCCESS
    )

    status: Enum8
    manufacturer_code: Uint16 | None = None
    image_type: Uint16 | None = None
    file_version: Uint32 | None = None
    image_size: Uint32 | None = None


OTA_CLUSTER: Final = ClusterDefinition(
    OTA_UPGRADE,
    "ota",
    from_client=(
        (0x01, "query_next_image", QueryNextImageRecord),
        (0x03, "image_block", ImageBlockRequestRecord),
        (0x04, "image_page", ImagePageRequestRecord),
        (0x06, "upgrade_end", UpgradeEndRequestRecord),
        (0x08, "query_specific_file", QuerySpecificFileRequestRecord),
    ),
    from_server=(
        (0x00, "image_notify", ImageNotifyRecord),
        (0x02, "query_next_image_response", QueryNextImageResponseRecord),
        (0x05, "image_block_response", ImageBlockResponseRecord),
        (0x07, "upgrade_end_response", UpgradeEndResponseRecord),
        (0x09, "query_specific_file_response", QuerySpecificFileResponseRecord),
    ),
    client_attributes=known_attributes(OTA_UPGRADE),
)
