"""What EZSP is told to send of a message that does not fit one frame: its host cuts it. Pure.

Source: Silicon Labs UG100, sendUnicast, EmberApsFrame; ZigBee specification, APS fragmentation.
"""

from collections.abc import Sequence
from typing import Final

from bellows.types import EmberApsFrame, EmberApsOption, sl_Status
from zigpy.exceptions import DeliveryError
import zigpy.types as t

from sebridge.radio.fragments import MOST_FRAGMENTS, Part, cut

LONGEST_FRAME: Final = 82  # octets, of a network with network security
_SECURITY_OVERHEAD: Final = 9  # octets less, under a link key
_PART_OVERHEAD: Final = 2  # octets less, in a part of a message
LONGEST_MESSAGE: Final = MOST_FRAGMENTS * (LONGEST_FRAME - _SECURITY_OVERHEAD - _PART_OVERHEAD)
"""Octets of what is sent in as many parts as there may be, under a link key."""

_OPTIONS: Final = (
    EmberApsOption.APS_OPTION_FRAGMENT
    | EmberApsOption.APS_OPTION_RETRY
    | EmberApsOption.APS_OPTION_ENABLE_ROUTE_DISCOVERY
)


def parts_of(packet: t.ZigbeePacket) -> Sequence[bytes]:
    """Return the parts of a message; none where it fits one frame.

    DeliveryError for what is too long: nobody would put more parts together, and what goes to many
    is not cut.
    """
    data = packet.data.serialize()
    longest = LONGEST_FRAME - (_SECURITY_OVERHEAD if _is_encrypted(packet) else 0)
    if len(data) <= longest:
        return ()
    parts = cut(data, longest - _PART_OVERHEAD)
    is_to_one = packet.dst is not None and packet.dst.addr_mode is t.AddrMode.NWK
    if not is_to_one or len(parts) > MOST_FRAGMENTS:
        raise DeliveryError(f"{len(data)} octets are too many", sl_Status.MESSAGE_TOO_LONG)
    return parts


def head_of(packet: t.ZigbeePacket, part: Part) -> EmberApsFrame:
    """Return the head of one of them; the counter of the first is not looked at."""
    options = _OPTIONS
    if _is_encrypted(packet):
        options |= EmberApsOption.APS_OPTION_ENCRYPTION
    return EmberApsFrame(
        profileId=t.uint16_t(packet.profile_id),
        clusterId=t.uint16_t(packet.cluster_id),
        sourceEndpoint=t.uint8_t(packet.src_ep or 0),
        destinationEndpoint=t.uint8_t(packet.dst_ep or 0),
        options=options,
        groupId=t.uint16_t(part.parts << 8 | part.place),
        sequence=t.uint8_t(part.sequence),
    )


def _is_encrypted(packet: t.ZigbeePacket) -> bool:
    return t.TransmitOptions.APS_Encryption in packet.tx_options
