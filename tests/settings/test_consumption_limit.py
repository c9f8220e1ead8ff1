"""The section `consumption_limit`, as it is written and as it is refused."""

from pathlib import Path

import pytest

from sebridge.base.errors import ConfigError
from sebridge.settings.config import read
from sebridge.settings.consumption_limit import ConsumptionLimitOptions


def test_a_limit_has_a_floor_and_counts_events_for_all_classes() -> None:
    found = read("consumption_limit: {nominal: 11000}", Path(), {}).consumption_limit

    assert found == ConsumptionLimitOptions(nominal=11_000, floor=4_200, device_class=0x0FFF)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{nominal: 4000}", "floor (line 1): is above nominal, so"),
        ("{nominal: 4000, floor: 4001}", "floor (line 1): is above nominal"),
        ("{nominal: 4000, floor: 0}", "is not in 1..10000000"),
        ("{floor: 10}", "nominal (line 1): is missing"),
    ],
)
def test_what_cannot_be_is_refused_with_words(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(f"consumption_limit: {text}", Path(), {})

    assert problem in "\n".join(refused.value.problems)
