"""News of load-control clients: those of others, and our own."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.features.load_control.limit import ConsumptionLimit
from sebridge.features.load_control.participation import EventParticipation
from sebridge.features.load_control.records import ReportEventStatusRecord


class EventStatusReported(msgspec.Struct, frozen=True):
    """A load-control client said what it does with an event.

    `signature_verified` is None for a report without a signature.
    """

    device: Eui64
    endpoint: int
    local_endpoint: int
    record: ReportEventStatusRecord
    signature_verified: bool | None = None


@dataclass(frozen=True, slots=True)
class ParticipationChanged:
    """The user of a display of ours opted out of an event, or in, or there are other events.

    `events` are all that are in force, `upcoming` those to come, by their start; `server` is
    False, as servers have no user.
    """

    local_endpoint: int
    events: Sequence[EventParticipation]
    upcoming: Sequence[EventParticipation] = ()
    server: bool = field(default=False, init=False)


class ConsumptionLimitTold(msgspec.Struct, frozen=True):
    """What load control leaves of the home's power now; None where nobody wants to know."""

    limit: ConsumptionLimit | None
