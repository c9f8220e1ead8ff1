"""Requests about the time: the system's, the network's, and the zone of the network's clock."""

from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec

from sebridge.base.clock import ZIGBEE_EPOCH, Clock, zigbee_time
from sebridge.base.errors import ParameterError
from sebridge.features.time.local_time import INVALID_TIME, ZoneRules
from sebridge.features.time.zone import ChosenZone, chosen_rules, zone_named
from sebridge.model.data_types import Int32, UnixTime, UtcTime
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method

_LATEST: Final = ZIGBEE_EPOCH + INVALID_TIME - 1


class NetworkTimeSource(Protocol):
    """Who keeps the network's time right."""

    def put(self, utc: float) -> None:
        """Set the network's time by hand, in seconds since 1970 UTC."""

    async def synchronise(self) -> None:
        """Take the time from its source now; raise TimeNotSetError where that is not possible."""


class ZoneMemory(Protocol):
    """Who keeps the zone."""

    @property
    def chosen(self) -> ChosenZone | None:
        """The zone that was set."""

    def choose(self, zone: ChosenZone | None) -> None:
        """Set the zone, or with None go back to the one that counts without it."""


class GetTimeResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The operating system's UTC, in seconds since two epochs.

    `offset` is by how many seconds the network's time is ahead of it, where it is not the same.
    """

    UTC_1970: int
    UTC_2000: int
    offset: int | Absent = ABSENT


class SetTimeResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The network's time that was set, in seconds since two epochs."""

    UTC_1970: int
    UTC_2000: int


class ResyncTimeResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing: the time was taken from its source."""


class ZoneResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The zone in force. Its name is there where it was set by name.

    `dst_start` and `dst_end` are seconds since 2000 UTC, of the daylight saving that runs or comes
    next; 0xFFFFFFFF for none. `local_time` is what the clocks on the wall show, as such seconds.
    """

    name: str | Absent = ABSENT
    time_zone: int
    dst_start: int
    dst_end: int
    dst_shift: int
    local_time: int


class SetTimezoneResponse(ZoneResponse, frozen=True, kw_only=True):
    """The zone that was set."""


class ClearTimezoneResponse(ZoneResponse, frozen=True, kw_only=True):
    """The zone that counts now that none is set."""


class TimeMethods:
    """Requests about time. `system` is the machine's clock, `network` the network's.

    `zone` returns the zone that is in force.
    """

    rpc_interface = GENERAL_INTERFACE

    def __init__(
        self,
        system: Clock,
        network: Clock,
        source: NetworkTimeSource,
        zones: ZoneMemory,
        zone: Callable[[], ZoneRules],
    ) -> None:
        self._system = system
        self._network = network
        self._source = source
        self._zones = zones
        self._zone = zone

    @method(scope=Scope.READ)
    async def get_time(self) -> GetTimeResponse:
        """Return the operating system's UTC, and how far the network's time is from it."""
        utc = self._system.utc()
        offset = round(self._network.utc() - utc)
        return GetTimeResponse(
            UTC_1970=int(utc), UTC_2000=int(utc) - ZIGBEE_EPOCH, offset=offset or ABSENT
        )

    @method
    async def set_time(
        self, UTC_1970: UnixTime | Absent = ABSENT, UTC_2000: UtcTime | Absent = ABSENT
    ) -> SetTimeResponse:
        """Set the time of the ZigBee network, in seconds since 1970 or since 2000 UTC.

        The operating system's clock stays as it is: its difference to the time that is set is
        kept, and survives a restart. The next synchronisation replaces it: on a router or display
        the next time that a Time cluster is read, and not what comes with prices. With both epochs
        they must agree.
        """
        utc = _one_time(UTC_1970, UTC_2000)
        self._source.put(float(utc))
        return SetTimeResponse(UTC_1970=utc, UTC_2000=utc - ZIGBEE_EPOCH)

    @method
    async def resync_time(self) -> ResyncTimeResponse:
        """Take the network's time from its source now: NTP, the network's server, or the system.

        The system's UTC, which is the source where no other is set, undoes set_time.
        """
        await self._source.synchronise()
        return ResyncTimeResponse()

    @method
    async def set_timezone(
        self,
        name: str | Absent = ABSENT,
        time_zone: Int32 | Absent = ABSENT,
        dst_start: UtcTime | Absent = ABSENT,
        dst_end: UtcTime | Absent = ABSENT,
        dst_shift: Int32 | Absent = ABSENT,
    ) -> SetTimezoneResponse:
        """Set the zone that the gateway's Time server tells, by name or by its rules.

        A name of the time zone database, such as Europe/Berlin, has its rules for every year.
        Otherwise time_zone and dst_shift are seconds in -86400..86400, dst_start and dst_end
        seconds since 2000 UTC; the three about daylight saving are given together or not at all.
        """
        rules = (time_zone, dst_start, dst_end, dst_shift)
        if name is ABSENT:
            zone = _rules_zone(time_zone, dst_start, dst_end, dst_shift)
        elif any(value is not ABSENT for value in rules):
            raise ParameterError("name", "has its own rules; give either a name or the rules")
        else:
            zone_named(name)
            zone = ChosenZone(name=name)
        self._zones.choose(zone)
        return SetTimezoneResponse(**self._shown())

    @method
    async def clear_timezone(self) -> ClearTimezoneResponse:
        """Go back to the zone of the network's time server or of the operating system.

        The operating system's counts where Time_Synchronizer.use_system_time_zone is TRUE; else
        there is no zone.
        """
        self._zones.choose(None)
        return ClearTimezoneResponse(**self._shown())

    def _shown(self) -> dict[str, Any]:
        zone, chosen = self._zone(), self._zones.chosen
        return {
            "name": ABSENT if chosen is None or chosen.name is None else chosen.name,
            "time_zone": zone.time_zone,
            "dst_start": zone.dst_start,
            "dst_end": zone.dst_end,
            "dst_shift": zone.dst_shift,
            "local_time": zone.local(zigbee_time(self._network.utc())),
        }


def _one_time(since_1970: int | Absent, since_2000: int | Absent) -> int:
    """Return the one time that was given, in seconds since 1970 (G9)."""
    if since_2000 is not ABSENT:
        name, utc = "UTC_2000", since_2000 + ZIGBEE_EPOCH
        if since_1970 not in {ABSENT, utc}:
            raise ParameterError(name, f"must be UTC_1970 less {ZIGBEE_EPOCH}, or left out")
    elif since_1970 is not ABSENT:
        name, utc = "UTC_1970", since_1970
    else:
        raise ParameterError("UTC_1970", "or UTC_2000 must be given")
    if not ZIGBEE_EPOCH <= utc <= _LATEST:
        raise ParameterError(name, "is not between 2000-01-01 and 2136-02-07")
    return utc


def _rules_zone(
    time_zone: int | Absent,
    dst_start: int | Absent,
    dst_end: int | Absent,
    dst_shift: int | Absent,
) -> ChosenZone:
    if time_zone is ABSENT:
        raise ParameterError("name", "or time_zone must be given")
    saving = {"dst_start": dst_start, "dst_end": dst_end, "dst_shift": dst_shift}
    given = {name: int(value) for name, value in saving.items() if value is not ABSENT}
    for name in saving:
        if given and name not in given:
            raise ParameterError(name, "is missing: daylight saving has a start, an end, a shift")
    return chosen_rules(ZoneRules(int(time_zone), **given))
