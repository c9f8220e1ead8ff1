"""OTA Upgrade cluster 0x0019, wire format. Source: ZigBee Cluster Library, OTA Upgrade cluster.

Which fields follow is said by a status or a bit before them. Each such form has a length of its
own, by which it is told apart.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from sebridge.model.data_types import (
    Bitmap8,
    Enum8,
    OctetString,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    UtcTime,
)
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition, CommandDefinition
from sebridge.zcl.identifiers import OTA_UPGRADE
from sebridge.zcl.known_clusters import known_attributes

HAS_HARDWARE_VERSION: Final = 0x01
"""Field control of a query: the hardware version follows."""
HAS_NODE_ADDRESS: Final = 0x01
"""Field control of a request for a block or page: the address of who asks follows."""
HAS_BLOCK_PERIOD: Final = 0x02
"""Field control of a request for a block: the shortest time between two of them follows."""


class ImageNotifyRecord(Record):
    """There may be an image; of those concerned, `query_jitter` per cent (1..100) should ask.

    `payload_type` is how many of the fields behind the jitter are there.
    """

    payload_type: Enum8
    query_jitter: Uint8
    manufacturer_code: Uint16 | None = None
    image_type: Uint16 | None = None
    file_version: Uint32 | None = None


class QueryNextImageRecord(Record):
    """Ask for an image that follows the current one; 0xFFFFFFFF is no version."""

    field_control: Bitmap8 = 0
    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    hardware_version: Uint16 | None = None


class QueryNextImageResponseRecord(Record):
    """The image to take, where the status is SUCCESS; `image_size` is octets of the whole file."""

    status: Enum8
    manufacturer_code: Uint16 | None = None
    image_type: Uint16 | None = None
    file_version: Uint32 | None = None
    image_size: Uint32 | None = None


class ImageBlockRequestWithPeriodRecord(Record):
    """Ask for a part of an image, at most one each `minimum_block_period`, in milliseconds."""

    field_control: Bitmap8 = HAS_BLOCK_PERIOD
    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    file_offset: Uint32
    maximum_data_size: Uint8
    minimum_block_period: Uint16


class ImageBlockRequestRecord(Record):
    """Ask for a part of an image, at most `maximum_data_size` octets from `file_offset` on.

    `minimum_block_period` is in milliseconds.
    """

    OLDER_FORMS: ClassVar[Mapping[int, type[Record]]] = {16: ImageBlockRequestWithPeriodRecord}

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

    field_control: Bitmap8 = 0
    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    file_offset: Uint32
    maximum_data_size: Uint8
    page_size: Uint16
    response_spacing: Uint16
    request_node_address: Uint64 | None = None


class ImageBlockWaitRecord(Record):
    """Ask again at `request_time`, if that is not past; then once each so many milliseconds."""

    status: Enum8
    current_time: UtcTime
    request_time: UtcTime
    minimum_block_period: Uint16


class ImageBlockResponseRecord(Record):
    """A part of an image, where the status is SUCCESS; ABORT ends the download."""

    OLDER_FORMS: ClassVar[Mapping[int, type[Record]]] = {11: ImageBlockWaitRecord}

    status: Enum8
    manufacturer_code: Uint16 | None = None
    image_type: Uint16 | None = None
    file_version: Uint32 | None = None
    file_offset: Uint32 | None = None
    image_data: OctetString | None = None


class UpgradeEndRequestRecord(Record):
    """Say what came of a download: SUCCESS, INVALID_IMAGE, REQUIRE_MORE_IMAGE or ABORT."""

    status: Enum8
    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32


class UpgradeEndResponseRecord(Record):
    """Run the image at `upgrade_time`, counted from `current_time`; 0xFFFFFFFF is: wait."""

    manufacturer_code: Uint16
    image_type: Uint16
    file_version: Uint32
    current_time: UtcTime
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
    older=(
        CommandDefinition(
            0x03,
            from_server=False,
            name="image_block_with_period",
            record=ImageBlockRequestWithPeriodRecord,
        ),
        CommandDefinition(
            0x05, from_server=True, name="image_block_wait", record=ImageBlockWaitRecord
        ),
    ),
    client_attributes=known_attributes(OTA_UPGRADE),
)
