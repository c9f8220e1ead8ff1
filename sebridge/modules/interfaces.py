"""The interfaces of the user that are at work: their methods can be called."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, get_origin

from sebridge.base.errors import ModuleError
from sebridge.model.shape import declares_fields
from sebridge.modules.class_table import Kind
from sebridge.modules.interface_context import InterfaceContext, ModuleHost
from sebridge.modules.loaded_modules import LoadedModules
from sebridge.rpc.method import Method, methods_of


class Methods(Protocol):
    """All RPC methods there are."""

    @property
    def methods(self) -> Mapping[str, Method]:
        """Them by name."""

    def register(self, groups: Iterable[object]) -> None:
        """Make the marked methods of these objects callable."""

    def unregister(self, group: object) -> None:
        """Make the methods of an object unavailable again."""


class Interfaces:
    """Makes interfaces of their classes, and takes them away again."""

    def __init__(self, loaded: LoadedModules, methods: Methods, host: ModuleHost) -> None:
        self._loaded = loaded
        self._methods = methods
        self._host = host
        self._at_work: dict[str, tuple[object, InterfaceContext]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._at_work

    async def begin(self, name: str) -> None:
        """Make the methods of an interface class callable.

        ParameterError for an unknown class, ModuleError when it breaks, or has a method that is
        there already or does not say what it takes and returns. Nothing for a built-in class.
        """
        known = self._loaded.classes.find(Kind.INTERFACE, name)
        if known.make is None or name in self._at_work:
            return
        context = InterfaceContext(name, self._host)
        try:
            interface = known.make(context)
            self._check(f"{known.owner}.py", methods_of(interface))
        except BaseException as error:  # code of others may raise SystemExit, too
            await context.stop()
            raise self._loaded.fault(known.owner, error) from error
        self._methods.register([interface])
        self._at_work[name] = (interface, context)

    async def end(self, name: str) -> None:
        """Make the methods unavailable, and stop what the interface does beside them."""
        if name in self._at_work:
            interface, context = self._at_work.pop(name)
            self._methods.unregister(interface)
            await context.stop()

    async def end_all(self) -> None:
        """Stop all of them."""
        for name in tuple(self._at_work):
            await self.end(name)

    def _check(self, file: str, methods: Iterable[Method]) -> None:
        for method in methods:
            if method.name in self._methods.methods:
                raise ModuleError(file, f"there is a method {method.name} already")
            if not _can_be_told(method.response):
                problem = "must say that it returns a dataclass, a Mapping or None"
                raise ModuleError(file, f"the method {method.name} {problem}")


def _can_be_told(response: Any) -> bool:
    if response is type(None):
        return True
    kind = get_origin(response) or response
    return isinstance(kind, type) and (issubclass(kind, Mapping) or declares_fields(kind))
