"""`sebridge plugin new`: a plug-in that works, with a test."""

from pathlib import Path
import re
from typing import Any, Final

import click

from sebridge.cli.ending import fail
from sebridge.cli.examples import examples

_NAME: Final = r"[A-Za-z][A-Za-z0-9_-]{0,63}"

_MANIFEST: Final = """\
name: {name}
version: "1.0"
description: Counts the reports of devices.
requires_api: ">=1.0, <2"
scope: command  # what its code may do: read, command or admin
hooks:
  start: {module}:start
"""

_CODE: Final = '''\
"""Count the reports of devices."""

from collections.abc import Mapping
from typing import Any

from sebridge.plugin import Bridge

COUNT = "count"


class Counter:
    """Counts reports, over restarts too."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._count = 0

    async def start(self) -> None:
        """Begin to count, and say so to all who want to know."""
        self._count = await self._bridge.storage.read(COUNT, 0)
        await self._bridge.add_entity("sensor", COUNT, "Reports", topic=COUNT)
        await self._bridge.add_method("reset", self.reset)
        await self._bridge.listen("received_attribute_report_collection", self.heard)
        await self._show()

    async def heard(self, report: Mapping[str, Any]) -> None:
        """Count a report."""
        self._count += 1
        await self._show()

    async def reset(self) -> dict[str, int]:
        """Begin at nought again, and return what was counted before."""
        before, self._count = self._count, 0
        await self._show()
        return {{COUNT: before}}

    async def _show(self) -> None:
        await self._bridge.storage.keep(COUNT, self._count)
        await self._bridge.publish(COUNT, self._count, retain=True)


async def start(bridge: Bridge) -> None:
    """Run: the bridge calls this."""
    await Counter(bridge).start()
'''

_TEST: Final = '''\
"""The plug-in on a stage, without a bridge: `python -m unittest` runs this."""

import unittest

from sebridge.plugin.testing import Stage

import {module}


class CounterTest(unittest.IsolatedAsyncioTestCase):
    """Reports are counted."""

    async def test_reports_are_counted_over_restarts(self) -> None:
        stage = Stage()
        stage.stored["count"] = 5
        await {module}.start(stage.bridge)

        await stage.notify("received_attribute_report_collection", {{}})

        self.assertEqual(stage.retained, {{"count": 6}})
        self.assertEqual(stage.stored, {{"count": 6}})

    async def test_it_begins_again(self) -> None:
        stage = Stage()
        await {module}.start(stage.bridge)
        await stage.notify("received_attribute_report_collection", {{}})

        self.assertEqual(await stage.invoke("reset"), {{"count": 1}})
        self.assertEqual(stage.retained, {{"count": 0}})
'''


_DRIVER_PLUGIN: Final = """\
name: {name}
version: "1.0"
description: Brings a driver for a plug.
drivers: [{name}]
"""

_DRIVER: Final = """\
name: {{en: My plug}}
class: socket
capabilities: [onoff]
zigbee:
  manufacturerName: Acme
  productId: Plug 1
  endpoints:
    1:
      clusters: [on_off]
  learnmode:
    instruction: {{en: Hold the button for five seconds.}}
"""

_SNAPSHOT: Final = """\
{{
  "manufacturer": "Acme",
  "product": "Plug 1",
  "endpoints": [
    {{"endpoint_id": 1, "profile_id": 260, "device_id": 81, "servers": [0, 3, 6], "clients": []}}
  ]
}}
"""


def _name(_context: Any, _parameter: Any, text: str) -> str:
    if not re.fullmatch(_NAME, text):
        raise click.BadParameter("is not a letter and up to 63 letters, digits, _ or -")
    return text


@click.command(
    "new",
    epilog=examples("sebridge plugin new report_count", "sebridge plugin new my_plug --driver"),
)
@click.argument("name", callback=_name)
@click.option(
    "--in",
    "above",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder in which that of the plug-in is made; without it, this one.",
)
@click.option("--driver", is_flag=True, help="Have it bring a driver of a device, and no code.")
def new_command(name: str, above: Path, *, driver: bool) -> None:
    """Make the folder NAME with a plug-in that counts reports, and a test of it.

    With --driver it brings a driver for a plug, which a snapshot of the plug tests.
    """
    folder = above / name
    module = name.replace("-", "_")
    files = (
        {
            "plugin.yml": _DRIVER_PLUGIN,
            f"drivers/{name}/driver.yml": _DRIVER,
            f"drivers/{name}/devices/plug_1.json": _SNAPSHOT,
        }
        if driver
        else {
            "plugin.yml": _MANIFEST,
            f"{module}.py": _CODE,
            f"test_{module}.py": _TEST,
        }
    )
    try:
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text.format(name=name, module=module), encoding="utf-8")
    except OSError as error:
        fail(f"{folder} cannot be made: {error.strerror}")
    for file in files:
        click.echo(folder / file)
