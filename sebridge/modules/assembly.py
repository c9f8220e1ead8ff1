"""What was added to the gateway: it is kept, put together at the start, and may be removed again.

What cannot be put together, because its module is broken or missing, stays among what is kept: as
soon as there is what it needs, it is there again. Nothing is lost but by a request to remove it.
"""

import logging

from typing_extensions import override

from sebridge.base.errors import ParameterError, RefusedError, RequestError
from sebridge.base.service import Service
from sebridge.modules.additions_store import AdditionsStore, check_room
from sebridge.modules.class_table import Kind
from sebridge.modules.endpoint_additions import EndpointAdditions
from sebridge.modules.interfaces import Interfaces
from sebridge.modules.loaded_modules import BUILT_IN, LoadedModules

_LOGGER = logging.getLogger(__name__)


class Assembly(Service):
    """Adds and removes modules and interfaces; endpoints and clusters by its `endpoints`.

    A request that fails has changed nothing. `start` puts together what is kept; what fails then
    is logged.
    """

    def __init__(
        self,
        store: AdditionsStore,
        loaded: LoadedModules,
        interfaces: Interfaces,
        endpoints: EndpointAdditions,
    ) -> None:
        super().__init__()
        self.loaded = loaded
        self.endpoints = endpoints
        self._store = store
        self._interfaces = interfaces

    @override
    async def start(self) -> None:
        """Load the modules, and put together what is kept."""
        for name in self._store.modules:
            if name not in BUILT_IN and name not in self.loaded:
                try:
                    self.loaded.open(name)
                except RequestError as error:
                    _LOGGER.warning("module %s is not loaded: %s", name, error)
        await self._put_together()
        await super().start()

    @override
    async def stop(self) -> None:
        """Stop what interfaces do, and let go of the modules."""
        await super().stop()
        await self._interfaces.end_all()
        await self.endpoints.stop()
        for name in self.loaded:
            await self.endpoints.drop_classes_of(name)
            self.loaded.close(name)

    # ------------------------------------------------------------------ modules

    async def add_module(self, name: str) -> None:
        """Load a module of the user, now and at each start.

        ModuleError says why it cannot be. What waited for its classes is there again.
        """
        check_room(self._store.modules)
        if name not in BUILT_IN:
            self.loaded.open(name)
        self._store.modules[name] = True
        await self._put_together()

    async def remove_module(self, name: str) -> None:
        """Unload a module, and load it no more; one that is not loaded is no error.

        What was made of its classes goes, and waits for them to come back.
        """
        self._store.modules.pop(name, None)
        if name in self.loaded:
            for known in self.loaded.classes.of(name, Kind.INTERFACE):
                await self._interfaces.end(known.name)
            await self.endpoints.drop_classes_of(name)
            self.loaded.close(name)

    # ------------------------------------------------------------------ interfaces

    async def add_interface(self, name: str) -> None:
        """Make the methods of an interface class callable, now and at each start."""
        check_room(self._store.interfaces)
        if name in self._interfaces:
            raise ParameterError("interface_class", f"{name} is added already")
        await self._interfaces.begin(name)
        self._store.interfaces[name] = True

    async def remove_interface(self, name: str) -> None:
        """Make the methods of an interface class unavailable."""
        known = self.loaded.classes.get(Kind.INTERFACE, name)
        if known is not None and known.is_built_in:
            raise RefusedError(f"{name} is part of the gateway and cannot be removed")
        if name not in self._store.interfaces:
            raise ParameterError("interface_class", "only one that was added can be removed")
        await self._interfaces.end(name)
        del self._store.interfaces[name]

    # ------------------------------------------------------------------ what is kept

    async def _put_together(self) -> None:
        """Make what is kept and is not there; what cannot be made goes on waiting."""
        await self.endpoints.put_together()
        for name in self._store.interfaces:
            if name not in self._interfaces:
                try:
                    await self._interfaces.begin(name)
                except RequestError as error:
                    _LOGGER.warning("interface %s waits: %s", name, error)
