"""The stories of the demonstration, all of them, in a house where nothing comes too late."""

import html
import io
from pathlib import Path
import re

from rich.console import Console

from sebridge.cli.demo import demo_options
from sebridge.cli.demo_stories import Stories
from sebridge.settings.http_options import HttpOptions
from sebridge.settings.simulator_options import HOUSEHOLD
from tests.integration.bridges import SteadyBridge
from tests.ports import unused_port

_PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "demo.svg"
_FIRST = "1. The devices join, and the meter is read"
_PIECE = re.compile(r"-line-([0-9]+)\)\">([^<]*)</text>")
_FIGURES = re.compile(r"[0-9]+\.[0-9]+|[0-9]+ W")


def _words(text: str) -> list[str]:
    """Return the lines of a story without what differs from time to time: figures, and loads."""
    lines = (line.strip().partition("; controlled load")[0] for line in text.splitlines())
    return [_FIGURES.sub("#", line) for line in lines]


def _drawn() -> str:
    """Return what is to be read in the picture: each line is drawn in pieces."""
    lines: dict[str, str] = {}
    for line, piece in _PIECE.findall(_PICTURE.read_text(encoding="utf-8")):
        lines[line] = lines.get(line, "") + html.unescape(piece).replace("\xa0", " ")
    return "\n".join(lines.values())


async def test_the_demonstration_tells_its_stories(tmp_path: Path) -> None:
    told = io.StringIO()
    house = SteadyBridge(demo_options(60, unused_port(), tmp_path, HttpOptions(port=unused_port())))
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
    drawn = _words(_drawn())
    assert "4. A message, shown and confirmed" in drawn
    assert [line for line in drawn[drawn.index(_FIRST) :] if line not in _words(shown)] == []
