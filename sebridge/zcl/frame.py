"""The ZCL frame: header and payload. Source: ZigBee Cluster Library, the frame format."""

from typing import Final

import msgspec

from sebridge.base.errors import DecodeError

READ_ATTRIBUTES: Final = 0x00
READ_ATTRIBUTES_RESPONSE: Final = 0x01
WRITE_ATTRIBUTES: Final = 0x02
WRITE_ATTRIBUTES_UNDIVIDED: Final = 0x03
WRITE_ATTRIBUTES_RESPONSE: Final = 0x04
WRITE_ATTRIBUTES_NO_RESPONSE: Final = 0x05
CONFIGURE_REPORTING: Final = 0x06
CONFIGURE_REPORTING_RESPONSE: Final = 0x07
READ_REPORTING_CONFIGURATION: Final = 0x08
READ_REPORTING_CONFIGURATION_RESPONSE: Final = 0x09
REPORT_ATTRIBUTES: Final = 0x0A
DEFAULT_RESPONSE: Final = 0x0B
DISCOVER_ATTRIBUTES: Final = 0x0C
DISCOVER_ATTRIBUTES_RESPONSE: Final = 0x0D
WRITE_STRUCTURED_RESPONSE: Final = 0x10
DISCOVER_RECEIVED_RESPONSE: Final = 0x12
DISCOVER_GENERATED_RESPONSE: Final = 0x14
DISCOVER_EXTENDED_RESPONSE: Final = 0x16

ANSWERS: Final = frozenset(
    {
        READ_ATTRIBUTES_RESPONSE,
        WRITE_ATTRIBUTES_RESPONSE,
        CONFIGURE_REPORTING_RESPONSE,
        READ_REPORTING_CONFIGURATION_RESPONSE,
        DEFAULT_RESPONSE,
        DISCOVER_ATTRIBUTES_RESPONSE,
        WRITE_STRUCTURED_RESPONSE,
        DISCOVER_RECEIVED_RESPONSE,
        DISCOVER_GENERATED_RESPONSE,
        DISCOVER_EXTENDED_RESPONSE,
    }
)
"""General commands that answer a question."""

_TYPE: Final = 0x03
_CLUSTER_SPECIFIC: Final = 0x01
_MANUFACTURER_SPECIFIC: Final = 0x04
_FROM_SERVER: Final = 0x08
_NO_DEFAULT_RESPONSE: Final = 0x10
_SHORT_HEADER: Final = 3
_LONG_HEADER: Final = 5


class Frame(msgspec.Struct, frozen=True, gc=False):
    """A ZCL frame. `from_server` is its direction bit: true for server to client."""

    command_id: int
    sequence: int
    payload: bytes = b""
    cluster_specific: bool = False
    from_server: bool = False
    no_default_response: bool = False
    manufacturer_code: int | None = None

    def serialize(self) -> bytes:
        """Return the octets on the air."""
        control = (
            (_CLUSTER_SPECIFIC if self.cluster_specific else 0)
            | (_FROM_SERVER if self.from_server else 0)
            | (_NO_DEFAULT_RESPONSE if self.no_default_response else 0)
        )
        if self.manufacturer_code is None:
            return bytes((control, self.sequence, self.command_id)) + self.payload
        manufacturer = self.manufacturer_code.to_bytes(2, "little")
        head = bytes((control | _MANUFACTURER_SPECIFIC,)) + manufacturer
        return head + bytes((self.sequence, self.command_id)) + self.payload

    @classmethod
    def parse(cls, octets: bytes) -> "Frame":
        """Read a frame; raise DecodeError for a broken header or a reserved frame type."""
        if len(octets) < _SHORT_HEADER:
            raise DecodeError("the ZCL header is cut off", len(octets))
        control = octets[0]
        if control & _TYPE > _CLUSTER_SPECIFIC:
            raise DecodeError("the frame type is reserved", 0)
        manufacturer, start = None, 1
        if control & _MANUFACTURER_SPECIFIC:
            if len(octets) < _LONG_HEADER:
                raise DecodeError("the ZCL header is cut off", len(octets))
            manufacturer, start = int.from_bytes(octets[1:3], "little"), 3
        return cls(
            octets[start + 1],
            octets[start],
            octets[start + 2 :],
            bool(control & _TYPE),
            bool(control & _FROM_SERVER),
            bool(control & _NO_DEFAULT_RESPONSE),
            manufacturer,
        )
