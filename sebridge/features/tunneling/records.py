"""Tunneling cluster 0x0704: ZigBee Smart Energy Profile 1.1, annex D."""

import enum
from typing import Annotated, Final

from sebridge.model.data_types import AllOctets, CountedBy, Uint8, Uint16
from sebridge.model.record import Record
from sebridge.zcl.attribute_table import AttributeTable
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import TUNNELING

CLOSE_TUNNEL_TIMEOUT: Final = 0x0000
"""Attribute: after so many seconds without use a server closes a tunnel (TUN-4)."""
NO_TUNNEL: Final = 0xFFFF
"""The number of a tunnel that means: there is none."""
STANDARD: Final = 0xFFFF
"""The manufacturer of protocols that everybody knows (TUN-2)."""
MANUFACTURER_PROTOCOLS: Final = range(200, 255)
"""Protocols that mean something only together with their manufacturer."""
MOST_LISTED: Final = 16
"""Protocols in one answer (TUN-6)."""


class TunnelStatus(enum.IntEnum):
    """What became of a request for a tunnel."""

    OPENED = 0x00
    BUSY = 0x01
    NO_MORE_TUNNELS = 0x02
    PROTOCOL_NOT_SUPPORTED = 0x03
    FLOW_CONTROL_NOT_SUPPORTED = 0x04


class TransferStatus(enum.IntEnum):
    """Why octets were not taken."""

    NO_SUCH_TUNNEL = 0x00
    WRONG_DEVICE = 0x01
    OVERFLOW = 0x02


class RequestTunnelRecord(Record):
    """Ask for a tunnel; the transfer size, in octets, was left off before SE 1.1a."""

    protocol_id: Uint8
    manufacturer_code: Uint16 = 0xFFFF
    flow_control_support: Uint8
    maximum_incoming_transfer_size: Uint16 | None = None


class RequestTunnelResponseRecord(Record):
    """The number of the tunnel, or 0xFFFF and why there is none (TUN-1)."""

    tunnel_id: Uint16
    tunnel_status: Uint8
    maximum_incoming_transfer_size: Uint16 | None = None


class CloseTunnelRecord(Record):
    """Close a tunnel."""

    tunnel_id: Uint16


class TransferDataRecord(Record):
    """Octets of the tunnelled protocol, from the client."""

    tunnel_id: Uint16
    data: AllOctets


class TransferDataErrorRecord(Record):
    """Why octets were not taken (TUN-3)."""

    tunnel_id: Uint16
    transfer_data_status: Uint8


class AckTransferDataRecord(Record):
    """How many octets there is room for (TUN-5)."""

    tunnel_id: Uint16
    number_of_bytes_left: Uint16


class ReadyDataRecord(Record):
    """How many octets may be sent now (TUN-5)."""

    tunnel_id: Uint16
    number_of_octets_left: Uint16


class TransferDataToClientRecord(TransferDataRecord):
    """Octets of the tunnelled protocol, from the server."""


class TransferDataErrorToClientRecord(TransferDataErrorRecord):
    """Why the server did not take octets (TUN-3)."""


class AckTransferDataToClientRecord(AckTransferDataRecord):
    """How many octets the server has room for (TUN-5)."""


class ReadyDataToClientRecord(ReadyDataRecord):
    """How many octets the client may send now (TUN-5)."""


class GetSupportedTunnelProtocolsRecord(Record):
    """Ask for protocols, from `protocol_offset` on (TUN-6)."""

    protocol_offset: Uint8


class ProtocolItem(Record):
    """One protocol; manufacturer 0xFFFF for the standard ones."""

    manufacturer_code: Uint16
    protocol_id: Uint8


class SupportedTunnelProtocolsResponseRecord(Record):
    """Up to 16 protocols, and whether these were the last (TUN-6)."""

    protocol_list_complete: Uint8
    protocol_count: Uint8
    protocol_list: Annotated[tuple[ProtocolItem, ...], CountedBy("protocol_count")]


class TunnelClosureNotificationRecord(Record):
    """The server closed an idle tunnel (TUN-4)."""

    tunnel_id: Uint16


TUNNELING_CLUSTER: Final = ClusterDefinition(
    TUNNELING,
    "tunneling",
    from_client=(
        (0x00, "request_tunnel", RequestTunnelRecord),
        (0x01, "close_tunnel", CloseTunnelRecord),
        (0x02, "transfer_data", TransferDataRecord),
        (0x03, "transfer_data_error", TransferDataErrorRecord),
        (0x04, "ack_transfer_data", AckTransferDataRecord),
        (0x05, "ready_data", ReadyDataRecord),
        (0x06, "get_supported_tunnel_protocols", GetSupportedTunnelProtocolsRecord),
    ),
    from_server=(
        (0x00, "request_tunnel_response", RequestTunnelResponseRecord),
        (0x01, "transfer_data", TransferDataToClientRecord),
        (0x02, "transfer_data_error", TransferDataErrorToClientRecord),
        (0x03, "ack_transfer_data", AckTransferDataToClientRecord),
        (0x04, "ready_data", ReadyDataToClientRecord),
        (0x05, "supported_tunnel_protocols_response", SupportedTunnelProtocolsResponseRecord),
        (0x06, "tunnel_closure_notification", TunnelClosureNotificationRecord),
    ),
    server_attributes=AttributeTable("0x0000 close_tunnel_timeout uint16 r"),
)
