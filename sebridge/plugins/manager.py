"""The plug-in manager: installs plug-ins, starts and stops them, and replaces their versions.

Words of the reference: a plug-in is *active* from its start to its stop, as long as its
configuration is in force; it is *enabled* when it starts whenever the bridge does.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
import contextlib
import logging
from typing import Final

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge import __version__
from sebridge.base.clock import Clock
from sebridge.base.computing import Compute
from sebridge.base.errors import FullError, RefusedError, RequestError, SebridgeError
from sebridge.base.redaction import shown
from sebridge.base.service import Service
from sebridge.plugins.dependencies import dependents, starting_order, unmet
from sebridge.plugins.lending import Lender, TakeBack
from sebridge.plugins.manifest import Manifest, check_bridge
from sebridge.plugins.notebook import forget
from sebridge.plugins.process import PluginProcess, ProcessPorts
from sebridge.plugins.shelf import InstalledPlugin, Shelf
from sebridge.plugins.unpacking import manifest_of
from sebridge.rpc.message import Scope

_LOGGER = logging.getLogger(__name__)

MOST_PLUGINS: Final = 64

_STARTING: Final = 30.0  # seconds for the hooks start, install and uninstall
_STOPPING: Final = 10.0  # seconds for the hook stop
_FIRST_PAUSE: Final = 1.0  # seconds before code that died is started again
_LONGEST_PAUSE: Final = 60.0
_MOST_DEATHS: Final = 5
"""After so many of them in a row a plug-in is given up."""
_FORGIVEN_AFTER: Final = 300.0  # seconds of life after which a death is the first one again


LendDrivers = Callable[[str, Mapping[str, bytes]], Callable[[], object]]
"""Has devices have the drivers of a plug-in: its name, and their manifests by identifiers."""


class PluginStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say of a plug-in; version and description are empty where it is broken."""

    name: str
    version: str
    description: str
    active: bool
    enabled: bool


class _Active(msgspec.Struct, frozen=True, eq=False):
    """A plug-in that was started: the way to take its configuration back, and its code, if any."""

    take_back: TakeBack
    process: PluginProcess | None


class PluginManager(Service):
    """All plug-ins of a gateway. One request after the other: each is done before the next begins.

    `most_scope` is the most that code of a plug-in may ask for. `durable` returns when what was
    put into the records is on the disk. `lend_drivers` has devices have the drivers of a plug-in
    until what it returns is called; it raises ConfigError.
    """

    def __init__(
        self,
        shelf: Shelf,
        lender: Lender,
        ports: ProcessPorts,
        *,
        clock: Clock,
        compute: Compute,
        durable: Callable[[], Awaitable[None]],
        most_scope: Scope,
        lend_drivers: LendDrivers,
    ) -> None:
        super().__init__()
        self._shelf = shelf
        self._lender = lender
        self._ports = ports
        self._clock = clock
        self._compute = compute
        self._durable = durable
        self._most_scope = most_scope
        self._lend_drivers = lend_drivers
        self._manifests: dict[str, Manifest] = {}
        self._active: dict[str, _Active] = {}
        self._one_at_a_time = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Do one thing after the other; then nobody sees anything of what is not active."""
        async with self._one_at_a_time:
            try:
                yield
            except SebridgeError:
                self._ports.host.withdraw_others(self._active.keys())
                raise
            self._ports.host.withdraw_others(self._active.keys())

    # ------------------------------------------------------------------ with the bridge

    @override
    async def start(self) -> None:
        """Read what is installed; from then on plug-ins start, which nothing else waits for."""
        if self._shelf.records:
            try:
                await self._compute(self._shelf.tidy)
                self._manifests = await self._compute(self._shelf.manifests)
            except RefusedError as error:
                _LOGGER.warning("no plug-in is started: %s", error)
        await super().start()

    @override
    async def run(self) -> None:
        """Start all that are enabled; what cannot start is logged, and hinders nobody."""
        async with self._turn():
            for name, record in tuple(self._shelf.records.items()):
                if record.enabled:
                    await self._start_at_first(name)
                elif record.previous:
                    await self._confirm(name)
        await super().run()

    async def _start_at_first(self, name: str) -> None:
        """Start a plug-in; a version that has not proven itself makes room for the one before."""
        record = self._shelf.records[name]
        try:
            await self._start([name])
            await self._confirm(name)
        except SebridgeError as error:
            _LOGGER.error("plug-in %s does not start: %s", name, error)  # noqa: TRY400  # no trace
            if record.previous:
                await self._start_version_before(name, record)

    async def _start_version_before(self, name: str, record: InstalledPlugin) -> None:
        try:
            await self._go_back(name, replace(record, folder=record.previous, previous=""))
            await self._start([name])
        except SebridgeError as error:
            _LOGGER.error("plug-in %s does not start: %s", name, error)  # noqa: TRY400  # no trace

    @override
    async def stop(self) -> None:
        """Stop all plug-ins; those that are enabled start again with the bridge."""
        await super().stop()
        async with self._one_at_a_time:
            await self._stop_all(self._active)

    # ------------------------------------------------------------------ what there is

    @property
    def plugins(self) -> list[PluginStatus]:
        """All that are installed, in the order in which they were."""
        return [self.status(name) for name in self._shelf.records]

    def status(self, name: str) -> PluginStatus:
        """Return what there is to say of a plug-in; RequestError when it is not installed."""
        record = self._record(name)
        manifest = self._manifests.get(name)
        return PluginStatus(
            name=name,
            version="" if manifest is None else manifest.version,
            description="" if manifest is None else manifest.description,
            active=name in self._active,
            enabled=record.enabled,
        )

    def _record(self, name: str) -> InstalledPlugin:
        record = self._shelf.records.get(name)
        if record is None:
            raise RequestError(f"no plug-in {shown(name)} is installed")
        return record

    # ------------------------------------------------------------------ packages

    async def take_package(self, filename: str, octets: bytes) -> None:
        """Keep a package that was uploaded, or its signature, for `install`."""
        await self._compute(self._shelf.take, filename, octets)

    async def install(self, filename: str) -> PluginStatus:
        """Install a package, in place of another version of the same plug-in.

        Then those that were active are active again, with the new version; where that cannot be,
        the old one is back, and RequestError says why.
        """
        async with self._turn():
            package = await self._compute(self._shelf.read, filename)
            manifest = await self._compute(manifest_of, package)
            self._check(manifest)
            folder = await self._compute(self._shelf.unpack, package, manifest)
            try:
                await self._put(manifest, folder)
            finally:
                await self._compute(self._shelf.tidy)
            _LOGGER.info("plug-in %s %s is installed", manifest.name, manifest.version)
            return self.status(manifest.name)

    def _check(self, manifest: Manifest) -> None:
        """Raise RequestError where a package cannot be installed here and now."""
        check_bridge(manifest, __version__)
        if manifest.scope > self._most_scope:
            wanted, most = manifest.scope.name.lower(), self._most_scope.name.lower()
            raise RefusedError(
                f"{manifest.name} wants the scope {wanted}, and plugins.most_scope is {most}"
            )
        if len(self._shelf.records) >= MOST_PLUGINS and manifest.name not in self._shelf.records:
            raise FullError(f"there is no room for more than {MOST_PLUGINS} plug-ins")
        together = self._manifests | {manifest.name: manifest}
        above = [n for n in dependents(manifest.name, together) if n in self._active]
        for name in (manifest.name, *above):
            if problems := unmet(together[name], together):
                raise RequestError(f"{name}: {'; '.join(problems)}")

    async def _put(self, manifest: Manifest, folder: str) -> None:
        """Make a folder the version that is installed, all or nothing."""
        name = manifest.name
        old, old_manifest = self._shelf.records.get(name), self._manifests.get(name)
        await self._run_hook(manifest, folder, manifest.hooks.install)
        if old is None:
            self._manifests[name] = manifest
            self._shelf.records[name] = InstalledPlugin(folder=folder)
            await self._durable()
            return
        were_active = await self._stop_with_dependents(name)
        self._manifests[name] = manifest
        self._shelf.records[name] = replace(old, folder=folder, previous=old.folder)
        await self._durable()
        try:
            await self._start(were_active)
        except SebridgeError as error:
            await self._go_back(name, old, old_manifest)
            with contextlib.suppress(SebridgeError):  # it is logged already
                await self._start(were_active)
            problem = f"{name} {manifest.version} does not start, and the old version is back"
            raise RequestError(f"{problem}: {error}") from error
        await self._confirm(name)

    async def _go_back(
        self, name: str, old: InstalledPlugin, manifest: Manifest | None = None
    ) -> None:
        """Make the version before the one that is installed."""
        self._shelf.records[name] = old
        self._manifests[name] = manifest or await self._compute(self._shelf.manifest, old.folder)
        await self._durable()
        _LOGGER.warning("plug-in %s is back at version %s", name, self._manifests[name].version)

    async def _confirm(self, name: str) -> None:
        """Let go of the version before."""
        record = self._shelf.records[name]
        if record.previous:
            self._shelf.records[name] = replace(record, previous="")
            await self._durable()
            await self._compute(self._shelf.tidy)

    async def uninstall(self, name: str) -> None:
        """Remove a plug-in; RefusedError while it is active, or another one needs it."""
        async with self._turn():
            record = self._record(name)
            if name in self._active:
                raise RefusedError(f"{name} is active: stop it first")
            if above := dependents(name, self._manifests):
                raise RefusedError(f"{name} is needed by {', '.join(sorted(above))}")
            manifest = self._manifests.get(name)
            if manifest is not None:
                try:
                    await self._run_hook(manifest, record.folder, manifest.hooks.uninstall)
                except RequestError as error:
                    _LOGGER.warning("plug-in %s goes all the same: %s", name, error)
            del self._shelf.records[name]
            self._manifests.pop(name, None)
            forget(name, self._ports.host.pages)
            await self._durable()
            await self._compute(self._shelf.tidy)

    async def _run_hook(self, manifest: Manifest, folder: str, function: str | None) -> None:
        """Run a hook in a process that ends with it."""
        if function is None:
            return
        process = self._process(manifest, folder, is_for_hooks=True)
        await process.start()
        try:
            await process.run_hook(function, _STARTING)
        finally:
            await process.stop()

    def _process(
        self, manifest: Manifest, folder: str, *, is_for_hooks: bool = False
    ) -> PluginProcess:
        return PluginProcess(
            manifest.name,
            self._shelf.folder(folder),
            manifest.scope,
            self._ports,
            is_for_hooks=is_for_hooks,
        )

    # ------------------------------------------------------------------ start and stop

    async def start_plugin(self, name: str) -> PluginStatus:
        """Start a plug-in, and before it what it needs; one that is active is no error."""
        async with self._turn():
            self._record(name)
            await self._start([name])
            return self.status(name)

    async def stop_plugin(self, name: str) -> PluginStatus:
        """Stop a plug-in, and before it what needs it; one that is not active is no error."""
        async with self._turn():
            self._record(name)
            await self._stop_with_dependents(name)
            return self.status(name)

    async def enable(self, name: str) -> PluginStatus:
        """Start a plug-in now, and from now on with the bridge."""
        async with self._turn():
            record = self._record(name)
            await self._start([name])
            self._shelf.records[name] = replace(record, enabled=True)
            return self.status(name)

    async def disable(self, name: str) -> PluginStatus:
        """Stop a plug-in, and start it no more with the bridge."""
        async with self._turn():
            record = self._record(name)
            await self._stop_with_dependents(name)
            self._shelf.records[name] = replace(record, enabled=False)
            return self.status(name)

    async def _start(self, names: Iterable[str]) -> None:
        """Start plug-ins and what they need, all or none of those that are not active."""
        wanted = tuple(names)
        if wanted:
            await self._compute(self._shelf.check_directory)
        for name in wanted:
            if name not in self._manifests:
                raise RequestError(f"{name} is broken: install it again")
        begun: list[str] = []
        try:
            for name in starting_order(wanted, self._manifests):
                if name not in self._active:
                    await self._start_one(name)
                    begun.append(name)
        except BaseException:
            await self._stop_all(begun)
            raise

    async def _start_one(self, name: str) -> None:
        manifest = self._manifests[name]
        take_back = await self._lend(manifest)
        hook = manifest.hooks.start
        if hook is None:
            self._active[name] = _Active(take_back, None)
        else:
            process = self._process(manifest, self._shelf.records[name].folder)
            try:
                await process.start()
                await process.run_hook(hook, _STARTING)
                process.settle()
            except BaseException:
                await process.stop()
                await take_back()
                raise
            active = self._active[name] = _Active(take_back, process)
            self.spawn(self._keep(name, active, process, hook), name)
        _LOGGER.info("plug-in %s %s is active", name, manifest.version)

    async def _lend(self, manifest: Manifest) -> TakeBack:
        """Put in force what a plug-in brings besides code, until what is returned is called."""
        name = manifest.name
        folder = self._shelf.records[name].folder
        files = await self._compute(self._shelf.drivers, folder, manifest.drivers)
        take_drivers_back = self._lend_drivers(name, files)
        try:
            take_back = await self._lender.lend(manifest.configuration, f"the plug-in {name}")
        except BaseException:
            take_drivers_back()
            raise

        async def take_all_back() -> None:
            take_drivers_back()
            await take_back()

        return take_all_back

    async def _stop_with_dependents(self, name: str) -> Sequence[str]:
        """Stop a plug-in and what needs it; return those that were active."""
        found = [n for n in (name, *dependents(name, self._manifests)) if n in self._active]
        await self._stop_all(found)
        return found

    async def _stop_all(self, names: Iterable[str]) -> None:
        """Stop plug-ins, each before what it needs itself."""
        wanted = set(names)
        for name in [name for name in reversed(self._active) if name in wanted]:
            await self._stop_one(name)

    async def _stop_one(self, name: str) -> None:
        active, manifest = self._active.pop(name), self._manifests[name]
        if active.process is not None:
            if manifest.hooks.stop is not None:
                try:
                    await active.process.run_hook(manifest.hooks.stop, _STOPPING)
                except RequestError as error:
                    _LOGGER.warning("plug-in %s stops all the same: %s", name, error)
            await active.process.stop()
        await active.take_back()
        _LOGGER.info("plug-in %s is stopped", name)

    # ------------------------------------------------------------------ what dies

    async def _keep(self, name: str, active: _Active, process: PluginProcess, hook: str) -> None:
        """Start the code of a plug-in again when it dies, unless it does so again and again."""
        deaths, pause, born = 0, _FIRST_PAUSE, self._clock.monotonic()
        problem: Exception | None = await _death_of(process)
        while deaths < _MOST_DEATHS and self._active.get(name) is active:
            if self._clock.monotonic() - born > _FORGIVEN_AFTER:
                deaths, pause = 0, _FIRST_PAUSE
            deaths += 1
            _LOGGER.warning("plug-in %s: %s; it is started again in %g s", name, problem, pause)
            await self._clock.sleep(pause)
            pause, born = min(2 * pause, _LONGEST_PAUSE), self._clock.monotonic()
            problem = await self._revive(name, active, process, hook)
            if problem is None:
                problem = await _death_of(process)
        async with self._turn():
            if self._active.get(name) is active:
                _LOGGER.error("plug-in %s dies again and again, and is stopped: %s", name, problem)
                await self._stop_with_dependents(name)

    async def _revive(
        self, name: str, active: _Active, process: PluginProcess, hook: str
    ) -> Exception | None:
        """Start a process and its hook; return what is wrong with that."""
        async with self._turn():
            if self._active.get(name) is not active:
                return None  # it was stopped meanwhile
            try:
                await process.start()
                await process.run_hook(hook, _STARTING)
                process.settle()
            except RequestError as error:
                await process.stop()
                return error
            return None


async def _death_of(process: PluginProcess) -> Exception:
    """Return what a process died of, once it does; who stops it ends this as well."""
    try:
        await process.wait()
    except Exception as error:  # noqa: BLE001  # whatever it is, the process is started again
        return error
    return RequestError("its process ended")
