"""When to report an attribute: minimum, maximum, change. Pure.

Source: ZigBee Cluster Library, Configure Reporting command.
"""

from typing import Any

import msgspec

from sebridge.zcl.changes import has_changed
from sebridge.zcl.reporting import (
    NO_PERIODIC_REPORTS,
    STOP_REPORTING,
    AttributeReportingConfigurationRecord,
)


class Threshold(msgspec.Struct):
    """One reported attribute: its configuration, and what was reported last and when.

    Times are seconds of any steady clock.
    """

    configuration: AttributeReportingConfigurationRecord
    last_value: Any = None
    last_time: float | None = None

    @property
    def stopped(self) -> bool:
        """Say whether reports were switched off (a maximum interval of 0xFFFF)."""
        return self.configuration.max_interval == STOP_REPORTING

    def rests(self, now: float) -> bool:
        """Say whether nothing is reported yet, whatever the value is: the shortest interval."""
        if self.stopped:
            return True
        return self.last_time is not None and (
            now - self.last_time < self.configuration.min_interval
        )

    def due(self, value: Any, now: float) -> bool:
        """Say whether the value is to be reported now."""
        if self.rests(now):
            return False
        if self.last_time is None:
            return True
        longest = self.configuration.max_interval
        if longest != NO_PERIODIC_REPORTS and now - self.last_time >= longest:
            return True
        configured = self.configuration
        return has_changed(
            configured.attribute_type, self.last_value, value, configured.reportable_change
        )

    def reported(self, value: Any, now: float) -> None:
        """Note that the value was reported."""
        self.last_value, self.last_time = value, now
