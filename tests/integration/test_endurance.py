"""A short run of script/endurance: bridge and broker are killed in turn under load."""

from pathlib import Path
import re
import subprocess
import sys

from tests.patience import PATIENCE


def endurance(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.endurance", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * PATIENCE,
        cwd=Path(__file__).parents[2],
    )


def test_nothing_that_was_acknowledged_is_lost_over_three_kills(tmp_path: Path) -> None:
    done = endurance("--kills", "3", "--seed", "1", "--directory", str(tmp_path))

    figures = dict(re.findall(r"^([^:\n]+): +(\d+)", done.stdout, re.MULTILINE))
    assert done.returncode == 0, done.stdout + done.stderr
    assert figures["kills"] == "3"
    assert int(figures["requests answered"]) > 0
    assert figures["acknowledged and lost"] == "0"
    assert figures["retained topics wrong"] == "0"


def test_its_help_tells_the_options() -> None:
    shown = endurance("--help").stdout

    assert all(option in shown for option in ("--kills", "--seed", "--victims", "--port"))
