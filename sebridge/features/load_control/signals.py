"""News of load-control clients."""

from dataclasses import dataclass

from sebridge.base.addresses import Eui64
from sebridge.features.load_control.records import ReportEventStatusRecord


@dataclass(frozen=True, slots=True)
class EventStatusReported:
    """A load-control client said what it does with an event.

    `signature_verified` is None for a report without a signature.
    """

    device: Eui64
    endpoint: int
    local_endpoint: int
    record: ReportEventStatusRecord
    signature_verified: bool | None = None
