"""Install, start, stop, replace: with real packages, folders and processes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sebridge.base.clock import Clock, SystemClock, VirtualClock
from sebridge.base.computing import at_once
from sebridge.base.errors import (
    ConfigError,
    ParameterError,
    RefusedError,
    RequestError,
    SebridgeError,
)
from sebridge.base.signals import SignalBus
from sebridge.plugins.manager import PluginManager, PluginStatus
from sebridge.plugins.process import ProcessPorts
from sebridge.plugins.shelf import InstalledPlugin, Shelf, Trust
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.message import Scope
from tests.doubles import RecordingBroker
from tests.patience import until
from tests.plugins.gateway_side import TIMEOUT, Lending, host
from tests.plugins.packages import named, package

SHORT = f"configuration: {{settings: {{{TIMEOUT}: 20}}}}\n"
LONG = f"configuration: {{settings: {{{TIMEOUT}: 30}}}}\n"
IMPOSSIBLE = "configuration: {clusters: [{endpoint_id: 9, cluster_id: 6, side: client}]}\n"
NEEDS_BASE = "dependencies: [base]\n"
HOOKS = """hooks:
  start: main:start
  stop: main:stop
  install: main:note
  uninstall: main:note
"""


class Managed:
    """A manager over a folder; `restart` is another one over the same, as after a power cut."""

    def __init__(self, folder: Path, clock: Clock, most_scope: Scope = Scope.COMMAND) -> None:
        self.folder = folder
        self.clock = clock
        self.most_scope = most_scope
        self.records: dict[str, InstalledPlugin] = {}
        self.board = RecordingBroker()
        self.kept: dict[str, Any] = {}
        self.drivers: dict[str, dict[str, bytes]] = {}
        self.flushed: list[dict[str, InstalledPlugin]] = []
        self.manager = self.make()

    async def durable(self) -> None:
        self.flushed.append(dict(self.records))

    def make(self) -> PluginManager:
        self.lending = Lending(self.folder)
        self.dispatcher = Dispatcher(self.durable)
        self.host = host(self.board, self.dispatcher, self.kept)
        return PluginManager(
            Shelf(self.folder / "plugins", self.records, Trust(allow_unsigned=True)),
            self.lending.lender,
            ProcessPorts(
                call=self.dispatcher.answer,
                host=self.host,
                bus=SignalBus(strict=True),
                clock=self.clock,
                durable=self.durable,
                memory=1 << 29,
            ),
            clock=self.clock,
            compute=at_once,
            durable=self.durable,
            most_scope=self.most_scope,
            lend_drivers=self.lend_drivers,
        )

    def lend_drivers(self, name: str, files: Mapping[str, bytes]) -> Callable[[], object]:
        if b"wrong" in files.values():
            raise ConfigError(["driver plug: is wrong"])
        self.drivers[name] = dict(files)
        return lambda: self.drivers.pop(name)

    async def restart(self, records: dict[str, InstalledPlugin] | None = None) -> None:
        """Begin anew with what is kept, or with what was on the disk at an earlier moment."""
        await self.manager.stop()
        if records is not None:
            self.records = dict(records)
        self.manager = self.make()
        await self.manager.start()
        await self.settle()

    async def settle(self) -> None:
        """Let the manager start what is enabled: any request waits for that, once it has begun."""
        await asyncio.sleep(0)
        with pytest.raises(RequestError):
            await self.manager.stop_plugin("none")

    async def install(
        self, manifest: str, others: Mapping[str, str] | None = None, /, **files: str
    ) -> PluginStatus:
        await self.manager.take_package("a.zip", package(manifest, others, **files))
        return await self.manager.install("a.zip")

    async def refused(self, manifest: str, **files: str) -> str:
        with pytest.raises(RequestError) as raised:
            await self.install(manifest, **files)
        return str(raised.value)

    @property
    def timeout(self) -> object:
        return self.lending.registry.get(TIMEOUT)

    @property
    def active(self) -> list[str]:
        return [plugin.name for plugin in self.manager.plugins if plugin.active]

    @property
    def folders(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "plugins").glob("installed/*"))


@pytest.fixture
async def managed(tmp_path: Path) -> AsyncIterator[Managed]:
    made = Managed(tmp_path, SystemClock())
    await made.manager.start()
    yield made
    await made.manager.stop()


# ------------------------------------------------------------------ one plug-in


async def test_a_plugin_is_installed_started_stopped_and_removed(managed: Managed) -> None:
    installed = await managed.install(named("a", "1.2", SHORT))
    started = await managed.manager.start_plugin("a")
    short = managed.timeout
    stopped = await managed.manager.stop_plugin("a")
    await managed.manager.uninstall("a")

    assert installed == PluginStatus(
        name="a", version="1.2", description="It is a.", active=False, enabled=False
    )
    assert (started.active, short) == (True, 20)
    assert (stopped.active, managed.timeout) == (False, 40)
    assert (managed.manager.plugins, managed.folders) == ([], [])


async def test_what_is_enabled_starts_with_the_bridge(managed: Managed) -> None:
    await managed.install(named("a", more=SHORT))
    enabled = await managed.manager.enable("a")
    await managed.restart()
    again = (managed.active, managed.timeout)
    disabled = await managed.manager.disable("a")
    await managed.restart()

    assert (enabled.active, enabled.enabled) == (True, True)
    assert again == (["a"], 20)
    assert (disabled.active, disabled.enabled) == (False, False)
    assert (managed.active, managed.timeout) == ([], 40)


async def test_from_a_folder_in_which_others_write_nothing_is_started(
    managed: Managed, caplog: pytest.LogCaptureFixture
) -> None:
    await managed.install(named("a", more=SHORT))
    await managed.manager.enable("a")
    (managed.folder / "plugins").chmod(0o777)
    await managed.restart()

    with pytest.raises(RefusedError, match="others may write in"):
        await managed.manager.start_plugin("a")
    assert managed.active == []
    assert "no plug-in is started: plugins.directory is not safe" in caplog.text


async def test_starting_and_stopping_twice_is_no_error(managed: Managed) -> None:
    await managed.install(named("a", more=SHORT))
    for _ in range(2):
        assert (await managed.manager.start_plugin("a")).active
    for _ in range(2):
        assert not (await managed.manager.stop_plugin("a")).active


async def test_what_cannot_be_in_force_does_not_start(managed: Managed) -> None:
    await managed.install(named("a", more=IMPOSSIBLE))

    with pytest.raises(ParameterError, match="the gateway has no endpoint 0x09"):
        await managed.manager.start_plugin("a")
    assert managed.active == []


async def test_a_package_must_fit_here(managed: Managed) -> None:
    assert "needs sebridge >=99" in await managed.refused(
        named("a", more="requires_sebridge: '>=99'\n")
    )
    assert "wants the scope admin, and plugins.most_scope is command" in await managed.refused(
        named("a", more="scope: admin\n")
    )
    assert await managed.refused(named("a", more=NEEDS_BASE)) == "a: base is not installed"
    assert managed.folders == []


# ------------------------------------------------------------------ dependencies


async def test_what_is_needed_starts_before_and_stops_after(managed: Managed) -> None:
    await managed.install(named("base", more=SHORT))
    await managed.install(named("top", more=NEEDS_BASE))

    await managed.manager.start_plugin("top")
    started = managed.active
    with pytest.raises(RefusedError, match="base is active: stop it first"):
        await managed.manager.uninstall("base")
    await managed.manager.stop_plugin("base")

    assert started == ["base", "top"]
    assert managed.active == []
    with pytest.raises(RefusedError, match="base is needed by top"):
        await managed.manager.uninstall("base")


async def test_all_start_or_none(managed: Managed) -> None:
    await managed.install(named("base", more=SHORT))
    await managed.install(named("top", more=NEEDS_BASE + IMPOSSIBLE))

    with pytest.raises(ParameterError):
        await managed.manager.start_plugin("top")

    assert (managed.active, managed.timeout) == ([], 40)


# ------------------------------------------------------------------ updates


async def test_an_update_takes_the_place_of_the_old_version(managed: Managed) -> None:
    await managed.install(named("base", "1.0", SHORT))
    await managed.install(named("top", more=NEEDS_BASE))
    await managed.manager.enable("top")

    updated = await managed.install(named("base", "2.0", LONG))

    assert (updated.version, updated.active) == ("2.0", True)
    assert (managed.active, managed.timeout) == (["base", "top"], 30)
    assert managed.folders == ["base-2.0-1", "top-1.0-1"]
    assert managed.records["top"].enabled


async def test_a_version_that_does_not_start_makes_room_for_the_old_one(managed: Managed) -> None:
    await managed.install(named("base", "1.0", SHORT))
    await managed.manager.enable("base")

    problem = await managed.refused(named("base", "2.0", IMPOSSIBLE))

    assert problem.startswith("base 2.0 does not start, and the old version is back: ")
    assert (managed.active, managed.timeout) == (["base"], 20)
    assert managed.manager.status("base").version == "1.0"
    assert (managed.folders, managed.records["base"].previous) == (["base-1.0-1"], "")


async def test_a_version_that_active_dependents_do_not_take_is_refused(managed: Managed) -> None:
    await managed.install(named("base", "1.0"))
    await managed.install(named("top", more="dependencies: [base <2]\n"))
    await managed.manager.start_plugin("top")

    assert await managed.refused(named("base", "2.0")) == (
        "top: base <2 is needed, and 2.0 is installed"
    )
    assert managed.active == ["base", "top"]


@pytest.mark.parametrize(
    ("more", "version", "setting"), [(LONG, "2.0", 30), (IMPOSSIBLE, "1.0", 20)]
)
async def test_after_a_power_cut_there_is_the_new_version_or_the_old_one(
    managed: Managed, more: str, version: str, setting: int
) -> None:
    await managed.install(named("a", "1.0", SHORT))
    await managed.manager.enable("a")
    before = managed.records["a"]
    new = "a-2.0-1"
    shelf = managed.folder / "plugins" / "installed" / new
    shelf.mkdir()
    (shelf / "plugin.yml").write_text(named("a", "2.0", more))
    (shelf.parent / "b-1.0-1.unfinished").mkdir()

    await managed.restart({"a": InstalledPlugin(folder=new, enabled=True, previous=before.folder)})

    assert (managed.manager.status("a").version, managed.timeout) == (version, setting)
    assert managed.records["a"].previous == ""
    await managed.restart()
    assert managed.folders == [managed.records["a"].folder]


async def test_each_state_on_the_disk_has_its_folder(managed: Managed) -> None:
    await managed.install(named("a", "1.0", SHORT))
    await managed.manager.enable("a")
    managed.flushed.clear()

    await managed.install(named("a", "2.0", LONG))

    assert [(r["a"].folder, r["a"].previous) for r in managed.flushed] == [
        ("a-2.0-1", "a-1.0-1"),
        ("a-2.0-1", ""),
    ]


async def test_a_plugin_whose_folder_is_gone_is_shown_and_can_be_installed_again(
    managed: Managed,
) -> None:
    await managed.install(named("a", more=SHORT))
    (managed.folder / "plugins" / "installed" / "a-1.0-1" / "plugin.yml").unlink()
    await managed.restart()

    assert [(plugin.name, plugin.version) for plugin in managed.manager.plugins] == [("a", "")]
    with pytest.raises(RequestError, match="a is broken: install it again"):
        await managed.manager.start_plugin("a")
    await managed.install(named("a", more=SHORT))
    assert (await managed.manager.start_plugin("a")).active


# ------------------------------------------------------------------ code

CODE = """
from pathlib import Path

NOTES = Path(__file__).parents[3] / "notes"

def note(bridge, text="note"):
    with NOTES.open("a") as file:
        file.write(text + "\\n")

def start(bridge):
    note(bridge, "start")
    if (NOTES.parent / "fails").exists():
        raise RuntimeError("it cannot")

def stop(bridge):
    note(bridge, "stop")
"""

DYING = """
import asyncio
import os

def start(bridge):
    asyncio.get_running_loop().call_later(0.001, os._exit, 1)
"""


async def test_hooks_run_when_they_should(managed: Managed) -> None:
    await managed.install(named("a", more=SHORT + HOOKS), main=CODE)
    await managed.manager.start_plugin("a")
    await managed.manager.stop_plugin("a")
    (managed.folder / "fails").touch()
    with pytest.raises(
        RequestError, match=r"main:start: main\.py, line 13: RuntimeError: it cannot"
    ):
        await managed.manager.start_plugin("a")
    assert (managed.active, managed.timeout) == ([], 40)
    await managed.manager.uninstall("a")

    assert (managed.folder / "notes").read_text().split() == [
        "note",
        "start",
        "stop",
        "start",
        "note",
    ]


async def test_code_that_dies_starts_again_until_it_is_given_up(
    tmp_path: Path, clock: VirtualClock
) -> None:
    managed = Managed(tmp_path, clock)
    await managed.manager.start()
    await managed.install(named("a", more=SHORT + "hooks: {start: 'main:start'}\n"), main=DYING)
    try:
        await managed.manager.start_plugin("a")
        short = managed.timeout
        while managed.active:
            await clock.advance(0.2)
            await until(lambda: True)
    finally:
        await managed.manager.stop()

    assert (short, managed.timeout) == (20, 40)


async def test_code_that_fails_at_the_end_stops_all_the_same(managed: Managed) -> None:
    code = CODE.replace('note(bridge, "stop")', "raise KeyError")
    await managed.install(named("a", more=SHORT + HOOKS), main=code)
    await managed.manager.start_plugin("a")

    await managed.manager.stop_plugin("a")

    assert (managed.active, managed.timeout) == ([], 40)


async def test_two_plugins_may_need_two_versions_of_a_package(managed: Managed) -> None:
    code = CODE.replace('note(bridge, "start")', "import lamp\n    note(bridge, lamp.VERSION)")
    for name, version in (("a", "1"), ("b", "2")):
        manifest = named(name, more="hooks: {start: main:start}\n")
        await managed.install(manifest, main=code, lib__lamp=f"VERSION = {version!r}\n")
        await managed.manager.start_plugin(name)

    assert managed.active == ["a", "b"]
    assert (managed.folder / "notes").read_text().split() == ["1", "2"]


async def test_after_a_hundred_starts_and_stops_nothing_is_left(managed: Managed) -> None:
    await managed.install(named("a", more=SHORT))
    tasks = len(asyncio.all_tasks())

    for _ in range(100):
        await managed.manager.start_plugin("a")
        await managed.manager.stop_plugin("a")

    assert len(asyncio.all_tasks()) == tasks
    assert managed.lending.present == (40, [], [])


async def test_a_plugin_whose_install_hook_fails_is_not_installed(managed: Managed) -> None:
    code = CODE.replace("def note(bridge", "def other(bridge")

    assert "has no attribute 'note'" in await managed.refused(named("a", more=HOOKS), main=code)
    assert (managed.manager.plugins, managed.folders) == ([], [])


BRINGS = {"drivers/plug/driver.yml": "class: socket"}


async def test_drivers_are_there_as_long_as_their_plug_in_runs(managed: Managed) -> None:
    await managed.install(named("a", more="drivers: [plug]\n"), BRINGS)
    before = dict(managed.drivers)

    await managed.manager.start_plugin("a")
    running = dict(managed.drivers)
    await managed.manager.stop_plugin("a")

    assert (before, managed.drivers) == ({}, {})
    assert running == {"a": {"plug": b"class: socket"}}


async def test_a_plug_in_whose_driver_is_wrong_or_missing_does_not_start(
    managed: Managed,
) -> None:
    manifest = named("a", more="drivers: [plug]\n")
    told = []
    for others in ({"drivers/plug/driver.yml": "wrong"}, {}):
        await managed.install(manifest, others)
        with pytest.raises(SebridgeError) as caught:
            await managed.manager.start_plugin("a")
        told.append(str(caught.value))

    assert "driver plug: is wrong" in told[0]
    assert "driver.yml" in told[1]
    assert managed.drivers == {}


async def test_drivers_are_taken_back_where_the_configuration_cannot_be(managed: Managed) -> None:
    more = "drivers: [plug]\nconfiguration: {aliases: {A: '<a'}}\n"
    await managed.install(named("a", more=more), BRINGS)

    with pytest.raises(SebridgeError):
        await managed.manager.start_plugin("a")

    assert managed.drivers == {}
