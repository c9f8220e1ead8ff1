"""What a report costs, as far as no other program on the machine can move it."""

import re
import subprocess
import sys

from tests.patience import PATIENCE


def test_a_report_takes_few_calls_and_two_messages() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.journey", "--reports", "80"],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    ).stdout

    found = re.search(r"until its packets are made: (\d+)\nmessages for one report: ([\d.]+)", told)
    assert found is not None, told
    assert 100 < int(found[1]) <= 172
    assert 2 <= float(found[2]) <= 2.2
