"""The account of a simulated meter: what its options may be."""

from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ConfigError
from sebridge.features.prepayment.account import PrepaidAccount
from tests.api.home import METER, Home


def accounts(clock: VirtualClock, **options: Any) -> dict[str, PrepaidAccount]:
    return dict(Home(clock, [METER], meter=options).house.household.find(PrepaidAccount))


async def test_a_meter_has_an_account_only_where_its_options_want_one(clock: VirtualClock) -> None:
    without, with_it = accounts(clock, credit=5), accounts(clock, prepaid=True, credit=5)

    assert without == {}
    assert with_it["Main meter"].now.credit == 5


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("credit", -1, "must be 0..2147483647"),
        ("most_credit", 2**31, "must be 0..2147483647"),
        ("emergency_credit", -1, "must be 0..2147483647"),
        ("top_up_codes", {"": 1}, "a code has 1 to 25 characters"),
        ("top_up_codes", {"secret" * 5: 1}, "a code has 1 to 25 characters"),
        ("top_up_codes", {"secret": 0}, "a code is worth 1..2147483647"),
        ("top_up_codes", {str(n): 1 for n in range(101)}, "must be at most 100"),
    ],
)
async def test_an_option_beyond_its_limits_is_named(
    clock: VirtualClock, option: str, value: object, problem: str
) -> None:
    with pytest.raises(ConfigError) as wrong:
        accounts(clock, prepaid=True, **{option: value})

    assert wrong.value.problems == (f"simulator.devices[Main meter].options.{option}: {problem}",)
