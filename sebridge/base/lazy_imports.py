"""What a library imports and the bridge never uses is loaded only when somebody wants it."""

from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from operator import attrgetter
import sys
from threading import Lock
from types import ModuleType
from typing import Any

from typing_extensions import override


class LazyModule(ModuleType):
    """Stands in the place of a module until somebody asks it for anything."""

    @override
    def __getattr__(self, name: str) -> Any:
        """Load the module; ImportError when it cannot be, as its import would have raised.

        A name that is lazy itself loads nothing, nor does the question for its file: whoever looks
        through `sys.modules` asks all of them, also those that cannot be loaded here.
        """
        if name == "__file__":
            raise AttributeError(name)
        lazy = _FINDER.lazy.get(self.__name__)
        if lazy and name in lazy:
            return LazyName(self.__name__, name)
        if lazy and name == "__path__":
            raise AttributeError(name)  # Python asks for it when a name is taken
        if lazy is not None and sys.modules.get(self.__name__) is not self:
            raise AttributeError(name)  # asked while it is being made
        return getattr(_load(self.__name__), name)


class LazyName:
    """Stands in the place of what a lazy module has, for who takes it by its name.

    It can be called and asked for attributes, which loads the module. No exception can be caught by
    it, and nothing is an instance of it: Python says so with a TypeError.
    """

    def __init__(self, module: str, path: str) -> None:
        self._module = module
        self._path = path

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call what it stands for."""
        return self._loaded()(*arguments, **named)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of what it stands for; one that is lazy itself loads nothing."""
        path = f"{self._path}.{name}"
        if path in _FINDER.lazy.get(self._module, ()):
            return LazyName(self._module, path)
        return getattr(self._loaded(), name)

    def _loaded(self) -> Any:
        return attrgetter(self._path)(_load(self._module))


def _load(name: str) -> ModuleType:
    """Return the module itself."""
    with _CHANGING:
        if _FINDER.lazy.pop(name, None) is not None:
            del sys.modules[name]
    return import_module(name)


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
        self.lazy: dict[str, set[str]] = {}  # by module, what of it is lazy as well

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, _LAZY_LOADER) if fullname in self.lazy else None


_CHANGING = Lock()  # keys are computed in a thread of their own
_FINDER = _LazyFinder()
_LAZY_LOADER = _LazyLoader()


def import_lazily(*names: str) -> None:
    """Load these modules when they are needed, those that are not loaded yet.

    Who writes ``from module import name`` needs it at once, unless ``module:name`` is among them:
    then he gets a stand-in, good for calling it and for its attributes, of which
    ``module:name.attribute`` may be another. A package has no such names.
    """
    for name in names:
        module, _, path = name.partition(":")
        if module not in sys.modules:
            lazy = _FINDER.lazy.setdefault(module, set())
            lazy.update({path} - {""})
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
