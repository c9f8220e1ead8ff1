"""News of attribute values."""

from collections.abc import Sequence

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.zcl.attributes import AttributeValue


class AttributesReported(msgspec.Struct, frozen=True):
    """Remote attributes have these values: one signal per frame, report or read."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    profile_id: int
    cluster_id: int
    server_or_client: int  # side of the cluster that reported: 0 server, 1 client
    manufacturer_code: int | None
    values: Sequence[AttributeValue]
    reported: bool  # False when it is the answer to a read
    time: float  # UTC since 1970

    @property
    def is_standard(self) -> bool:
        """Whether these are what the standard has on the server side, and no manufacturer's own."""
        return self.manufacturer_code is None and self.server_or_client == 0


class LocalAttributesReported(msgspec.Struct, frozen=True):
    """Attributes of our own have these values, which a caller wanted reported."""

    endpoint: int
    profile_id: int
    cluster_id: int
    server_or_client: int
    values: Sequence[AttributeValue]
    time: float  # UTC since 1970


class ReportingAgreed(msgspec.Struct, frozen=True):
    """Values of a device are told at other intervals than before, or are told no more."""

    device: Eui64


class ReportsSetUp(msgspec.Struct, frozen=True):
    """A cluster of a device was set up to report, or it was tried in vain."""

    device: Eui64


class DeviceDoubted(msgspec.Struct, frozen=True):
    """What was read of a device may no longer be true: it is to be set up once more."""

    device: Eui64
