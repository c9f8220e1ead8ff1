"""Take a package from the disk and put it there as a folder, all or nothing."""

import io
import os
from pathlib import Path
import shutil
import stat
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo
import zlib

from sebridge.base.errors import ParameterError, StorageError
from sebridge.plugins.manifest import MANIFEST, Manifest, read_manifest
from sebridge.plugins.package import MOST_OCTETS, check_members

_UNFINISHED: Final = ".unfinished"


def read_file(path: Path, most: int = MOST_OCTETS) -> bytes:
    """Return what a file holds; ParameterError for a link, no file, and more octets."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        problem = f"{path.name} cannot be read: {error.strerror}"
        raise ParameterError("filename", problem) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ParameterError("filename", f"{path.name} is not a file")
    with os.fdopen(descriptor, "rb") as opened:
        octets = opened.read(most + 1)
    if len(octets) > most:
        raise ParameterError("filename", f"{path.name} has more than {most} octets")
    return octets


def manifest_of(package: bytes) -> Manifest:
    """Return what a package says of itself, once it is known to be safe to unpack.

    ParameterError says what is wrong with the package, ConfigError what with its manifest.
    """
    with _opened(package) as opened:
        return read_manifest(_content(opened, opened.getinfo(MANIFEST)))


def unpack(package: bytes, folder: Path) -> None:
    """Make a folder of a package: after a power cut it is there as a whole, or not at all.

    ParameterError for what is no good package, StorageError where the disk does not take it.
    """
    unfinished = folder.with_name(f"{folder.name}{_UNFINISHED}")
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove(unfinished)
        unfinished.mkdir(mode=0o700)
        with _opened(package) as opened:
            for member in opened.infolist():
                _write(opened, member, unfinished / member.filename)
        for path in [unfinished, *unfinished.rglob("*")]:
            if path.is_dir():
                _sync(path)
        unfinished.rename(folder)
        _sync(folder.parent)
    except OSError as error:
        raise StorageError(f"{folder.name} cannot be written: {error.strerror}") from error
    finally:
        remove(unfinished)


def remove(folder: Path) -> None:
    """Remove a folder with all in it; one that is not there is no error."""
    shutil.rmtree(folder, ignore_errors=True)


def write_file(path: Path, octets: bytes) -> None:
    """Put a file in place of what was there before: the old one or the new one survives."""
    unfinished = path.with_name(f".{path.name}{_UNFINISHED}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        _write_octets(unfinished, octets)
        unfinished.rename(path)
        _sync(path.parent)
    except OSError as error:
        raise StorageError(f"{path.name} cannot be written: {error.strerror}") from error


def _opened(package: bytes) -> ZipFile:
    try:
        opened = ZipFile(io.BytesIO(package))
    except (BadZipFile, NotImplementedError, ValueError) as error:
        raise ParameterError("filename", "is not a zip file, or a broken one") from error
    check_members(opened.infolist(), len(package))
    return opened


def _content(opened: ZipFile, member: ZipInfo) -> bytes:
    """Return the octets of a file; not one more than it is said to have is ever unpacked."""
    try:
        return opened.read(member)
    except (BadZipFile, EOFError, ValueError, NotImplementedError, zlib.error) as error:
        raise ParameterError("filename", f"{member.filename} is broken") from error


def _write(opened: ZipFile, member: ZipInfo, path: Path) -> None:
    folder = path if member.is_dir() else path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not member.is_dir():
        _write_octets(path, _content(opened, member))


def _write_octets(path: Path, octets: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(octets)
        opened.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
