"""Packages of plug-ins: whatever is handed in, nothing is written outside of its folder."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
import io
from pathlib import Path
from random import Random
import shutil
import warnings
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sebridge.base.errors import ConfigError, ParameterError, StorageError
from sebridge.plugins.unpacking import manifest_of, unpack
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, must
from tests.plugins.packages import package

_NAMES = (
    *("plugin.yml", "../up", "/root", "a/../../b", "a\\b", "lib/", "lib", "LIB/x", "lib/x", "./a"),
    *("a//b", "con", "é", "\u202e", "a\x00b", "a" * 300, "/".join("a" * 40), "C:a", "", "..", "."),
)
_LINES = (
    *("name: a", "version: 1", "description: b", "name: ../a", "version: !!python/name:x", "- a"),
    *("hooks: {start: os:system}", "hooks: [a]", "dependencies: [b >=1]", "scope: admin", "a: &a"),
    *("configuration: {settings: {a: b}}", "configuration: {endpoints: [{endpoint_id: 1}]}"),
    *("configuration: {aliases: {A: <a/>}}", "requires_sebridge: '>=1'", "<<: *a", "? x", "\x00"),
)


class PackageSubject:
    """What reads the manifest of a package, and unpacks it."""

    def __init__(self, directory: Path) -> None:
        self.keys: set[str] = set()
        self._directory = directory

    async def take(self, octets: bytes) -> None:
        """Have a package unpacked, and then a good one."""
        for content, is_good in ((octets, False), (package(main="x = 1"), True)):
            folder = self._directory / "installed" / "a-1"
            try:
                manifest_of(content)
                unpack(content, folder)
            except (ConfigError, ParameterError, StorageError) as error:
                must(not is_good, f"a good package is refused: {error}")
                must(not folder.exists(), "something is left of a package that is refused")
            must(
                {path.name for path in self._directory.iterdir()} <= {"installed"},
                "something is written outside of the folder",
            )
            links = [path for path in self._directory.rglob("*") if path.is_symlink()]
            must(not links, "a link is unpacked")
            shutil.rmtree(folder, ignore_errors=True)


def grow_package(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return a seed with changed octets, or a package of odd names and lines."""
    if random.random() < 0.4:
        return changed(random, random.choice(seeds), seeds)
    lines = random.sample(_LINES, random.randrange(6))
    good = ["name: a", "version: 1", "description: b"] if random.random() < 0.7 else []
    made = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), ZipFile(made, "w", ZIP_DEFLATED) as opened:
        opened.writestr("plugin.yml", "\n".join([*good, *lines]))
        for name in random.sample(_NAMES, random.randrange(4)):
            member = ZipInfo(name)
            member.external_attr = random.choice((0o100644, 0o120777, 0o040755, 0o010644, 0)) << 16
            opened.writestr(member, bytes(random.choice((0, 10, 5_000_000))))
    octets = made.getvalue()
    return changed(random, octets, seeds) if random.random() < 0.3 else octets


@asynccontextmanager
async def _packages(directory: Path) -> AsyncIterator[PackageSubject]:
    yield PackageSubject(directory)


TARGET = Target(
    name="packages",
    told="a package of a plug-in",
    subject=_packages,
    grow=grow_package,
    lasts=100,
    in_suite=60,
)
