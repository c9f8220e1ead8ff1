"""What an XBee needs in its registers to join a network, and what it says of that. Pure.

Source: Digi, XBee/XBee-PRO ZB and SE manuals, command reference tables, association indication.
"""

from collections.abc import Mapping
from typing import Final

from sebridge.radio.radio import Association, NetworkPlan
from sebridge.radio.xbee.forming import FORMED, STARTING

_ROUTER: Final = 0
_ENCRYPTED: Final = 1
_ZIGBEE_PRO: Final = 2
_VERIFIED: Final = 1  # at power-on it looks whether its coordinator is still on its channel
_AUTHENTICATION: Final = 0b1000
"""The encryption option by which a module has joined only when it has established a key."""


def wanted(plan: NetworkPlan, *, proves_itself: bool = False) -> Mapping[str, int]:
    """Return the registers by which a module joins such a network; the link key is another.

    One that `proves_itself` establishes a key with the trust centre by its own certificate. Not
    every firmware has all registers.
    """
    return {
        "ID": plan.extended_pan_id,
        "SC": plan.channel_mask,
        "ZS": _ZIGBEE_PRO,
        "EE": _ENCRYPTED,
        "EO": _AUTHENTICATION if proves_itself else 0,
        "JV": _VERIFIED,
        "CE": _ROUTER,
    }


def is_decided(indication: int) -> bool:
    """Say whether a module has joined, or knows why it has not."""
    return indication != STARTING


def why_not(indication: int) -> Association | None:
    """Return why a module has not joined, by its association indication; None where it has."""
    if indication == FORMED:
        return None
    try:
        return Association(indication)
    except ValueError:
        return Association.REFUSED
