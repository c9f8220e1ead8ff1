"""News of prepayment meters."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.model.record import Record


class PrepaymentAnswered(msgspec.Struct, frozen=True):
    """A prepayment meter said what became of a top-up or of a change, or showed its books."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    record: Record
