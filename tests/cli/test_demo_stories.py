"""The stories of the demonstration, all of them, in a house where nothing comes too late."""

import io
from pathlib import Path

from rich.console import Console

from sebridge.cli.demo import demo_options
from sebridge.cli.demo_stories import Stories
from tests.integration.bridges import SteadyBridge
from tests.ports import unused_port


async def test_the_demonstration_tells_its_stories(tmp_path: Path) -> None:
    told = io.StringIO()
    house = SteadyBridge(demo_options(60, unused_port(), tmp_path))
    await house.start()

    try:
        await Stories(house.bridge, Console(file=told, width=200), None).tell()
    finally:
        await house.stop()

    for part in ("kWh", "1. ", "2. ", "3. ", "4. ", "key established", "EUR 0.09 /kWh"):
        assert part in told.getvalue()
