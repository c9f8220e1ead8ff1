"""What a prepayment meter keeps of its customer: credit, used codes, payment mode. Pure."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, fields
import hashlib
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.base.errors import (
    DuplicateError,
    InvalidFieldError,
    OutdatedError,
    ParameterError,
    RefusedError,
)
from sebridge.base.secret import Secret
from sebridge.features.prepayment.records import ChangePaymentModeRecord, TopUpResult
from sebridge.gateway.events.event_cluster import NEVER

LARGEST_AMOUNT: Final = 0x7FFFFFFF
"""The most units of credit that the attributes can show."""
PREPAYMENT: Final = 0x0002
"""Bit of the payment mode: pay before use; without it, use on credit."""

Redeem = Callable[[Secret], int | None]
"""Returns what a top-up code is worth, in units of credit, or None for one that is not valid."""


class PaymentMode(msgspec.Struct, frozen=True, kw_only=True):
    """How is paid, from `start` on (seconds since 2000 UTC). `issuer_event_id` orders changes."""

    issuer_event_id: int = 0
    start: int = 0
    control: int = PREPAYMENT
    cut_off: int = 0


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """All that must survive. Amounts are units of credit."""

    credit: int = 0
    emergency_credit: int = 0
    emergency_is_selected: bool = False
    mode: PaymentMode = PaymentMode()
    coming: PaymentMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The limits of a contract, in units of credit; emergency credit is had below a threshold."""

    most_credit: int = LARGEST_AMOUNT
    most_top_up: int = LARGEST_AMOUNT
    emergency_limit: int = 0
    emergency_threshold: int = 0

    def __post_init__(self) -> None:
        """Refuse limits which the attributes cannot show: ParameterError."""
        for limit in fields(self):
            if not 0 <= getattr(self, limit.name) <= LARGEST_AMOUNT:
                raise ParameterError(limit.name, f"must be 0..{LARGEST_AMOUNT}")


class TopUp(msgspec.Struct, frozen=True):
    """What became of a code, and what it was worth: 0 unless it was accepted."""

    result: TopUpResult
    value: int = 0


class PrepaidAccount:
    """Keeps the account under a name in `accounts`, and in `used` the marks of redeemed codes.

    Several accounts may share both. Whoever hands them in sees to their survival.
    """

    def __init__(
        self,
        name: str,
        terms: Terms,
        redeem: Redeem,
        accounts: MutableMapping[str, Account],
        used: MutableMapping[str, int],
    ) -> None:
        self._name = name
        self.terms = terms
        self._redeem = redeem
        self._accounts = accounts
        self._used = used

    @property
    def now(self) -> Account:
        """The account as it is."""
        return self._accounts.get(self._name, Account())

    def top_up(self, code: Secret) -> TopUp:
        """Redeem a code, once; anything but ACCEPTED leaves the account as it was (PRE-2)."""
        account, terms = self.now, self.terms
        named = self._name.encode() + b"\0" + code.reveal()
        mark = hashlib.sha256(named).hexdigest()  # the code itself is not kept
        if mark in self._used:
            return TopUp(TopUpResult.DUPLICATE)
        value = self._redeem(code)
        if value is None or value <= 0:
            return TopUp(TopUpResult.INVALID)
        if value > terms.most_top_up:
            return TopUp(TopUpResult.TOO_LARGE)
        if account.credit + value > terms.most_credit:
            return TopUp(TopUpResult.MOST_CREDIT_REACHED)
        self._used[mark] = value
        credit = account.credit + value
        is_selected = account.emergency_is_selected and credit <= terms.emergency_threshold
        self._keep(replace(account, credit=credit, emergency_is_selected=is_selected))
        return TopUp(TopUpResult.ACCEPTED, value)

    def select_emergency_credit(self) -> None:
        """Let emergency credit be used.

        Raises RefusedError when there is none, it is in use already, or the credit is too high.
        """
        account, terms = self.now, self.terms
        if not account.mode.control & PREPAYMENT or not terms.emergency_limit:
            raise RefusedError("there is no emergency credit")
        if account.emergency_is_selected or account.credit > terms.emergency_threshold:
            raise RefusedError("emergency credit is in use already, or not needed yet")
        self._keep(
            replace(account, emergency_is_selected=True, emergency_credit=terms.emergency_limit)
        )

    def change_mode(self, record: ChangePaymentModeRecord, now: int) -> None:
        """Take another payment mode, now or at its time; the last one told is the one to come.

        Raises DuplicateError for one that is known, OutdatedError for one older than that,
        InvalidFieldError for one that never begins (GEN-2).
        """
        if record.implementation_date_time == NEVER:
            raise InvalidFieldError("implementation_date_time 0xFFFFFFFF is not a time")
        account = self.now
        known = (account.coming or account.mode).issuer_event_id
        if record.issuer_event_id == known:
            raise DuplicateError(f"the change {known} is there already")
        if record.issuer_event_id < known:
            raise OutdatedError(f"{record.issuer_event_id} is older than {known}")
        mode = PaymentMode(
            issuer_event_id=record.issuer_event_id,
            start=record.implementation_date_time or now,
            control=record.proposed_payment_control_configuration,
            cut_off=_signed(record.cut_off_value),
        )
        self._keep(replace(account, coming=mode))
        self.advance(now)

    def next_change(self) -> int | None:
        """Return when a payment mode begins; None for never."""
        coming = self.now.coming
        return None if coming is None else coming.start

    def advance(self, now: int) -> None:
        """Begin a payment mode whose time has come."""
        account = self.now
        if account.coming is not None and account.coming.start <= now:
            self._keep(replace(account, mode=account.coming, coming=None))

    def _keep(self, account: Account) -> None:
        self._accounts[self._name] = account


def _signed(number: int) -> int:
    """Return 32 bits as the number with a sign which the attribute shows."""
    return number - (1 << 32) if number > LARGEST_AMOUNT else number
