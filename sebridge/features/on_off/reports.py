"""What a server of On/Off is to report, and how it is shown. Data only.

Source: ZigBee Cluster Library, On/Off cluster.
"""

from collections.abc import Mapping
from typing import Final

from sebridge.gateway.reporting.shown_values import ShownAttribute
from sebridge.zcl.data_types import BOOLEAN
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

ON_OFF: Final = 0x0000

WANTED: Final = (AttributeReportingConfigurationRecord(ON_OFF, 0, BOOLEAN, 0, 1800),)
"""Whether it is on: at once, and every 30 minutes."""

SHOWN: Final[Mapping[int, ShownAttribute]] = {ON_OFF: ShownAttribute("on", bool)}
