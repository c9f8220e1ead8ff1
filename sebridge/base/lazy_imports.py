"""What a library imports and the bridge never uses is loaded only when somebody wants it."""

from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
import sys
from types import ModuleType
from typing import Any

from typing_extensions import override


class LazyModule(ModuleType):
    """Stands in the place of a module until somebody asks it for anything."""

    @override
    def __getattr__(self, name: str) -> Any:
        """Load the module; ImportError when it cannot be, as its import would have raised."""
        if self.__name__ in _FINDER.names:
            if sys.modules.get(self.__name__) is not self:
                raise AttributeError(name)  # asked while it is being made
            _FINDER.names.remove(self.__name__)
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


class _LazyLoader(Loader):
    """Makes the stand-in of a module, and loads nothing."""

    @override
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return LazyModule(spec.name)

    @override
    def exec_module(self, module: ModuleType) -> None:
        """Leave the module as it is."""


class _LazyFinder(MetaPathFinder):
    """Finds a stand-in for the modules of these names."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, _LAZY_LOADER) if fullname in self.names else None


_FINDER = _LazyFinder()
_LAZY_LOADER = _LazyLoader()


def import_lazily(*names: str) -> None:
    """Load these modules when they are needed, those that are not loaded yet.

    Who writes ``from module import name`` needs it at once.
    """
    _FINDER.names.update(name for name in names if name not in sys.modules)
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
