"""What load-control events ask for, in watts that are left to the home. Pure.

An event says how much of its usual load, or of the time, a device may draw power: its duty cycle or
average load adjustment percentage (ZigBee Smart Energy Profile 1.x, annex D, Load Control Event).
Of the power that the options name, that is a limit. An event that only moves temperatures is none,
and neither is one that asks for more load.
"""

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from sebridge.base.clock import iso_time, unix_time
from sebridge.features.load_control.records import (
    LAST_VOLUNTARY_CRITICALITY,
    LoadControlEventRecord,
)
from sebridge.gateway.events.event_cluster import end_of
from sebridge.model.data_types import Moment
from sebridge.settings.consumption_limit import ConsumptionLimitOptions

_WHOLE: Final = 100  # per cent
_LOAD_NOT_USED: Final = -0x80


class Share(msgspec.Struct, frozen=True):
    """What an event leaves, in per cent (0..99), and in words why."""

    percent: int
    reason: str


class Acknowledgement(msgspec.Struct, frozen=True):
    """Who has taken the limit of an event, by which name, and when (seconds since 1970)."""

    by: str
    at: Moment
    issuer_event_id: int
    watts: int


class ConsumptionLimit(msgspec.Struct, frozen=True, kw_only=True):
    """The limit in force: no more than `watts`; None for no limit.

    It is that of the strictest event in force, from `since` `until`, for `remaining` seconds,
    never below `floor`. Where `participates` is false the home has opted out, and there is no
    limit; where it is `mandatory` nobody can. `acknowledged_by` is who has taken this limit.
    """

    watts: int | None = None
    floor: int
    nominal: int
    since: str | None = None
    until: str | None = None
    remaining: int = 0
    reason: str | None = None
    issuer_event_id: int | None = None
    criticality_level: int | None = None
    mandatory: bool = False
    participates: bool = True
    acknowledged_by: str | None = None
    acknowledged_at: str | None = None


def is_mandatory(event: LoadControlEventRecord) -> bool:
    """Say whether nobody can opt out of an event (DRLC-6)."""
    return event.criticality_level > LAST_VOLUNTARY_CRITICALITY


def share_of(event: LoadControlEventRecord) -> Share | None:
    """Return what an event leaves; None for one that limits no load."""
    shares: list[Share] = []
    if event.duty_cycle < _WHOLE:
        shares.append(Share(event.duty_cycle, f"a duty cycle of {event.duty_cycle} %"))
    adjustment = event.average_load_adjustment_percentage
    if _LOAD_NOT_USED < adjustment < 0:
        shares.append(Share(_WHOLE + adjustment, f"an average load {-adjustment} % lower"))
    return min(shares, key=lambda share: share.percent, default=None)


def strictest(
    events: Iterable[LoadControlEventRecord], device_class: int, out: Collection[int]
) -> LoadControlEventRecord | None:
    """Return the event that limits most; one of those in `out` only where there is no other."""
    found: list[tuple[bool, int, LoadControlEventRecord]] = []
    for event in events:
        share = share_of(event)
        if share is not None and event.device_class & device_class:
            found.append((event.issuer_event_id in out, share.percent, event))
    return min(found, key=lambda one: one[:2], default=(True, 0, None))[-1]


def limit_of(
    event: LoadControlEventRecord | None,
    options: ConsumptionLimitOptions,
    now: int,
    *,
    out: Collection[int],
    acknowledgement: Acknowledgement | None,
) -> ConsumptionLimit:
    """Return the limit of the strictest event, at a time in seconds since 2000."""
    nothing = ConsumptionLimit(floor=options.floor, nominal=options.nominal)
    share = None if event is None else share_of(event)
    if event is None or share is None:
        return nothing
    end = end_of(event.start_time, event.duration_in_minutes)
    participates = event.issuer_event_id not in out
    watts = max(options.floor, options.nominal * share.percent // _WHOLE)
    is_taken = acknowledgement is not None and (
        (acknowledgement.issuer_event_id, acknowledgement.watts) == (event.issuer_event_id, watts)
    )
    by = acknowledgement if is_taken and participates else None
    return msgspec.structs.replace(
        nothing,
        watts=watts if participates else None,
        since=iso_time(unix_time(event.start_time)),
        until=None if end is None else iso_time(unix_time(end)),
        remaining=0 if end is None else max(0, end - now),
        reason=share.reason,
        issuer_event_id=event.issuer_event_id,
        criticality_level=event.criticality_level,
        mandatory=is_mandatory(event),
        participates=participates,
        acknowledged_by=None if by is None else by.by,
        acknowledged_at=None if by is None else iso_time(by.at),
    )
