"""Load modules of the user from their directory, and let go of them."""

import errno
import os
from pathlib import Path
import stat
import sys
from types import ModuleType
from typing import Final

from sebridge.base.errors import ModuleError, RefusedError
from sebridge.modules.fault import fault
from sebridge.settings.additions import LONGEST_NAME, is_plain_name

MOST_OCTETS: Final = 256 * 1024
"""Of one module."""
_PACKAGE: Final = "sebridge_modules"
_OURS: Final = frozenset({"Version", "sebridge", "zigpy", _PACKAGE})
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_EXTENSION: Final = ".py"


class Loader:
    """Runs the files of one directory as modules, under a package name that is no import path.

    Nothing outside of the directory can be named, also not by a link inside of it. Without a
    directory there are no modules.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    @property
    def directory(self) -> Path:
        """Where the modules are; RefusedError without a directory."""
        if self._directory is None:
            raise RefusedError("modules are switched off: modules.directory is not configured")
        return self._directory

    @property
    def paths(self) -> list[str]:
        """What `help` tells of it."""
        return [] if self._directory is None else [str(self._directory)]

    def load(self, name: str) -> ModuleType:
        """Run a module; ModuleError says what is wrong, and nothing of it is left then.

        RefusedError for a name that no module may have. Whatever it does while it is imported
        happens at once, and holds everything else up.
        """
        _check_name(name)
        file = self.directory / f"{name}{_EXTENSION}"
        source = _read(file)
        module = ModuleType(f"{_PACKAGE}.{name}")
        module.__file__ = str(file)
        before = sys.modules.get(module.__name__)
        sys.modules[module.__name__] = module  # dataclasses look for it there
        try:
            exec(compile(source, str(file), "exec", dont_inherit=True), vars(module))  # noqa: S102
        except BaseException as error:  # code of others may raise SystemExit, too
            _forget(module)
            if before is not None:
                sys.modules[module.__name__] = before
            raise fault(file, error) from error
        return module

    def unload(self, module: ModuleType) -> None:
        """Let go of a module; what is still in use of it stays in memory until that ends."""
        _forget(module)


def _forget(module: ModuleType) -> None:
    if sys.modules.get(module.__name__) is module:
        del sys.modules[module.__name__]


def _check_name(name: str) -> None:
    if not is_plain_name(name):
        problem = f"is an identifier of up to {LONGEST_NAME} characters, without the extension"
        raise RefusedError(f"the name of a module {problem}")
    if name in sys.stdlib_module_names or name in _OURS:
        raise RefusedError(f"{name} is the name of a module of Python or of the gateway")


def _check_rights(file: str, what: str, found: os.stat_result) -> None:
    """Refuse what others could have written: it would run with the rights of the gateway."""
    if found.st_uid not in {0, os.geteuid()}:
        raise ModuleError(file, f"{what} belongs to another user, who may write it")
    if found.st_mode & _OTHERS_MAY_WRITE:
        raise ModuleError(file, f"others may write {what}: take the right from them (chmod go-w)")


def _read(file: Path) -> bytes:
    try:
        _check_rights(file.name, "its directory", file.parent.stat())
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ModuleError(file.name, "is a link; only files of the directory count") from error
        raise ModuleError(file.name, f"cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ModuleError(file.name, "is not a file")
    with os.fdopen(descriptor, "rb") as opened:
        _check_rights(file.name, "it", os.fstat(descriptor))
        source = opened.read(MOST_OCTETS + 1)
    if len(source) > MOST_OCTETS:
        raise ModuleError(file.name, f"is longer than {MOST_OCTETS // 1024} KiB")
    return source
