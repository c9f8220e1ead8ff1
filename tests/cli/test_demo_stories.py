"""The stories of the demonstration, all of them, in a house where nothing comes too late."""

import io
from pathlib import Path
import re

from rich.console import Console

from sebridge.cli.demo import demo_options
from sebridge.cli.demo_stories import Stories
from sebridge.settings.simulator_options import HOUSEHOLD
from tests.integration.bridges import SteadyBridge
from tests.ports import unused_port

_README = Path(__file__).parents[2] / "README.md"
_FIGURES = re.compile(r"[0-9]+\.[0-9]+|[0-9]+ W")


def _words(text: str) -> list[str]:
    """Return the lines of a story without what differs from time to time: figures, and loads."""
    lines = (line.strip().partition("; controlled load")[0] for line in text.splitlines())
    return [_FIGURES.sub("#", line) for line in lines]


async def test_the_demonstration_tells_its_stories(tmp_path: Path) -> None:
    told = io.StringIO()
    house = SteadyBridge(demo_options(60, unused_port(), tmp_path))
    await house.start()

    try:
        await Stories(house.bridge, Console(file=told, width=200), None).tell()
    finally:
        await house.stop()

    shown = told.getvalue()
    for part in ("kWh", "1. ", "2. ", "3. ", "4. "):
        assert part in shown
    for device in HOUSEHOLD:
        assert device.name in shown
    lines = [line for line in shown.splitlines() if line]
    assert len(set(lines)) == len(lines), "nothing is said twice"
    # what figures stand for is said before them
    assert shown.index("(kWh)") < shown.index(" kWh in all")
    assert shown.index("(kW)") < shown.index(" kW now")
    assert shown.index("What they control draws") < shown.index(" W before")
    promised = _README.read_text().partition("1. The devices join")[2]
    promised = promised.partition("\nThe home stays")[0]
    assert [line for line in _words(promised) if line not in _words(shown)] == [
        ", and the meter is read"
    ]
