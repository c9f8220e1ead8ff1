"""A simulated meter may be paid in advance: it has an account, and takes codes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.features.prepayment.account import LARGEST_AMOUNT, Account, PrepaidAccount, Terms
from sebridge.features.prepayment.client import LONGEST_CODE
from sebridge.features.prepayment.server import PrepaymentServer
from sebridge.simulator.vocabulary import METER, NOTHING, SimulatedHost, SimulatedPart

_MOST_CODES: Final = 100


@dataclass(frozen=True, slots=True)
class PrepaymentOptions:
    """Whether a meter is paid in advance, and the codes that it takes.

    Amounts are units of the currency. `credit` is had when the meter is first switched on,
    `emergency_credit` below 100 units. `top_up_codes` says what each code is worth, at most 100
    codes of 1 to 25 characters.
    """

    prepaid: bool = False
    credit: int = 1000
    most_credit: int = 50_000
    emergency_credit: int = 500
    top_up_codes: Mapping[str, int] = field(default_factory=lambda: {"code-of-2000": 2000})

    def __post_init__(self) -> None:
        """Check the limits that nobody else checks; ParameterError, without the codes."""
        for name in ("credit", "most_credit", "emergency_credit"):
            if not 0 <= getattr(self, name) <= LARGEST_AMOUNT:
                raise ParameterError(name, f"must be 0..{LARGEST_AMOUNT}")
        if len(self.top_up_codes) > _MOST_CODES:
            raise ParameterError("top_up_codes", f"must be at most {_MOST_CODES}")
        for code, worth in self.top_up_codes.items():
            if not 1 <= len(code.encode()) <= LONGEST_CODE:
                raise ParameterError("top_up_codes", f"a code has 1 to {LONGEST_CODE} characters")
            if not 1 <= worth <= LARGEST_AMOUNT:
                raise ParameterError("top_up_codes", f"a code is worth 1..{LARGEST_AMOUNT}")


_THRESHOLD: Final = 100


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Give a meter an account, if its options want one; it is kept over a restart."""
    if host.kind is not METER:
        return NOTHING
    options = host.options.read(PrepaymentOptions)
    if not options.prepaid:
        return NOTHING
    accounts = host.house.collection("simulated_accounts", str, Account)
    used = host.house.collection("simulated_top_ups", str, int)
    accounts.setdefault(host.name, Account(credit=options.credit))
    worth = {code.encode(): amount for code, amount in options.top_up_codes.items()}

    def redeem(code: Secret) -> int | None:
        return worth.get(code.reveal())

    terms = Terms(
        most_credit=options.most_credit,
        emergency_limit=options.emergency_credit,
        emergency_threshold=_THRESHOLD,
    )
    account = PrepaidAccount(host.name, terms, redeem, accounts, used)
    return SimulatedPart(clusters=(PrepaymentServer(account),), views=(account,))
