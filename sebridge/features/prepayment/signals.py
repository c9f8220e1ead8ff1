"""News of prepayment meters."""

from dataclasses import dataclass

import zigpy.types as t

from sebridge.zcl.record import Record


@dataclass(frozen=True, slots=True)
class PrepaymentAnswered:
    """A prepayment meter said what became of a top-up or of a change, or showed its books."""

    device: t.EUI64
    endpoint: int
    local_endpoint: int
    record: Record
