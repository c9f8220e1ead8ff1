"""What nobody asked for of prepayment meters: their answers, and their books."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from sebridge.api.notifications import NotificationType
from sebridge.base.addresses import Eui64
from sebridge.features.prepayment.records import (
    ChangePaymentModeResponseRecord,
    ConsumerTopUpResponseRecord,
    PublishDebtLogRecord,
    PublishPrepaySnapshotRecord,
)
from sebridge.features.prepayment.signals import PrepaymentAnswered

_Told = (
    ConsumerTopUpResponseRecord
    | ChangePaymentModeResponseRecord
    | PublishPrepaySnapshotRecord
    | PublishDebtLogRecord
)
"""All answers but the log of top-ups, which holds codes: those go to no topic."""


class ReceivedPrepaymentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`received_prepayment_answer`: what became of a top-up or change, or what a meter's books say.

    A log of top-ups is not told, as it holds their codes.
    """

    source_address: Eui64
    source_endpoint_id: int
    destination_endpoint_id: int
    record: _Told


def _of_answer(signal: PrepaymentAnswered) -> Iterable[ReceivedPrepaymentAnswer]:
    if not isinstance(signal.record, _Told):
        return ()
    told = ReceivedPrepaymentAnswer(
        source_address=signal.device,
        source_endpoint_id=signal.endpoint,
        destination_endpoint_id=signal.local_endpoint,
        record=signal.record,
    )
    return (told,)


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="received_prepayment_answer",
        parameters=ReceivedPrepaymentAnswer,
        signal=PrepaymentAnswered,
        parameters_of=_of_answer,
    ),
)
