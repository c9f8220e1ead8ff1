"""What zones are, and what they notice, in words. Data only.

Source: ZigBee Cluster Library, IAS Zone cluster: Zone Type and Zone Status.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sebridge.gateway.reporting.shown_values import ShownAttribute
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

ZONE_TYPE: Final = 0x0001
ZONE_STATUS: Final = 0x0002
CIE_ADDRESS: Final = 0x0010

BITMAP16: Final = 0x19
ENUM16: Final = 0x31
EUI64: Final = 0xF0

ALARMS: Final = frozenset({"alarm_1", "alarm_2"})
"""Words of a status by which a zone notices what it is there for."""

_KINDS: Final[Mapping[int, str]] = {
    0x0000: "generic",
    0x000D: "motion",
    0x0015: "contact",
    0x0028: "smoke",
    0x002A: "water",
    0x002B: "co",
    0x002D: "vibration",
}
_WORDS: Final = (
    "alarm_1",
    "alarm_2",
    "tamper",
    "battery",
    "supervision_reports",
    "restore_reports",
    "trouble",
    "ac_mains",
    "test",
    "battery_defect",
)
"""What each bit of a status says, from the lowest on."""


def words_of(status: int) -> Sequence[str]:
    """Return what a status says."""
    return [word for bit, word in enumerate(_WORDS) if status >> bit & 1]


def kind_of(zone_type: int) -> str:
    """Return the word for what a zone watches."""
    return _KINDS.get(zone_type, "generic")


WANTED: Final = (AttributeReportingConfigurationRecord(ZONE_STATUS, 0, BITMAP16, 0, 1800),)
"""What it notices: at once, and every 30 minutes."""

SHOWN: Final[Mapping[int, ShownAttribute]] = {
    ZONE_TYPE: ShownAttribute("kind", kind_of, range(0x1_0000)),
    ZONE_STATUS: ShownAttribute("status", words_of, range(0x1_0000)),
}
