"""Which source the network's time is taken from, and how often. Pure."""

import enum
from typing import Final

_DAY: Final = 86_400.0


class Source(enum.Enum):
    """Where the network's time comes from."""

    SYSTEM = "none"
    """The system's UTC, which something else keeps right; set_time may put it off."""
    NTP = "ntp"
    ZCL = "zcl"
    """The best Time server of the ZigBee network."""


def choose_source(wanted: str, *, has_client: bool) -> Source:
    """Return the source for a value of Time_Synchronizer.type: auto, none, ntp or zcl."""
    if wanted == "auto":
        return Source.ZCL if has_client else Source.SYSTEM
    return Source(wanted)


def ntp_interval(period: float, sync_rate: float) -> float:
    """Return the seconds between two questions to NTP servers.

    `period` is Time_Synchronizer.period, `sync_rate` NTP_client.sync_rate; the shorter counts.
    """
    return min(period, sync_rate)


def network_interval(period: float) -> float:
    """Return the seconds between two questions to the network's servers: a day at most (TIME-5)."""
    return min(period, _DAY)
