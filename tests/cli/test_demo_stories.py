"""The stories of the demonstration, all of them, as a program of its own tells them."""

from pathlib import Path
import re

from sebridge.settings.simulator_options import HOUSEHOLD
from tests.cli.runner import program
from tests.ports import unused_port

_README = Path(__file__).parents[2] / "README.md"
_FIGURES = re.compile(r"[0-9]+\.[0-9]+|[0-9]+ W")


def _words(text: str) -> list[str]:
    """Return the lines of a story without what differs from time to time: figures, and loads."""
    lines = (line.strip().partition("; controlled load")[0] for line in text.splitlines())
    return [_FIGURES.sub("#", line) for line in lines]


def test_the_demonstration_tells_its_stories(tmp_path: Path) -> None:
    shown = program(
        "demo",
        *("--directory", str(tmp_path)),
        "--exit-after-stories",
        *("--speed", "60", "--port", str(unused_port())),
        COLUMNS="200",
    )

    assert shown.returncode == 0, shown.stdout + shown.stderr
    for part in ("kWh", "mosquitto_sub", "1. ", "2. ", "3. ", "4. "):
        assert part in shown.stdout
    for device in HOUSEHOLD:
        assert device.name in shown.stdout
    lines = [line for line in shown.stdout.splitlines() if line]
    assert len(set(lines)) == len(lines), "nothing is said twice"
    # what figures stand for is said before them
    assert shown.stdout.index("(kWh)") < shown.stdout.index(" kWh in all")
    assert shown.stdout.index("(kW)") < shown.stdout.index(" kW now")
    assert shown.stdout.index("What they control draws") < shown.stdout.index(" W before")
    told = _README.read_text().partition("1. The devices join")[2].partition("\nThe home stays")[0]
    assert [line for line in _words(told) if line not in _words(shown.stdout)] == [
        ", and the meter is read"
    ]
    assert "Traceback" not in shown.stderr
    assert shown.stderr == ""
