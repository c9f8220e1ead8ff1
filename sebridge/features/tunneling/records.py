"""Tunneling cluster 0x0704: ZigBee Smart Energy Profile 1.1, annex D."""

import enum
from typing import Final

import zigpy.types as t
from zigpy.zcl import Cluster
from zigpy.zcl.foundation import BaseAttributeDefs, BaseCommandDefs

from sebridge.zcl.record import Record, attribute, command, counted_by, field

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

    protocol_id: t.uint8_t
    manufacturer_code: t.uint16_t = field(0xFFFF)
    flow_control_support: t.uint8_t
    maximum_incoming_transfer_size: t.uint16_t = field(optional=True)


class RequestTunnelResponseRecord(Record):
    """The number of the tunnel, or 0xFFFF and why there is none (TUN-1)."""

    tunnel_id: t.uint16_t
    tunnel_status: t.uint8_t
    maximum_incoming_transfer_size: t.uint16_t = field(optional=True)


class CloseTunnelRecord(Record):
    """Close a tunnel."""

    tunnel_id: t.uint16_t


class TransferDataRecord(Record):
    """Octets of the tunnelled protocol, from the client."""

    tunnel_id: t.uint16_t
    data: t.Bytes


class TransferDataErrorRecord(Record):
    """Why octets were not taken (TUN-3)."""

    tunnel_id: t.uint16_t
    transfer_data_status: t.uint8_t


class AckTransferDataRecord(Record):
    """How many octets there is room for (TUN-5)."""

    tunnel_id: t.uint16_t
    number_of_bytes_left: t.uint16_t


class ReadyDataRecord(Record):
    """How many octets may be sent now (TUN-5)."""

    tunnel_id: t.uint16_t
    number_of_octets_left: t.uint16_t


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

    protocol_offset: t.uint8_t


class ProtocolItem(t.Struct):
    """One protocol; manufacturer 0xFFFF for the standard ones."""

    manufacturer_code: t.uint16_t
    protocol_id: t.uint8_t


class SupportedTunnelProtocolsResponseRecord(Record):
    """Up to 16 protocols, and whether these were the last (TUN-6)."""

    protocol_list_complete: t.uint8_t
    protocol_count: t.uint8_t
    protocol_list: t.List[ProtocolItem] = counted_by("protocol_count")


class TunnelClosureNotificationRecord(Record):
    """The server closed an idle tunnel (TUN-4)."""

    tunnel_id: t.uint16_t


class Tunneling(Cluster):
    """Command table of the Tunneling cluster."""

    cluster_id = t.uint16_t(0x0704)
    ep_attribute = "tunneling"
    aps_encryption = True

    class AttributeDefs(BaseAttributeDefs):
        """What a server shows."""

        close_tunnel_timeout: Final = attribute(0x0000, t.uint16_t, "r")  # seconds

    class ServerCommandDefs(BaseCommandDefs):
        """What a client sends."""

        request_tunnel: Final = command(0x00, RequestTunnelRecord)
        close_tunnel: Final = command(0x01, CloseTunnelRecord)
        transfer_data: Final = command(0x02, TransferDataRecord)
        transfer_data_error: Final = command(0x03, TransferDataErrorRecord)
        ack_transfer_data: Final = command(0x04, AckTransferDataRecord)
        ready_data: Final = command(0x05, ReadyDataRecord)
        get_supported_tunnel_protocols: Final = command(0x06, GetSupportedTunnelProtocolsRecord)

    class ClientCommandDefs(BaseCommandDefs):
        """What the server sends."""

        request_tunnel_response: Final = command(0x00, RequestTunnelResponseRecord)
        transfer_data: Final = command(0x01, TransferDataToClientRecord)
        transfer_data_error: Final = command(0x02, TransferDataErrorToClientRecord)
        ack_transfer_data: Final = command(0x03, AckTransferDataToClientRecord)
        ready_data: Final = command(0x04, ReadyDataToClientRecord)
        supported_tunnel_protocols_response: Final = command(
            0x05, SupportedTunnelProtocolsResponseRecord
        )
        tunnel_closure_notification: Final = command(0x06, TunnelClosureNotificationRecord)
