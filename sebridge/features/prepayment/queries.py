"""Ask prepayment meters: top up, emergency credit, another payment mode, the account."""

from collections.abc import Callable
from typing import Final

import msgspec

from sebridge.base.errors import TimeNotSetError
from sebridge.base.secret import Secret
from sebridge.features.prepayment.client import PrepaymentClient
from sebridge.features.prepayment.records import (
    PREPAYMENT_CLUSTER,
    ChangePaymentModeRecord,
    ChangePaymentModeResponseRecord,
    ConsumerTopUpResponseRecord,
    PublishDebtLogRecord,
    PublishPrepaySnapshotRecord,
    PublishTopUpLogRecord,
)
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import local_endpoint_for
from sebridge.gateway.questions import Questions
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import PREPAYMENT

_UNASKED: Final = (PublishPrepaySnapshotRecord, PublishTopUpLogRecord, PublishDebtLogRecord)
_ATTRIBUTES: Final = {
    0x0000: "payment_control_configuration",
    0x0001: "credit_remaining",
    0x0002: "emergency_credit_remaining",
    0x0003: "credit_status",
    0x0010: "emergency_credit_limit",
    0x0011: "emergency_credit_threshold",
    0x0021: "max_credit_limit",
    0x0022: "max_credit_per_top_up",
    0x0040: "cut_off_value",
}
"""What is read of an account, and the fields of AccountShown that it is shown in."""


class AccountShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter shows of its account; amounts are units of its currency, None is not told."""

    payment_control_configuration: int | None = None
    credit_remaining: int | None = None
    emergency_credit_remaining: int | None = None
    credit_status: int | None = None
    emergency_credit_limit: int | None = None
    emergency_credit_threshold: int | None = None
    max_credit_limit: int | None = None
    max_credit_per_top_up: int | None = None
    cut_off_value: int | None = None


class PrepaymentQueries:
    """Puts requests to prepayment meters, and waits for what they make of them.

    `now` gives seconds since 2000 UTC. Raises DeliveryError for a meter that did not take the
    request, DeviceRefusedError for one that refused it, AnswerTimeoutError, MalformedAnswerError.
    """

    def __init__(
        self,
        client: PrepaymentClient,
        exchange: Exchange,
        *,
        now: Callable[[], int],
        time_is_known: Callable[[], bool],
    ) -> None:
        self._client = client
        self._questions = Questions(exchange, PREPAYMENT_CLUSTER, unasked=_UNASKED)
        self._reader = RemoteReader(exchange)
        self._now = now
        self._time_is_known = time_is_known

    async def top_up(self, meter: Peer, code: Secret) -> ConsumerTopUpResponseRecord:
        """Enter a code of 1 to 25 octets; InvalidFieldError for another length (PRE-2)."""
        [question] = self._client.top_up(meter, code).sendings
        return await self._questions.ask(question, ConsumerTopUpResponseRecord)

    async def select_emergency_credit(self, meter: Peer) -> int:
        """Have emergency credit used; return the ZCL status of the meter's answer (PRE-1).

        TimeNotSetError while we do not know the time, which the meter is told.
        """
        if not self._time_is_known():
            raise TimeNotSetError("the request says when it was made, and the time is not known")
        [command] = self._client.select_emergency_credit(meter, self._now()).sendings
        answer: int = await self._questions.confirm(command)
        return answer

    async def change_mode(
        self, meter: Peer, record: ChangePaymentModeRecord
    ) -> ChangePaymentModeResponseRecord | int:
        """Have another payment mode; return the meter's answer, or its ZCL status (PRE-2)."""
        [command] = self._client.change_mode(meter, record).sendings
        return await self._questions.confirm(command, ChangePaymentModeResponseRecord)

    async def read_account(self, meter: Peer) -> AccountShown:
        """Read what a meter shows of its account."""
        read = await self._reader.read(
            meter, PREPAYMENT, local_endpoint_for(meter.profile_id), tuple(_ATTRIBUTES)
        )
        numbers = {
            _ATTRIBUTES[value.attribute_id]: value.value
            for _, _, value in read
            if value is not None
            and value.attribute_id in _ATTRIBUTES
            and isinstance(value.value, int)
        }
        return AccountShown(**numbers)
