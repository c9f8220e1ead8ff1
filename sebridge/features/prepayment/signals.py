"""News of prepayment meters."""

from dataclasses import dataclass

from sebridge.base.addresses import Eui64
from sebridge.zcl.record import Record


@dataclass(frozen=True, slots=True)
class PrepaymentAnswered:
    """A prepayment meter said what became of a top-up or of a change, or showed its books."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    record: Record
