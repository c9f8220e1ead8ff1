"""What EZSP firmware is told to join a network as a router, and what its statuses mean. Pure.

Source: Silicon Labs UG100, networking frames, security frames, EmberStatus.
"""

from collections.abc import Mapping
from typing import Any, Final

import bellows.types as ezsp_t
import zigpy.types as t

from sebridge.base.secret import Secret
from sebridge.radio.joining import Beacon
from sebridge.radio.radio import Association
from sebridge.radio.zigpy_words import key_to_zigpy

OK: Final = ezsp_t.sl_Status.OK
UP: Final = ezsp_t.sl_Status.NETWORK_UP
DOWN: Final = ezsp_t.sl_Status.NETWORK_DOWN
NO_NETWORK: Final = ezsp_t.sl_Status.NOT_JOINED
_S: Final = ezsp_t.sl_Status
_WHY_NOT: Final[Mapping[Any, Association]] = {
    _S.NOT_JOINED: Association.REFUSED,
    _S.FAIL: Association.REFUSED,
    _S.NO_BEACONS: Association.NO_ANSWER,
    _S.ZIGBEE_MOVE_FAILED: Association.NO_ANSWER,
    _S.ZIGBEE_RECEIVED_KEY_IN_THE_CLEAR: Association.KEY_IN_CLEAR,
    _S.ZIGBEE_NO_NETWORK_KEY_RECEIVED: Association.NO_NETWORK_KEY,
    _S.ZIGBEE_NO_LINK_KEY_RECEIVED: Association.WRONG_LINK_KEY,
    _S.ZIGBEE_PRECONFIGURED_KEY_REQUIRED: Association.WRONG_LINK_KEY,
    _S.ZIGBEE_TRUST_CENTER_SWAP_EUI_HAS_CHANGED: Association.REFUSED,
}
MOVED: Final = frozenset(
    {DOWN, _S.ZIGBEE_NODE_ID_CHANGED, _S.ZIGBEE_PAN_ID_CHANGED, _S.ZIGBEE_CHANNEL_CHANGED}
)
"""Statuses of the stack after which the network is not what it was."""

_POWER: Final = 8  # dBm
_BITS: Final = ezsp_t.EmberInitialSecurityBitmask
_JOINER: Final = _BITS.HAVE_PRECONFIGURED_KEY | _BITS.REQUIRE_ENCRYPTED_KEY


def status_of(octets: Any) -> Any:
    """Return a status in the words of the newest firmware, whichever said it."""
    return ezsp_t.sl_Status.from_ember_status(octets)


def why_not(status: Any) -> Association | None:
    """Return what a status of the stack says of an attempt to join; None where it says nothing."""
    return _WHY_NOT.get(status)


def initial_security(link_key: Secret) -> Any:
    """Return the state in which a joiner takes the network's key only under this link key."""
    return ezsp_t.EmberInitialSecurityState(
        bitmask=_JOINER,
        preconfiguredKey=key_to_zigpy(link_key),
        networkKey=t.KeyData(bytes(16)),
        networkKeySequenceNumber=0,
        preconfiguredTrustCenterEui64=t.EUI64(bytes(8)),
    )


def parameters(beacon: Beacon) -> Any:
    """Return the network to join."""
    return ezsp_t.EmberNetworkParameters(
        extendedPanId=t.ExtendedPanId(beacon.extended_pan_id.to_bytes(8, "little")),
        panId=beacon.pan_id,
        radioTxPower=_POWER,
        radioChannel=beacon.channel,
        joinMethod=ezsp_t.EmberJoinMethod.USE_MAC_ASSOCIATION,
        nwkManagerId=0,
        nwkUpdateId=beacon.update_id,
        channels=t.Channels(0),
    )


def beacon_of(found: t.NetworkBeacon) -> Beacon:
    """Return what was heard of a network."""
    return Beacon(
        extended_pan_id=int.from_bytes(found.extended_pan_id.serialize(), "little"),
        pan_id=int(found.pan_id),
        channel=int(found.channel),
        is_open=bool(found.permit_joining),
        stack_profile=int(found.stack_profile),
        update_id=int(found.nwk_update_id),
        lqi=int(found.lqi or 0),
    )
