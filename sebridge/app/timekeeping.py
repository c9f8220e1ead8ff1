"""Which time the gateway goes by: its own, or where it joined a network, that network's."""

from collections.abc import Callable

from sebridge.base.clock import Clock, zigbee_time
from sebridge.clusters.network_time import (
    MASTER,
    MASTER_ZONE_DST,
    SYNCHRONISED,
    NetworkClock,
    NetworkTime,
)
from sebridge.clusters.time_server import AUTHORITATIVE, TimeServer
from sebridge.smartenergy.local_time import INVALID_TIME, ZoneRules


class Timekeeping:
    """The gateway's clock for everything on the ZigBee network.

    A coordinator is the authority: its time is the machine's, its zone comes from `zone`, which
    is asked each time. A gateway that joins takes time and zone, both as a whole, from the best
    time server of the network and passes them on as `synchronised`; as long as there is none, it
    goes by its own, as a master to which every superseding server is preferred (TIME-4).
    """

    def __init__(
        self, clock: Clock, *, joins: bool, zone: Callable[[], ZoneRules] = ZoneRules
    ) -> None:
        self.network = NetworkTime()
        self.clock: Clock = NetworkClock(clock, self.network) if joins else clock
        self._joins = joins
        self._zone = zone

    @property
    def known(self) -> bool:
        """Say whether the clock is right: the authority's is, others have to be told."""
        return self.network.known or not self._joins

    def now(self) -> int:
        """Return seconds since 2000 UTC."""
        return zigbee_time(self.clock.utc())

    def zone(self) -> ZoneRules:
        """Return the time zone and its daylight saving."""
        return self.network.zone if self.network.known else self._zone()

    def server(self) -> TimeServer:
        """Return a Time cluster that serves this time."""
        return TimeServer(self.now, self.zone, self._status, self._last_set)

    def _status(self) -> int:
        if not self._joins:
            return AUTHORITATIVE
        return SYNCHRONISED if self.network.known else MASTER | MASTER_ZONE_DST

    def _last_set(self) -> int:
        return self.network.last_set if self.network.known else INVALID_TIME
