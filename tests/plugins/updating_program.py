"""A program that updates a plug-in again and again, until it is killed: `… FOLDER [once]`.

It says `begins` before each update. With `once` it only says which version there is, and what of it
is in force.
"""

import asyncio
import json
from pathlib import Path
import sys

from sebridge.base.clock import SystemClock
from sebridge.base.computing import in_thread
from sebridge.base.signals import SignalBus
from sebridge.plugins.manager import PluginManager
from sebridge.plugins.process import ProcessPorts
from sebridge.plugins.shelf import InstalledPlugin, Shelf, Trust
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.message import Scope
from sebridge.storage.database import Database
from tests.doubles import RecordingBroker
from tests.plugins.gateway_side import TIMEOUT, Lending, host
from tests.plugins.packages import named, package

SETTINGS = {"1.0": 20, "2.0": 30}


def version(number: str) -> bytes:
    """Return the package of a version."""
    setting = f"configuration: {{settings: {{{TIMEOUT}: {SETTINGS[number]}}}}}\n"
    return package(named("a", number, setting), main="x = 1\n" * 100)


async def main(folder: Path, *, is_once: bool) -> None:
    """Run."""
    clock = SystemClock()
    database = Database(folder / "data.db", clock)
    await database.open()
    lending = Lending(folder / "modules")
    dispatcher = Dispatcher(database.flush)
    manager = PluginManager(
        Shelf(
            folder / "plugins",
            database.collection("plugins", str, InstalledPlugin),
            Trust(allow_unsigned=True),
        ),
        lending.lender,
        ProcessPorts(
            call=dispatcher.answer,
            host=host(RecordingBroker(), dispatcher),
            bus=SignalBus(strict=True),
            clock=clock,
            durable=database.flush,
            memory=1 << 29,
        ),
        clock=clock,
        compute=in_thread,
        durable=database.flush,
        lend_drivers=lambda _name, _files: lambda: None,
        most_scope=Scope.COMMAND,
    )
    await manager.start()
    if not manager.plugins:
        await manager.take_package("a.zip", version("1.0"))
        await manager.install("a.zip")
    await asyncio.sleep(0)  # what is enabled begins to start
    await manager.enable("a")  # and by then has started
    if is_once:
        there = manager.status("a")
        folders = sorted(path.name for path in (folder / "plugins" / "installed").iterdir())
        print(json.dumps([there.version, there.active, lending.registry.get(TIMEOUT), folders]))
        await manager.stop()
        await database.close()
        return
    while True:
        for number in ("2.0", "1.0"):
            await manager.take_package("a.zip", version(number))
            print("begins", flush=True)
            await manager.install("a.zip")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), is_once="once" in sys.argv))
