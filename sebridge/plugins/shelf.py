"""Where plug-ins are: packages in a folder, and below it a folder for each version installed."""

from collections.abc import Iterable, MutableMapping
import logging
import os
from pathlib import Path
import re
from typing import Final

import msgspec

from sebridge.base.errors import DecodeError, ParameterError, RefusedError, SebridgeError
from sebridge.base.redaction import shown
from sebridge.crypto.minisign import PublicKey, is_signed
from sebridge.plugins.manifest import DRIVER_MANIFEST, DRIVERS, MANIFEST, Manifest, read_manifest
from sebridge.plugins.ownership import foreign_hand
from sebridge.plugins.unpacking import read_file, remove, unpack, write_file
from sebridge.settings.document import MAX_OCTETS

_LOGGER = logging.getLogger(__name__)

SIGNATURE: Final = ".minisig"
"""What the name of a signature ends with, behind that of its package."""

_ROOT: Final = 0  # the user's number
_INSTALLED: Final = "installed"
_LONGEST_SIGNATURE: Final = 4096  # octets
_MOST: Final = 256  # packages and signatures that are taken
_FILE_NAME: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,99}}\.zip({re.escape(SIGNATURE)})?")


class InstalledPlugin(msgspec.Struct, frozen=True, kw_only=True):
    """A plug-in that is installed: the folder of its version, and whether it starts with us.

    `previous` is the folder of the version before, as long as the new one has not proven itself.
    """

    folder: str
    enabled: bool = False
    previous: str = ""


class Trust(msgspec.Struct, frozen=True):
    """Whose packages are installed: those signed by one of the keys, perhaps those by nobody."""

    keys: tuple[PublicKey, ...] = ()
    allow_unsigned: bool = False


class Shelf:
    """Takes packages, makes folders of them, and knows which of those are installed.

    `records` survive power loss, and so do folders; a folder that no record names is nothing.
    """

    def __init__(
        self,
        directory: Path | None,
        records: MutableMapping[str, InstalledPlugin],
        trust: Trust,
    ) -> None:
        self.records = records
        self._directory = directory
        self._trust = trust

    @property
    def directory(self) -> Path:
        """Where packages are; RefusedError without a directory."""
        if self._directory is None:
            raise RefusedError("plug-ins are switched off: plugins.directory is not configured")
        return self._directory

    def folder(self, name: str) -> Path:
        """Return where a version is."""
        return self.directory / _INSTALLED / name

    def check_directory(self) -> None:
        """Raise RefusedError where others than our user or root could exchange what is there."""
        problem = foreign_hand(self.directory, {_ROOT, os.geteuid()})
        if problem is not None:
            raise RefusedError(f"plugins.directory is not safe: {problem}")

    # ------------------------------------------------------------------ packages

    def take(self, filename: str, octets: bytes) -> None:
        """Keep a package, or the signature of one, that was handed in.

        RefusedError where there are 256 already, and this is another one.
        """
        self.check_directory()
        path = self._path(filename)
        there = [one.name for one in path.parent.glob("*.zip*") if _FILE_NAME.fullmatch(one.name)]
        if filename not in there and len(there) >= _MOST:
            raise RefusedError(f"plugins.directory holds {_MOST} packages and signatures already")
        write_file(path, octets)

    def read(self, filename: str) -> bytes:
        """Return a package; RefusedError when it is not signed as it must be."""
        self.check_directory()
        path = self._path(filename)
        package = read_file(path)
        signature = path.with_name(path.name + SIGNATURE)
        if signature.exists():
            self._check_signature(package, read_file(signature, _LONGEST_SIGNATURE))
        elif not self._trust.allow_unsigned:
            problem = "is not signed, and plugins.allow_unsigned is not true"
            raise RefusedError(f"{filename} {problem}")
        return package

    def _check_signature(self, package: bytes, signature: bytes) -> None:
        try:
            is_trusted = is_signed(package, signature.decode(errors="replace"), self._trust.keys)
        except DecodeError as error:
            raise RefusedError(f"the signature {error}") from error
        if not is_trusted:
            raise RefusedError("the signature is by none of plugins.trusted_keys, or not of this")

    def _path(self, filename: str) -> Path:
        if _FILE_NAME.fullmatch(filename) is None:
            problem = f"{shown(filename)} is not the plain name of a .zip file or of its signature"
            raise ParameterError("filename", problem)
        return self.directory / filename

    # ------------------------------------------------------------------ versions

    def unpack(self, package: bytes, manifest: Manifest) -> str:
        """Make a new folder of a package; return its name, which no other one has."""
        beginning = f"{manifest.name}-{manifest.version}"
        number = 1
        while self.folder(f"{beginning}-{number}").exists():
            number += 1
        name = f"{beginning}-{number}"
        unpack(package, self.folder(name))
        return name

    def manifest(self, folder: str) -> Manifest:
        """Return the manifest of a version; ParameterError or ConfigError where it is broken."""
        return read_manifest(read_file(self.folder(folder) / MANIFEST, MAX_OCTETS))

    def drivers(self, folder: str, identifiers: Iterable[str]) -> dict[str, bytes]:
        """Return the manifests of the drivers of a version; ParameterError for one that is not."""
        above = self.folder(folder) / DRIVERS
        return {name: read_file(above / name / DRIVER_MANIFEST, MAX_OCTETS) for name in identifiers}

    def manifests(self) -> dict[str, Manifest]:
        """Return those of all that is installed; what is broken is logged, and left out.

        RefusedError where none of them can be trusted, as others could have written it.
        """
        self.check_directory()
        found = {}
        for name, record in self.records.items():
            try:
                found[name] = self.manifest(record.folder)
            except SebridgeError as error:
                _LOGGER.error("plug-in %s is broken: %s", name, error)  # noqa: TRY400  # no trace
        return found

    def tidy(self) -> None:
        """Remove all folders that no record names, also what a power cut has left."""
        needed = {record.folder for record in self.records.values()}
        needed |= {record.previous for record in self.records.values()}
        above = self.folder("")
        if above.is_dir():
            for path in above.iterdir():
                if path.name not in needed:
                    remove(path)
