"""When a value that is not told again counts for nothing any more. Pure."""

from collections.abc import Callable
from math import ceil
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.gateway.reporting.expectations import Expectations
from sebridge.network.device_options import DeviceOptions

_MISSED: Final = 4
"""So many times a value has stayed away: a device that does not report is read each time, and
counts as gone by the third time without an answer. So it is unavailable before its values are."""

_LEAST: Final = 300
"""Seconds: a device that reports more often may be set up anew, or its network be disturbed."""

Expiry = Callable[[Eui64, int, int, int], int | None]
"""Seconds after which an attribute of a remote server counts for nothing, unless it is told again:
by device, endpoint, cluster and attribute. None where it never does."""


def expiry_by(
    expectations: Expectations,
    is_sleepy: Callable[[Eui64], bool],
    options: Callable[[Eui64], DeviceOptions],
) -> Expiry:
    """Return the expiry of values by what is expected of them.

    Of a sleepy device nothing expires: it tells when it likes, and cannot be asked. Where the
    options of a device have a `retention`, that holds; where they have a `throttle`, nothing
    expires before it is told again.
    """

    def expiry(device: Eui64, endpoint: int, cluster_id: int, attribute_id: int) -> int | None:
        chosen = options(device)
        if chosen.retention is not None:
            return chosen.retention
        renewed = expectations.renewal(device, endpoint, cluster_id, attribute_id)
        if renewed is None or is_sleepy(device):
            return None
        return max(ceil(_MISSED * renewed), ceil(2 * (chosen.throttle or 0)), _LEAST)

    return expiry
