"""Which time the gateway goes by on the ZigBee network, and what sets it."""

from collections.abc import Callable
from datetime import tzinfo
from functools import partial

from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.crypto.key_agreement import Randomness
from sebridge.features.time.client_service import TimeClientService
from sebridge.features.time.local_time import INVALID_TIME, ZoneRules
from sebridge.features.time.memory import TimeMemory
from sebridge.features.time.network_time import (
    MASTER,
    MASTER_ZONE_DST,
    SYNCHRONISED,
    NetworkClock,
    NetworkTime,
)
from sebridge.features.time.ntp import NtpClient
from sebridge.features.time.server import AUTHORITATIVE, TimeServer
from sebridge.features.time.synchronizer import SourceRules, Synchronizer
from sebridge.features.time.zone import ChosenZone
from sebridge.model.data_types import TimeOffset
from sebridge.settings import entries
from sebridge.settings.registry import Registry
from sebridge.settings.signals import SettingChanged
from sebridge.storage.collection import OpenCollection

_SETTINGS = ("NTP_client.", "Time_Synchronizer.")


def memory_of(
    open_collection: OpenCollection, registry: Registry, system_zone: Callable[[], tzinfo]
) -> TimeMemory:
    """Return what was kept of the network's time and zone; `keep` gives a collection."""
    return TimeMemory(
        NetworkTime(),
        open_collection("network_time", str, TimeOffset),
        open_collection("time_zone", str, ChosenZone),
        uses_system_zone=registry.reader(entries.USE_SYSTEM_TIME_ZONE),
        system_zone=system_zone,
    )


class Timekeeping:
    """The gateway's clock for everything on the ZigBee network.

    A coordinator is the authority: its time is the machine's, as long as nothing else is set. A
    gateway that joins takes the time of the best time server of the network and passes it on as
    `synchronised`; as long as there is none, it goes by its own, as a master to which every
    superseding server is preferred (TIME-4).
    """

    def __init__(self, clock: Clock, memory: TimeMemory, *, joins: bool) -> None:
        self.memory = memory
        self.network = memory.time
        self.clock: Clock = NetworkClock(clock, memory.time)
        self._system_clock = clock
        self._joins = joins

    @property
    def known(self) -> bool:
        """Say whether the clock is right: the authority's is, others have to be told.

        A machine that says less than 2000 has no battery for its clock, and was not told yet.
        """
        return self.network.known or not (self._joins or self.now() == 0)

    def now(self) -> int:
        """Return seconds since 2000 UTC."""
        return zigbee_time(self.clock.utc())

    def zone(self) -> ZoneRules:
        """Return the time zone and its daylight saving."""
        return self.memory.zone(self._system_clock.utc())

    def server(self) -> TimeServer:
        """Return a Time cluster that serves this time."""
        return TimeServer(self._served, self.zone, self._status, self._last_set, self._set_zone)

    def _served(self) -> int:
        return self.now() or INVALID_TIME  # a server without time says so (TIME-3)

    def _set_zone(self, rules: ZoneRules) -> None:
        self.memory.choose(ChosenZone(rules=rules))

    def _status(self) -> int:
        if not self._joins:
            return AUTHORITATIVE
        is_taken = self.network.source is not None
        return SYNCHRONISED if is_taken else MASTER | MASTER_ZONE_DST

    def _last_set(self) -> int:
        return self.network.last_set if self.network.known else INVALID_TIME


def source_rules(registry: Registry) -> SourceRules:
    """Return what the settings say of where the time comes from."""
    return SourceRules(
        wanted=registry.reader(entries.TIME_SOURCE),
        period=registry.reader(entries.TIME_SYNC_PERIOD),
        sync_rate=registry.reader(entries.NTP_SYNC_RATE),
        servers=lambda: (registry[entries.NTP_SERVER_1], registry[entries.NTP_SERVER_2]),
    )


def build_synchronizer(
    time: Timekeeping,
    client: TimeClientService | None,
    registry: Registry,
    *,
    system_clock: Clock,
    randomness: Randomness,
    bus: SignalBus,
) -> Synchronizer:
    """Return what sets the time, by the settings; `client` asks the network's time servers."""
    ntp = NtpClient(system_clock, partial(_nonce, randomness))
    synchronizer = Synchronizer(time.memory, ntp, source_rules(registry), system_clock, bus, client)

    def obey(signal: SettingChanged) -> None:
        if signal.name.startswith(_SETTINGS):
            synchronizer.look_again()

    bus.listen(SettingChanged, obey)
    return synchronizer


def _nonce(randomness: Randomness, octets: int) -> bytes:
    """Return octets that nobody can guess."""
    return randomness.randrange(0, 1 << 8 * octets).to_bytes(octets, "big")
