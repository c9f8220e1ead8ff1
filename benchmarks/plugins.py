"""What plug-ins cost the reports of meters: none, one that hears all, bad ones, and reloads.

python -m benchmarks.plugins [--meters 10] [--rate 50] [--seconds 10] [--reloads 100]

Prints, for each, the milliseconds from feeding a frame to a watcher having the reading, and the
resident memory of the bridge after it. All run on this machine, the processes of the plug-ins too:
on one with few processors what they take is missing elsewhere.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
import contextlib
from dataclasses import replace
import io
from pathlib import Path
import tempfile
from typing import Final
from zipfile import ZipFile

from benchmarks.bridge_side import Load, options_for, ready, resident_kib
from benchmarks.meters import settle
from benchmarks.reports import broker, pairs, watcher
from sebridge.app.process import Process
from sebridge.cli.serving import serve
from sebridge.plugins.manager import PluginManager
from sebridge.radio.ether_application import EtherApplication
from sebridge.settings.plugin_options import PluginsOptions

_MANIFEST: Final = (
    "name: {name}\nversion: 1.0\ndescription: It {name}.\nscope: command\n"
    "hooks: {{start: main:start}}\n"
)
_HEARS: Final = """
async def start(bridge):
    async def heard(report):
        await bridge.publish("heard", report)
    await bridge.listen("received_attribute_report_collection", heard)
"""
_BAD: Final = {
    "crashes": """
import asyncio, os
def start(bridge):
    asyncio.get_running_loop().call_later(0.2, os._exit, 1)
""",
    "hangs": """
import asyncio
def forever():
    while True:
        pass
def start(bridge):
    asyncio.get_running_loop().call_later(0.1, forever)
""",
    "leaks": """
import asyncio
held = []
async def leak():
    held.append(bytearray(1 << 24))
def start(bridge):
    bridge.every(0.01, leak)
""",
    "floods": """
async def flood(bridge, number):
    while True:
        await bridge.publish(f"t{number}", "x" * 1000)
async def start(bridge):
    for number in range(16):
        bridge.every(0, lambda number=number: flood(bridge, number))
""",
}


def package(name: str, code: str) -> bytes:
    """Return the package of a plug-in."""
    made = io.BytesIO()
    with ZipFile(made, "w") as opened:
        opened.writestr("plugin.yml", _MANIFEST.format(name=name))
        opened.writestr("main.py", code)
    return made.getvalue()


@contextlib.asynccontextmanager
async def running(manager: PluginManager, *names: str) -> AsyncIterator[None]:
    """Have plug-ins run for some time."""
    for name in names:
        await manager.start_plugin(name)
    yield
    for name in names:
        await manager.stop_plugin(name)


async def reload(manager: PluginManager, times: int) -> None:
    """Start and stop a plug-in so often."""
    for _ in range(times):
        await manager.start_plugin("hears")
        await manager.stop_plugin("hears")


async def measure(arguments: argparse.Namespace, port: int, directory: Path) -> list[str]:
    """Return what there is to print, with `{}` for the times of each."""
    options = replace(
        options_for(port, directory),
        plugins=PluginsOptions(directory=directory / "plugins", allow_unsigned=True),
    )
    bridge = Process(options)
    await bridge.start()
    meters = await settle(bridge, arguments.meters)
    await ready(bridge, len(meters))
    assert bridge.ether is not None
    coordinator = bridge.ether._nodes[0]
    assert isinstance(coordinator, EtherApplication)
    load, manager = Load(coordinator, meters), bridge.gateway.plugins
    for name, code in {"hears": _HEARS, **_BAD}.items():
        await manager.take_package(f"{name}.zip", package(name, code))
        await manager.install(f"{name}.zip")
    lines: list[str] = []

    async def fed(name: str) -> None:
        first = len(load.fed)
        await load.at_rate(arguments.rate, arguments.seconds)
        await bridge.link._until_quiet()
        lines.append(f"{name}|{load.fed[first]}|{load.fed[-2]}|{resident_kib()}")

    await fed("none")
    async with running(manager, "hears"):
        await fed("one that hears all")
    async with running(manager, *_BAD):
        await fed("bad ones")
    await reload(manager, 10)  # whatever is made once is there by now
    before = resident_kib()
    reloading = asyncio.create_task(reload(manager, arguments.reloads))
    await fed("reloads meanwhile")
    await reloading
    lines.append(f"{arguments.reloads} reloads: {resident_kib() - before:+d} KiB")
    (directory / "fed").write_bytes(load.fed.tobytes())
    await bridge.stop()
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, default=10)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--reloads", type=int, default=100)
    arguments = parser.parse_args()
    found: list[str] = []

    async def run(port: int, directory: Path) -> None:
        found.extend(await measure(arguments, port, directory))

    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with broker(directory) as port, watcher(port, directory / "seen"):
            serve(run(port, directory))
        fed, seen = pairs(directory / "fed"), pairs(directory / "seen")
    print(f"{'plug-ins':<20} {'p50 ms':>7} {'p99 ms':>7} {'lost':>5} {'RSS MiB':>8}")
    for line in found[:-1]:
        what, first, last, kib = line.split("|")
        numbers = range(int(first), int(last) + 1)
        delays = sorted((seen[n] - fed[n]) / 1e6 for n in numbers if n in seen)
        p50, p99 = delays[len(delays) // 2], delays[len(delays) * 99 // 100]
        lost = len(numbers) - len(delays)
        print(f"{what:<20} {p50:>7.2f} {p99:>7.2f} {lost:>5} {int(kib) / 1024:>8.1f}")
    print(found[-1])


if __name__ == "__main__":
    main()
