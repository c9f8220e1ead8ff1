"""Which network to join of those that were heard, and why none. Pure."""

from collections.abc import Iterable
from typing import Final

import msgspec

from sebridge.base.errors import NotJoinedError
from sebridge.radio.radio import Association, NetworkPlan

MOST_TRIED: Final = 3
"""Networks that are tried in one attempt; the next attempt listens anew."""
_ZIGBEE_PRO: Final = 2  # the only stack profile of Smart Energy


class Beacon(msgspec.Struct, frozen=True, kw_only=True):
    """A network, as one of its routers or its coordinator tells of it."""

    extended_pan_id: int
    pan_id: int
    channel: int  # 11..26
    is_open: bool  # somebody new may come in
    stack_profile: int = _ZIGBEE_PRO
    update_id: int = 0
    lqi: int = 0  # 0..255


def to_try(beacons: Iterable[Beacon], plan: NetworkPlan) -> list[Beacon]:
    """Return the networks to join, that with the best link quality first.

    NotJoinedError when there is none; it says what those lack that were heard.
    """
    heard = list(beacons)
    planned = [beacon for beacon in heard if plan.allows(beacon.extended_pan_id, beacon.channel)]
    suitable = [beacon for beacon in planned if beacon.stack_profile == _ZIGBEE_PRO]
    allowed = [beacon for beacon in suitable if beacon.is_open]
    if not heard:
        raise _none(Association.NO_NETWORK)
    if not planned:
        raise _none(Association.NOT_PLANNED)
    if not suitable:
        raise _none(Association.NOT_SUITABLE)
    if not allowed:
        raise _none(Association.NOT_ALLOWED)
    best_last = sorted(allowed, key=lambda beacon: beacon.lqi)
    networks = {(beacon.extended_pan_id, beacon.pan_id): beacon for beacon in best_last}
    return sorted(networks.values(), key=lambda beacon: -beacon.lqi)[:MOST_TRIED]


def _none(why: Association) -> NotJoinedError:
    return NotJoinedError(why.words, why)
