"""AF_INCOMING_MSG of Z-Stack as octets: what the fast lane takes of a ZNP radio. Pure.

Source: Texas Instruments, Z-Stack Monitor and Test API, general frame format and AF_INCOMING_MSG.
"""

from collections.abc import Mapping
from functools import reduce
from operator import xor
import struct
from typing import Final

from sebridge.radio.heard import Heard
from sebridge.zcl.identifiers import ZDO_ENDPOINT

OVERHEAD: Final = 5  # octets of a frame around its data: start, length, command, checksum
_START: Final = 0xFE
_LONGEST: Final = 250  # octets of data
_AF_INCOMING_MSG: Final = 0x8144
_HEAD: Final = struct.Struct("<BBHHHHBBBBB5xB")
"""Start, length, command; group, cluster, sender, both endpoints, broadcast, LQI, security; time
and sequence number, which nobody needs; the length of what follows."""
_TAIL: Final = 3  # the address of the last hop and the radius, which TI does not document
_FIELDS: Final = _HEAD.size - 4 + _TAIL  # octets of data that are not the frame from the air
_TRUTHS: Final = (0, 1)


def incoming(octets: bytearray, profiles: Mapping[int, int]) -> Heard | None:
    """Read the frame at the beginning, for one of the endpoints whose profiles are given.

    None for all that is not common, and left to the library: what is not whole or not sound, other
    commands, what was sent to many, ZDO, and endpoints that it does not know.
    """
    if len(octets) < _HEAD.size:
        return None
    start, length, command, group, cluster_id, nwk, *more = _HEAD.unpack_from(octets)
    source_endpoint, endpoint, broadcast, lqi, encrypted, size = more
    if start != _START or command != _AF_INCOMING_MSG or length != size + _FIELDS:
        return None
    if group or broadcast or endpoint == ZDO_ENDPOINT or encrypted not in _TRUTHS:
        return None
    whole = octets[1 : length + OVERHEAD]
    if length > _LONGEST or len(whole) < length + OVERHEAD - 1 or reduce(xor, whole):
        return None
    profile_id = profiles.get(endpoint)
    if profile_id is None:
        return None
    data = bytes(octets[_HEAD.size : _HEAD.size + size])
    return Heard(
        nwk, profile_id, cluster_id, source_endpoint, endpoint, data, encrypted == 1, lqi=lqi
    )
