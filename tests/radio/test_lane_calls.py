"""What a report takes from the line to the listener, counted in calls: no noise can move that.

It is counted in a process of its own, where nothing else counts.
"""

import subprocess
import sys

import pytest

from tests.patience import PATIENCE

MOST = {"ZNP": 25, "EZSP 8": 48, "EZSP 13": 48, "EZSP 14": 48, "XBee": 36}
"""Calls for one report, by radio; some of them are made once for all."""


@pytest.fixture(scope="module")
def counted() -> dict[str, tuple[int, int]]:
    """By radio the calls through the library, and by the fast lane."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.reception", "--frames", "200"],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    ).stdout
    _head, _rule, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in told.splitlines()
    )
    return {radio: (int(slow), int(fast)) for radio, _, slow, _, fast, _ in rows}


@pytest.mark.parametrize("radio", MOST)
def test_a_report_takes_few_calls_by_the_fast_lane(
    radio: str, counted: dict[str, tuple[int, int]]
) -> None:
    slow, fast = counted[radio]

    assert 10 < fast <= MOST[radio]
    assert slow >= 4 * fast
