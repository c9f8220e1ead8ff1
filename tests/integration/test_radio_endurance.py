"""A short run of script/radio_endurance: each stick is killed, hangs and is reset under load."""

from pathlib import Path
import re
import subprocess
import sys

import pytest

from sebridge.simulator.modules.emulated import KINDS
from tests.patience import PATIENCE


def endurance(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.radio_endurance", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * PATIENCE,
        cwd=Path(__file__).parents[2],
    )


@pytest.mark.parametrize("radio", KINDS)
def test_the_bridge_comes_back_to_its_stick_and_loses_nothing(radio: str, tmp_path: Path) -> None:
    done = endurance("--radio", radio, "--count", "1", "--directory", str(tmp_path))

    figures = dict(re.findall(r"^([^:\n]+): +(\d+)", done.stdout, re.MULTILINE))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (figures["kill"], figures["hang"], figures["reset"]) == ("1", "1", "1")
    assert int(figures["confirmed by the bridge"]) > 0
    assert figures["confirmed and lost"] == figures["acknowledged and lost"] == "0"
    assert "Traceback" not in (tmp_path / "bridge.log").read_text()


def test_its_help_tells_the_options() -> None:
    shown = endurance("--help").stdout

    assert all(option in shown for option in ("--radio", "--faults", "--count", "--rate"))
