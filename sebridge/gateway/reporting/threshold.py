"""When to report an attribute: minimum, maximum, change. Pure.

Source: ZigBee Cluster Library, Configure Reporting command.
"""

from typing import Any

import msgspec

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

    def due(self, value: Any, now: float) -> bool:
        """Say whether the value is to be reported now."""
        if self.stopped:
            return False
        if self.last_time is None:
            return True
        elapsed = now - self.last_time
        if elapsed < self.configuration.min_interval:
            return False
        longest = self.configuration.max_interval
        if longest != NO_PERIODIC_REPORTS and elapsed >= longest:
            return True
        return self._changed(value)

    def reported(self, value: Any, now: float) -> None:
        """Note that the value was reported."""
        self.last_value, self.last_time = value, now

    def _changed(self, value: Any) -> bool:
        change, last = self.configuration.reportable_change, self.last_value
        if _is_number(value) and _is_number(last) and _is_number(change) and change:
            return bool(abs(value - last) >= change)
        return bool(value != last)


def _is_number(value: Any) -> bool:
    """Say whether it is one; the value of an attribute is None where it has none just now."""
    return isinstance(value, (int, float))
