"""What zigpy imports and the bridge never uses is loaded only when somebody wants it.

zigpy fetches firmware for devices with aiohttp and checks catalogues of it with jsonschema; the
bridge has that switched off. The two with all that they import would be 9 MiB of some 70.
"""

import importlib
import sys
from types import ModuleType
from typing import Any, Final

from typing_extensions import override

LAZY: Final = ("aiohttp", "jsonschema")


class LazyModule(ModuleType):
    """Stands in the place of a module until somebody asks it for anything."""

    @override
    def __getattr__(self, name: str) -> Any:
        """Load the module; ImportError when it cannot be, as its import would have raised."""
        own_name = self.__name__
        if sys.modules.get(own_name) is self:
            del sys.modules[own_name]
        return getattr(importlib.import_module(own_name), name)


def import_lazily(names: tuple[str, ...] = LAZY) -> None:
    """Load these modules when they are needed, those that are not loaded yet.

    To be called before zigpy's application is imported.
    """
    for name in names:
        sys.modules.setdefault(name, LazyModule(name))
