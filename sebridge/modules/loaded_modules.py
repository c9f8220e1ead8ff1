"""The modules of the user that are loaded, and the classes found in them."""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, Final

import msgspec

from sebridge.base.errors import ModuleError, RequestError
from sebridge.model.plain import to_plain
from sebridge.modules.class_table import ClassTable, Kind, KnownClass
from sebridge.modules.fault import fault
from sebridge.modules.loader import Loader
from sebridge.modules.scan import classes_of
from sebridge.rpc.method import BUILT_IN_INTERFACES

BUILT_IN: Final = frozenset(BUILT_IN_INTERFACES)
"""Modules of the first gateways whose interfaces are part of this one: they need no file."""


class ModuleVersion(msgspec.Struct, frozen=True):
    """What a module says of its version: `__version__` and `__version_extended__`, plain."""

    version: Any = None
    version_extended: Any = None


class LoadedModules:
    """Loads modules and knows their classes; all or nothing."""

    def __init__(self, loader: Loader, classes: ClassTable) -> None:
        self.classes = classes
        self._loader = loader
        self._modules: dict[str, ModuleType] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._modules))

    @property
    def paths(self) -> list[str]:
        """The directories that modules come from."""
        return self._loader.paths

    def open(self, name: str) -> None:
        """Load a module; ModuleError when it breaks or has a class that is there already."""
        if name in self._modules:
            raise RequestError(f"the module {name} is loaded; remove it to load it anew")
        module = self._loader.load(name)
        try:
            found = self._examined(module, name)
        except BaseException as error:  # code of others may raise SystemExit, too
            self._loader.unload(module)
            raise self.fault(name, error) from error
        self.classes.add(found)
        self._modules[name] = module

    def _examined(self, module: ModuleType, name: str) -> dict[Kind, list[KnownClass]]:
        file = f"{name}.py"
        _version_of(module, file)
        found = classes_of(module, name)
        problems = self.classes.clashes(found)
        if problems:
            raise ModuleError(file, "; ".join(problems))
        if not found:
            raise ModuleError(file, "has no interface, endpoint, cluster or record class")
        return found

    def close(self, name: str) -> None:
        """Let go of a module that is loaded, and forget its classes."""
        self.classes.remove(name)
        self._loader.unload(self._modules.pop(name))

    def fault(self, owner: str, error: BaseException) -> ModuleError:
        """Return what a caller hears of an error that code of a loaded module raised."""
        return fault(self._loader.directory / f"{owner}.py", error)

    @property
    def versions(self) -> Mapping[str, ModuleVersion]:
        """The versions of all loaded modules."""
        return {n: _version_of(module, f"{n}.py") for n, module in self._modules.items()}


def _version_of(module: ModuleType, file: str) -> ModuleVersion:
    version, extended = (
        getattr(module, name, None) for name in ("__version__", "__version_extended__")
    )
    try:
        return ModuleVersion(to_plain(version), to_plain(extended))
    except TypeError as error:
        raise ModuleError(file, f"__version__ or __version_extended__: {error}") from error
