"""Requests to prepayment meters: top up, emergency credit, the payment mode, the account.

Own extensions: the reference has no such requests.
"""

from typing import Any, Final, Protocol

from sebridge.api.addressing import DeviceAnswer, ServerPlaces, peer_of
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError, RequestError
from sebridge.base.secret import Secret
from sebridge.features.prepayment.client import LONGEST_CODE
from sebridge.features.prepayment.queries import AccountShown
from sebridge.features.prepayment.records import (
    ChangePaymentModeRecord,
    ChangePaymentModeResponseRecord,
    ConsumerTopUpResponseRecord,
    TopUpResult,
)
from sebridge.model.data_types import Uint8
from sebridge.model.values import ABSENT, Absent
from sebridge.network.peer import Peer
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import PREPAYMENT, SE_PROFILE
from sebridge.zcl.status import Status, status_name

_TAKEN: Final = frozenset({TopUpResult.ACCEPTED, 0x10, 0x11, 0x12})
"""Results that say that the credit was added; the last three tell of the supply besides."""
_REASONS: Final = {
    TopUpResult.INVALID: "the code is not valid",
    TopUpResult.DUPLICATE: "the code was used already",
    TopUpResult.ERROR: "the meter had an error",
    TopUpResult.MOST_CREDIT_REACHED: "there would be more credit than is allowed",
    TopUpResult.KEYPAD_LOCKED: "the meter takes no codes now: too many were wrong",
    TopUpResult.TOO_LARGE: "the code is worth more than is allowed at once",
}


class Queries(Protocol):
    """Who puts requests to prepayment meters."""

    async def top_up(self, meter: Peer, code: Secret) -> ConsumerTopUpResponseRecord:
        """Enter a code."""

    async def select_emergency_credit(self, meter: Peer) -> int:
        """Have emergency credit used; return the ZCL status of the meter's answer."""

    async def change_mode(
        self, meter: Peer, record: ChangePaymentModeRecord
    ) -> ChangePaymentModeResponseRecord | int:
        """Have another payment mode; return the meter's answer, or its ZCL status."""

    async def read_account(self, meter: Peer) -> AccountShown:
        """Read what a meter shows of its account."""


class TopUpMeterResponse(DeviceAnswer, frozen=True, kw_only=True):
    """What the meter made of the code; `reason` tells why it was not taken.

    `result_type` is 0 (taken; 16 to 18 tell of the supply besides), 1 (not valid), 2 (used
    already), 3 (error), 4 (too much credit), 5 (keypad locked) or 6 (worth too much). Amounts are
    in the unit of the meter's currency.
    """

    cluster_id: int = PREPAYMENT
    result_type: int
    reason: str | Absent = ABSENT
    top_up_value: int
    credit_remaining: int


class SelectEmergencyCreditResponse(DeviceAnswer, frozen=True, kw_only=True):
    """The ZCL status of the meter's answer (126: not needed yet, or none); `reason` if not 0."""

    cluster_id: int = PREPAYMENT
    status: int
    reason: str | Absent = ABSENT


class ChangePaymentModeResponse(DeviceAnswer, frozen=True, kw_only=True):
    """The meter's answer, or the ZCL status with which it refused, and the `reason`."""

    cluster_id: int = PREPAYMENT
    status: int
    reason: str | Absent = ABSENT
    record: ChangePaymentModeResponseRecord | Absent = ABSENT


class GetPrepaymentAccountResponse(DeviceAnswer, frozen=True, kw_only=True):
    """What a meter shows of its account; null is what it does not tell.

    Amounts are in the unit of its currency. Bit 1 of the payment control configuration says that
    is paid before use.
    """

    cluster_id: int = PREPAYMENT
    account: AccountShown


class PrepaymentMethods:
    """Requests to prepayment meters; `queries` is None where they are switched off."""

    rpc_interface = SE_INTERFACE

    def __init__(self, places: ServerPlaces, queries: Queries | None) -> None:
        self._places = places
        self._queries = queries

    @method
    async def top_up_meter(
        self,
        destination_address: Eui64,
        top_up_code: Any,
        destination_endpoint_id: Uint8 | Absent = ABSENT,
    ) -> TopUpMeterResponse:
        """Enter a top-up code at a prepayment meter, and return what the meter made of it.

        The code is text of 1 to 25 characters, as it is printed, or a number where it has only
        digits; it is in no log, error or answer.
        Without an endpoint it is the first one of the device that is a prepayment meter.
        """
        queries, code = self._needed(), _code(top_up_code)
        meter = self._meter(destination_address, destination_endpoint_id)
        answer = await queries.top_up(meter, code)
        return TopUpMeterResponse(
            profile_id=meter.profile_id,
            source_address=meter.device,
            source_endpoint_id=meter.endpoint,
            result_type=answer.result_type,
            reason=ABSENT if answer.result_type in _TAKEN else _reason(answer.result_type),
            top_up_value=answer.top_up_value,
            credit_remaining=answer.credit_remaining,
        )

    @method
    async def select_emergency_credit(
        self, destination_address: Eui64, destination_endpoint_id: Uint8 | Absent = ABSENT
    ) -> SelectEmergencyCreditResponse:
        """Have a prepayment meter use its emergency credit, which it may refuse."""
        queries = self._needed()
        meter = self._meter(destination_address, destination_endpoint_id)
        status = await queries.select_emergency_credit(meter)
        return SelectEmergencyCreditResponse(
            profile_id=meter.profile_id,
            source_address=meter.device,
            source_endpoint_id=meter.endpoint,
            status=status,
            reason=_refusal(status),
        )

    @method
    async def change_payment_mode(
        self,
        destination_address: Eui64,
        record: ChangePaymentModeRecord,
        destination_endpoint_id: Uint8 | Absent = ABSENT,
    ) -> ChangePaymentModeResponse:
        """Change how is paid at a meter, from a time on (0 is now).

        Of two changes the one with the larger issuer event id counts.
        """
        queries = self._needed()
        meter = self._meter(destination_address, destination_endpoint_id)
        answer = await queries.change_mode(meter, record)
        status = answer if isinstance(answer, int) else Status.SUCCESS
        return ChangePaymentModeResponse(
            profile_id=meter.profile_id,
            source_address=meter.device,
            source_endpoint_id=meter.endpoint,
            status=int(status),
            reason=_refusal(status),
            record=ABSENT if isinstance(answer, int) else answer,
        )

    @method(scope=Scope.READ)
    async def get_prepayment_account(
        self, destination_address: Eui64, destination_endpoint_id: Uint8 | Absent = ABSENT
    ) -> GetPrepaymentAccountResponse:
        """Ask a prepayment meter for its credit, its limits and how is paid."""
        queries = self._needed()
        meter = self._meter(destination_address, destination_endpoint_id)
        return GetPrepaymentAccountResponse(
            profile_id=meter.profile_id,
            source_address=meter.device,
            source_endpoint_id=meter.endpoint,
            account=await queries.read_account(meter),
        )

    def _needed(self) -> Queries:
        if self._queries is None:
            raise RequestError(
                "prepayment is switched off: gateway.optional_clusters does not name prepayment"
            )
        return self._queries

    def _meter(self, device: Eui64, endpoint: int | Absent) -> Peer:
        found = self._places.servers_of(device, PREPAYMENT)
        meters = [meter for meter in found if meter.profile_id == SE_PROFILE]
        return peer_of(meters, device, endpoint, "prepayment meter")


def _code(given: Any) -> Secret:
    """Read a code where no error can show it; the command line makes numbers of digits."""
    is_number = isinstance(given, int) and not isinstance(given, bool) and given >= 0
    text = str(given) if is_number else given
    if isinstance(text, str) and text.isascii() and 1 <= len(text) <= LONGEST_CODE:
        return Secret(text.encode())
    raise ParameterError("top_up_code", f"must be text of 1 to {LONGEST_CODE} ASCII characters")


def _reason(result: int) -> str:
    known = {int(kind): words for kind, words in _REASONS.items()}
    return known.get(result, f"the meter did not take it: result 0x{result:02X}")


def _refusal(status: int) -> str | Absent:
    return ABSENT if status == Status.SUCCESS else f"the meter answered {status_name(status)}"
