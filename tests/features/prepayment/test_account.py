"""The account of a prepayment meter."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import (
    DuplicateError,
    InvalidFieldError,
    OutdatedError,
    ParameterError,
    RefusedError,
)
from sebridge.base.secret import Secret
from sebridge.features.prepayment.account import Account, PrepaidAccount, Terms, TopUp
from sebridge.features.prepayment.records import ChangePaymentModeRecord, TopUpResult
from sebridge.model.row_codec import RowCodec
from tests.gateway.radio_side import NOW


class Kept:
    """What survives a restart."""

    def __init__(self, **terms: int) -> None:
        self.accounts: dict[str, Account] = {}
        self.used: dict[str, int] = {}
        self.terms = Terms(**terms)

    def account(self) -> PrepaidAccount:
        """Return the account; a code is worth the number that it is."""
        worth = lambda code: int(code.reveal()) if code.reveal().isdigit() else None  # noqa: E731
        return PrepaidAccount("account", self.terms, worth, self.accounts, self.used)


def change(event_id: int, **more: Any) -> ChangePaymentModeRecord:
    given = {
        "provider_id": 1,
        "issuer_event_id": event_id,
        "implementation_date_time": 0,
        "proposed_payment_control_configuration": 1,
        "cut_off_value": 0,
    }
    return ChangePaymentModeRecord(**given | more)


def test_a_code_counts_once_also_after_a_restart() -> None:
    kept = Kept()
    kept.account().top_up(Secret(b"500"))

    again = kept.account().top_up(Secret(b"500"))

    assert again == TopUp(TopUpResult.DUPLICATE)
    assert kept.account().now.credit == 500


def test_a_code_counts_once_for_each_of_two_meters() -> None:
    accounts: dict[str, Account] = {}
    used: dict[str, int] = {}
    flat, cottage = (
        PrepaidAccount(name, Terms(), lambda _code: 5, accounts, used)
        for name in ("flat", "cottage")
    )

    results = [account.top_up(Secret(b"code")).result for account in (flat, cottage, flat)]

    assert results == [TopUpResult.ACCEPTED, TopUpResult.ACCEPTED, TopUpResult.DUPLICATE]
    assert (flat.now.credit, cottage.now.credit) == (5, 5)


def test_the_code_itself_is_not_kept() -> None:
    kept = Kept()

    kept.account().top_up(Secret(b"500"))

    assert "500" not in kept.used
    assert all(len(mark) == 64 for mark in kept.used)


@given(st.lists(st.integers(-5, 400).map(lambda n: str(n).encode()), max_size=20))
def test_credit_is_the_sum_of_what_was_accepted(codes: list[bytes]) -> None:
    account = Kept(most_credit=1000, most_top_up=300).account()

    done = [account.top_up(Secret(code)) for code in codes]

    accepted = [top_up for top_up in done if top_up.result is TopUpResult.ACCEPTED]
    assert account.now.credit == sum(top_up.value for top_up in accepted) <= 1000
    assert all(top_up.value == 0 for top_up in done if top_up not in accepted)
    assert len(accepted) <= len(set(codes))


def test_emergency_credit_is_had_once_until_there_is_credit_again() -> None:
    kept = Kept(emergency_limit=300, emergency_threshold=50)
    account = kept.account()
    account.select_emergency_credit()
    with pytest.raises(RefusedError, match="in use"):
        account.select_emergency_credit()

    account.top_up(Secret(b"51"))

    assert not account.now.emergency_is_selected
    with pytest.raises(RefusedError, match="not needed"):
        account.select_emergency_credit()


def test_without_a_contract_for_it_there_is_no_emergency_credit() -> None:
    on_credit = Kept(emergency_limit=300).account()
    on_credit.change_mode(change(1), NOW)

    for account in (Kept().account(), on_credit):
        with pytest.raises(RefusedError, match="no emergency"):
            account.select_emergency_credit()


def test_a_payment_mode_begins_at_its_time() -> None:
    account = Kept().account()

    account.change_mode(change(1, implementation_date_time=NOW + 60), NOW)
    account.advance(NOW + 59)
    before = account.now.mode.control
    due = account.next_change()
    account.advance(NOW + 60)

    assert (before, due) == (2, NOW + 60)
    assert (account.now.mode.control, account.next_change()) == (1, None)


def test_a_later_change_takes_the_place_of_one_that_waits() -> None:
    account = Kept().account()
    account.change_mode(change(3, implementation_date_time=NOW + 60), NOW)

    account.change_mode(change(4, proposed_payment_control_configuration=5), NOW)

    assert (account.now.mode.control, account.now.coming) == (5, None)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (change(3), DuplicateError),
        (change(2), OutdatedError),
        (change(4, implementation_date_time=0xFFFFFFFF), InvalidFieldError),
    ],
)
def test_a_change_that_is_refused_leaves_everything_as_it_was(
    wrong: ChangePaymentModeRecord, error: type[Exception]
) -> None:
    account = Kept().account()
    account.change_mode(change(3, implementation_date_time=NOW + 60), NOW)
    before = account.now

    with pytest.raises(error):
        account.change_mode(wrong, NOW)

    assert account.now == before


def test_a_cut_off_below_zero_keeps_its_sign() -> None:
    account = Kept().account()

    account.change_mode(change(1, cut_off_value=0xFFFFFFFF), NOW)

    assert account.now.mode.cut_off == -1


def test_limits_that_cannot_be_shown_are_refused() -> None:
    with pytest.raises(ParameterError, match="most_credit"):
        Terms(most_credit=1 << 31)


def test_an_account_can_be_stored() -> None:
    account = Kept().account()
    account.top_up(Secret(b"7"))
    account.change_mode(change(3, implementation_date_time=NOW + 60), NOW)
    codec: RowCodec[Account] = RowCodec(Account)

    assert codec.read(codec.write(account.now)) == account.now
