"""The Prepayment cluster's server: takes top-ups and changes of the payment mode (PRE-1, PRE-2)."""

from typing import Any, ClassVar, Final

from typing_extensions import override

from sebridge.base.errors import UnsupportedCommandError
from sebridge.base.secret import Secret
from sebridge.features.prepayment.account import PrepaidAccount
from sebridge.features.prepayment.records import (
    PREPAYMENT_CLUSTER,
    ChangePaymentModeRecord,
    ChangePaymentModeResponseRecord,
    ConsumerTopUpRecord,
    ConsumerTopUpResponseRecord,
    SelectAvailableEmergencyCreditRecord,
)
from sebridge.gateway.cluster import Command, Outcome, TimedCluster
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.cluster import ClusterDefinition

_BITMAP16: Final = 0x19
_UINT32: Final = 0x23
_INT32: Final = 0x2B
_NO_CALENDAR: Final = 0xFFFFFFFF


class PrepaymentServer(TimedCluster):
    """Shows an account, and changes it as its customer and its supplier ask.

    Debts, snapshots and logs are not kept: their commands are answered as unknown.
    """

    definition: ClassVar[ClusterDefinition] = PREPAYMENT_CLUSTER
    server = True

    def __init__(self, account: PrepaidAccount) -> None:
        self._account = account
        terms = account.terms
        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(0x0000, _BITMAP16, lambda: account.now.mode.control),
                    LocalAttribute(0x0001, _INT32, lambda: account.now.credit),
                    LocalAttribute(0x0002, _INT32, lambda: account.now.emergency_credit),
                    LocalAttribute(0x0010, _UINT32, terms.emergency_limit),
                    LocalAttribute(0x0011, _UINT32, terms.emergency_threshold),
                    LocalAttribute(0x0021, _UINT32, terms.most_credit),
                    LocalAttribute(0x0022, _UINT32, terms.most_top_up),
                    LocalAttribute(0x0040, _INT32, lambda: account.now.mode.cut_off),
                ]
            )
        )

    @override
    def receive(self, command: Command) -> Outcome:
        """Answer a customer's display or the supplier."""
        record: Any = command.record
        match record:
            case SelectAvailableEmergencyCreditRecord():
                self._account.select_emergency_credit()
                return Outcome()
            case ConsumerTopUpRecord():
                return self._top_up(record)
            case ChangePaymentModeRecord():
                return self._change_mode(record, command.now)
        raise UnsupportedCommandError(type(record).__name__)

    def _top_up(self, record: ConsumerTopUpRecord) -> Outcome:
        done = self._account.top_up(Secret(bytes(record.top_up_code)))
        answer = ConsumerTopUpResponseRecord(
            result_type=done.result,
            top_up_value=done.value,
            source_of_top_up=record.originating_device,
            credit_remaining=max(self._account.now.credit, 0),  # the field has no sign
        )
        return Outcome((answer,))

    def _change_mode(self, record: ChangePaymentModeRecord, now: int) -> Outcome:
        self._account.change_mode(record, now)
        terms = self._account.terms
        answer = ChangePaymentModeResponseRecord(
            friendly_credit=0,
            friendly_credit_calendar_id=_NO_CALENDAR,
            emergency_credit_limit=terms.emergency_limit,
            emergency_credit_threshold=terms.emergency_threshold,
        )
        return Outcome((answer,))

    @override
    def next_change(self, now: int) -> int | None:
        """Return when another payment mode begins, in seconds since 2000 UTC; None for never."""
        del now
        return self._account.next_change()

    @override
    def advance(self, now: int) -> Outcome:
        """Begin what is due; nobody is told."""
        self._account.advance(now)
        return Outcome()
