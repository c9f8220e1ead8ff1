"""What the network's time is, and its zone, across restarts. Decides; waits for nothing."""

from collections.abc import Callable, MutableMapping
from datetime import tzinfo
from typing import Final

from sebridge.base.clock import zigbee_time
from sebridge.features.time.local_time import ZoneRules, rules_of
from sebridge.features.time.network_time import NetworkTime
from sebridge.features.time.zone import ChosenZone

_ONLY: Final = "here"
"""The one key of each collection."""


class TimeMemory:
    """Keeps how far the network's time is from the system's UTC, and the zone that was chosen.

    `uses_system_zone` is Time_Synchronizer.use_system_time_zone.
    """

    def __init__(
        self,
        time: NetworkTime,
        offsets: MutableMapping[str, float],
        zones: MutableMapping[str, ChosenZone],
        *,
        uses_system_zone: Callable[[], bool],
        system_zone: Callable[[], tzinfo],
    ) -> None:
        self.time = time
        self._offsets = offsets
        self._zones = zones
        self._uses_system_zone = uses_system_zone
        self._system_zone = system_zone
        self.time.resume(offsets.get(_ONLY, 0.0))

    @property
    def chosen(self) -> ChosenZone | None:
        """The zone that was set, None for the network's or the system's."""
        return self._zones.get(_ONLY)

    def zone(self, utc: float) -> ZoneRules:
        """Return the zone at a time of the system (UTC since 1970).

        The one that was set comes before that of the network's time server, which comes before
        that of the operating system; without any of them there is no zone.
        """
        now = zigbee_time(self.time.at(utc))
        if self.chosen is not None:
            return self.chosen.at(now)
        if self.time.source is not None:
            return self.time.zone
        return rules_of(self._system_zone(), now) if self._uses_system_zone() else ZoneRules()

    def choose(self, zone: ChosenZone | None) -> None:
        """Set the zone, or go back to the network's or the system's."""
        if zone is None:
            self._zones.pop(_ONLY, None)
        else:
            self._zones[_ONLY] = zone

    def put(self, wanted: float, utc: float) -> float:
        """Set the network's time, both in seconds since 1970; return by how much it jumped."""
        step = self.time.put(wanted, utc)
        self.save()
        return step

    def save(self) -> None:
        """Keep how far the network's time is from the system's."""
        if self._offsets.get(_ONLY, 0.0) != self.time.offset:
            self._offsets[_ONLY] = self.time.offset
