"""What EZSP firmware is told of a trust centre of Smart Energy: its tables and policies. Pure.

Source: Silicon Labs UG100, EzspConfigId, EzspPolicyId, EzspDecisionId, EzspDecisionBitmask.
"""

from collections.abc import Collection, Mapping
import enum
from typing import Final

MOST_LINK_KEYS: Final = 40
"""Devices with which keys can be established, where the firmware has memory for so many."""
OTHER_ADDRESSES: Final = 16
"""Places in the table of addresses that the library fills in turn; behind them each device with a
link key has one of its own."""

SIZES: Final[Mapping[str, int]] = {
    "CONFIG_KEY_TABLE_SIZE": MOST_LINK_KEYS,
    "CONFIG_ADDRESS_TABLE_SIZE": OTHER_ADDRESSES + MOST_LINK_KEYS,
    "CONFIG_TRUST_CENTER_ADDRESS_CACHE_SIZE": 8,  # devices that are joining at the same time
    "CONFIG_FRAGMENT_WINDOW_SIZE": 1,  # parts of a message (NET-7)
    "CONFIG_FRAGMENT_DELAY_MS": 50,
}

_HA_PROFILE: Final = 0x0104
_DENY_TC_KEYS, _SEND_TC_KEYS = 0x50, 0x51
_ALLOW_APP_KEYS: Final = 0x61
_BITMASKS: Final = 8  # the first version whose policy of the trust centre is made of bits


class _Joins(enum.IntFlag):
    """Who is sent the network key, under his link key."""

    NEW = 0x01
    REJOINING = 0x02
    ONLY_WITH_OWN_KEY = 0x10


class _Decision(enum.IntEnum):
    """The same, as it was said before there were bits."""

    NEW = 0x01
    REJOINING = 0x02
    ONLY_WITH_OWN_KEY = 0x06


def trust_center_policy(version: int, *, is_open: bool, others: bool) -> int:
    """Return whom the trust centre lets in; with `others` also those without a key of their own.

    Who has a link key comes back at any time, also without the network key.
    """
    if version >= _BITMASKS:
        joins = _Joins.REJOINING
        if is_open:
            joins |= _Joins.NEW if others else _Joins.NEW | _Joins.ONLY_WITH_OWN_KEY
        return joins
    if not is_open:
        return _Decision.REJOINING
    return _Decision.NEW if others else _Decision.ONLY_WITH_OWN_KEY


def policies(version: int, profiles: Collection[int]) -> dict[str, int]:
    """Return the policies of a network that is closed, by the library's names.

    Two devices get a partner key (SEC-6). A new key with the trust centre comes from key
    establishment alone where Smart Energy is all that we serve; devices of ZigBee 3.0 ask for one,
    and leave without it, so it is sent where Home Automation is served, too.
    """
    tc_keys = _SEND_TC_KEYS if _HA_PROFILE in profiles else _DENY_TC_KEYS
    return {
        "TRUST_CENTER_POLICY": trust_center_policy(version, is_open=False, others=False),
        "TC_KEY_REQUEST_POLICY": tc_keys,
        "APP_KEY_REQUEST_POLICY": _ALLOW_APP_KEYS,
    }
