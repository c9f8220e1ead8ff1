"""Serve the network's time: rules TIME-1 to TIME-3 and TIME-7."""

from collections.abc import Callable
from typing import ClassVar, Final

from msgspec.structs import replace

from sebridge.features.time.local_time import FARTHEST, INVALID_TIME, ZoneRules
from sebridge.features.time.network_time import MASTER, MASTER_ZONE_DST, SUPERSEDING
from sebridge.features.time.records import TIME_CLUSTER
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.cluster import ClusterDefinition

TIME: Final = 0x0000
TIME_STATUS: Final = 0x0001
TIME_ZONE: Final = 0x0002
DST_START: Final = 0x0003
DST_END: Final = 0x0004
DST_SHIFT: Final = 0x0005
STANDARD_TIME: Final = 0x0006
LOCAL_TIME: Final = 0x0007
LAST_SET_TIME: Final = 0x0008
VALID_UNTIL_TIME: Final = 0x0009

ASKED: Final = (TIME, TIME_STATUS, TIME_ZONE, DST_START, DST_END, DST_SHIFT)
"""What a client reads to set its clock (TIME-5)."""

_UTC: Final = 0xE2
_BITMAP8: Final = 0x18
_INT32: Final = 0x2B
_UINT32: Final = 0x23

AUTHORITATIVE: Final = MASTER | MASTER_ZONE_DST | SUPERSEDING
"""TimeStatus of the server that all others go by; it is not `synchronised` (TIME-1)."""


class TimeServer(LocalCluster):
    """The time of the network, in seconds since 2000 UTC; 0xFFFFFFFF while it is not known.

    Nothing can be written over the air: the gateway is the master, or its time and status come
    from its own client (TIME-2). A server that has lost its time says so, and is no master
    (TIME-3). `zone` gives the zone as it stands now. A caller of ours may write its attributes
    where `set_zone` takes the rules that come of it.
    """

    definition: ClassVar[ClusterDefinition] = TIME_CLUSTER
    server = True

    def __init__(
        self,
        now: Callable[[], int],
        zone: Callable[[], ZoneRules] = ZoneRules,
        status: Callable[[], int] = lambda: AUTHORITATIVE,
        last_set: Callable[[], int] = lambda: INVALID_TIME,
        set_zone: Callable[[ZoneRules], object] | None = None,
    ) -> None:
        self._now = now
        self._status = status

        def rule(attribute_id: int, kind: int, name: str, farthest: int | None) -> LocalAttribute:
            return LocalAttribute(
                attribute_id,
                kind,
                lambda: getattr(zone(), name),
                writable_here=set_zone is not None,
                may_be_nothing=farthest is None,  # there is no daylight saving
                lowest=None if farthest is None else -farthest,
                highest=farthest,
                written=lambda value: set_zone and set_zone(_changed(zone(), name, value)),
            )

        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(TIME, _UTC, now),
                    LocalAttribute(TIME_STATUS, _BITMAP8, self._known_status),
                    rule(TIME_ZONE, _INT32, "time_zone", FARTHEST),
                    rule(DST_START, _UINT32, "dst_start", None),
                    rule(DST_END, _UINT32, "dst_end", None),
                    rule(DST_SHIFT, _INT32, "dst_shift", FARTHEST),
                    LocalAttribute(STANDARD_TIME, _UINT32, lambda: zone().standard(now())),
                    LocalAttribute(LOCAL_TIME, _UINT32, lambda: zone().local(now())),
                    LocalAttribute(LAST_SET_TIME, _UTC, last_set),
                    LocalAttribute(VALID_UNTIL_TIME, _UTC, INVALID_TIME),
                ]
            )
        )

    def _known_status(self) -> int:
        return 0 if self._now() == INVALID_TIME else self._status()


def _changed(rules: ZoneRules, name: str, value: int | None) -> ZoneRules:
    return replace(rules, **{name: INVALID_TIME if value is None else int(value)})


class TimeClient(LocalCluster):
    """Asks others for the time."""

    definition: ClassVar[ClusterDefinition] = TIME_CLUSTER
    server = False
