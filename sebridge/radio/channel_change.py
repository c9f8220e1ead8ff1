"""How a network is told to go to another channel, and who is told so. Pure.

Source: ZigBee specification, Mgmt_NWK_Update_req, and the network manager of its annex on channels.
"""

from typing import Final

from sebridge.base.errors import DecodeError
from sebridge.radio.radio import FIRST_CHANNEL, LAST_CHANNEL
from sebridge.zcl.zdo import ZdoCommand, decode, encode

TOLD: Final = 5
"""How often a change is told: who sleeps or does not hear it has another chance."""
TOLD_EVERY: Final = 1.0  # seconds
FOLLOWED_AFTER: Final = TOLD * TOLD_EVERY
"""Seconds after which who was told is on the other channel: all have heard of it by then."""
NOT_OURS: Final = "the channel is that of another's network: its coordinator decides on it"
_CHANGE: Final = 0xFE  # in the place of a scan duration
_COORDINATOR_NWK: Final = 0x0000


def announcement(sequence: int, channel: int, update_id: int) -> bytes:
    """Return the request to be on a channel (11..26) from the given update of the network on."""
    return encode(ZdoCommand.Mgmt_NWK_Update_req, sequence, 1 << channel, _CHANGE, update_id)


def announced(cluster_id: int, source_nwk: int, data: bytes) -> int | None:
    """Return to which channel a ZDO frame calls; None where it does not.

    Only the coordinator may call: it is the manager of its network.
    """
    if cluster_id != ZdoCommand.Mgmt_NWK_Update_req or source_nwk != _COORDINATOR_NWK:
        return None
    try:
        _, fields = decode(cluster_id, data)
    except DecodeError:
        return None
    if fields["ScanDuration"] != _CHANGE:
        return None
    mask = fields["ScanChannels"]
    channels = range(FIRST_CHANNEL, LAST_CHANNEL + 1)
    return next((channel for channel in channels if mask == 1 << channel), None)
