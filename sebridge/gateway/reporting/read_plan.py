"""What is read when in the place of reports, and which values become reports. Pure.

Times are seconds of any steady clock.
"""

from collections.abc import Mapping
from typing import Any, Final

from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.threshold import Threshold
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

WITHOUT_MINIMUM: Final = 5.0
"""Seconds between two reads where the configuration has no shortest interval."""


class ReadPlan:
    """Reads each attribute every `min_interval`, and keeps to the intervals and the change."""

    def __init__(self) -> None:
        self._thresholds: dict[PairedAttribute, Threshold] = {}
        self._next: dict[PairedAttribute, float] = {}

    def due(
        self, wanted: Mapping[PairedAttribute, AttributeReportingConfigurationRecord], now: float
    ) -> dict[Pairing, list[int]]:
        """Return what is to be read now, of all that is wanted; a new wish is due at once."""
        for key in [key for key in self._thresholds if key not in wanted]:
            del self._thresholds[key], self._next[key]
        found: dict[Pairing, list[int]] = {}
        for key, record in wanted.items():
            known = self._thresholds.get(key)
            if known is None or known.configuration != record:
                self._thresholds[key] = Threshold(record)
                self._next[key] = now
            if self._next[key] <= now:
                self._next[key] = now + (record.min_interval or WITHOUT_MINIMUM)
                found.setdefault(key.pairing, []).append(key.attribute_id)
        return found

    def pause(self, now: float) -> float | None:
        """Return the seconds until something is due; None when nothing is wanted."""
        return max(min(self._next.values()) - now, 0.0) if self._next else None

    def take(self, key: PairedAttribute, value: Any, now: float) -> bool:
        """Say whether a value that was read is to be reported."""
        threshold = self._thresholds.get(key)
        if threshold is None or not threshold.due(value, now):
            return False
        threshold.reported(value, now)
        return True
