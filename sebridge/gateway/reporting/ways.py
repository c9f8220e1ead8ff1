"""How an attribute that should come does come, and why it is so. Pure."""

import enum
from typing import Final

import msgspec

from sebridge.gateway.pairing import PairedAttribute
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from sebridge.zcl.status import status_name


class Way(enum.Enum):
    """How an attribute comes."""

    REPORT = "report"
    """Its device reports it."""
    PSEUDO_REPORT = "pseudo_report"
    """The gateway reads it in its device's place."""
    UNAVAILABLE = "unavailable"
    """It does not come."""


BY_GATEWAY: Final = "configured_by_gateway"
BY_CALLER: Final = "configured_by_caller"
ANNOUNCED: Final = "announced"
"""The device said that it will report it, without being asked."""
BY_ITSELF: Final = "by_itself"
"""The device sleeps and cannot be asked: what it tells a mirror is all there is."""
WISHED: Final = "wished"
"""A caller wanted it read."""
STAYED_AWAY: Final = "reports_stayed_away"
STOPPED: Final = "stopped"
"""A caller ended it."""
INACTIVE: Final = "inactive"
"""Its device is not there."""
NOT_SET_UP: Final = "not_set_up"
"""Its device has not yet answered what it is asked before."""


class ComingAttribute(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute that should come: how it does, and why so.

    `why` is one of the words of this module, or the name of the ZCL status with which the device
    refused to report, or to show, it; `timeout` where it did not answer. `record` is the
    configuration under which it comes, and `missed` how many reports stayed away in a row.
    """

    key: PairedAttribute
    way: Way
    why: str
    record: AttributeReportingConfigurationRecord | None = None
    missed: int = 0


def status_word(status: int) -> str:
    """Return the name of a ZCL status as a word of `why`."""
    return status_name(status).lower()
