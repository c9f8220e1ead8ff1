"""The figures of docs/security.md: their program runs, and what it prints is within bounds."""

import re
import subprocess
import sys

from tests.patience import PATIENCE


def measured(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.limits", *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    ).stdout


def test_thousands_of_helps_in_one_document_end_in_an_error_with_bounded_memory() -> None:
    told = measured("help")

    found = re.search(r"memory: (\d+) MiB before, (\d+) MiB at most", told)
    assert found is not None, told
    assert "ended in an error" in told
    assert int(found[2]) - int(found[1]) < 200


def test_batches_of_slow_reads_and_clients_that_never_read_leave_others_their_answers() -> None:
    told = measured("batches", "http", "--seconds", "2")

    assert "199 were told that the bridge is busy" in told
    assert re.search(r"others asked \d+ times", told)
    assert re.search(r"another address: \d+ answers", told)
