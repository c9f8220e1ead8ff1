"""The arithmetic of key establishment where the radio's module does it, and keeps the keys."""

from collections.abc import Callable
import logging

from sebridge.base.errors import RefusedError, SebridgeError
from sebridge.base.secret import Secret
from sebridge.features.keys.session import (
    CodesMade,
    Computed,
    EphemeralMade,
    MakeCodes,
    MakeEphemeral,
    NotComputed,
    Task,
)
from sebridge.radio.radio import KeyModule

_LOGGER = logging.getLogger(__name__)


class ModuleKeys:
    """Gives each exchange who computes for it; the module has room for one at a time.

    `module` returns it; None where the radio has none, or is not started.
    """

    def __init__(self, module: Callable[[], KeyModule | None]) -> None:
        self._module = module
        self._holder: ModuleArithmetic | None = None

    def __call__(self) -> "ModuleArithmetic":
        """Return who computes for the next exchange."""
        return ModuleArithmetic(self)

    def lend(self, holder: "ModuleArithmetic") -> KeyModule:
        """Return the module; RefusedError while another exchange has it, or where there is none."""
        module = self._module()
        if module is None:
            raise RefusedError("the radio computes no key establishment")
        if self._holder not in {None, holder}:
            raise RefusedError("the radio computes another key establishment")
        self._holder = holder
        return module

    def give_back(self, holder: "ModuleArithmetic") -> None:
        """Let others have the module, where this one had it."""
        if self._holder is holder:
            self._holder = None


class ModuleArithmetic:
    """Has the module compute for one exchange."""

    def __init__(self, keys: ModuleKeys) -> None:
        self._keys = keys
        self._task: Task | None = None  # the last one
        self._is_kept = False

    async def perform(self, task: Task) -> Computed:
        """Return what a session asked for; NotComputed where the module does not do it."""
        self._task = task
        try:
            module = self._keys.lend(self)
            if isinstance(task, MakeEphemeral):
                return EphemeralMade(await module.make_ephemeral(task.own))
            codes = await module.make_codes(
                task.own,
                is_initiator=task.is_initiator,
                certificate=task.certificate,
                ephemeral=task.partner_ephemeral,
            )
            return CodesMade(*codes)
        except SebridgeError as error:
            return NotComputed(str(error))

    async def key(self, agreed: Secret | None) -> Secret:
        """Have the module use the key, and return it; SebridgeError where it does not."""
        del agreed
        task = self._task
        assert isinstance(task, MakeCodes), "both sides have proved it"
        key = await self._keys.lend(self).keep_key(task.own.suite.number, task.partner)
        self._is_kept = True
        return key

    async def end(self) -> None:
        """Have the module forget the exchange, and let others have it."""
        try:
            if self._task is not None and not self._is_kept:
                await self._keys.lend(self).drop_key(self._task.own.suite.number)
        except SebridgeError as error:
            _LOGGER.debug("the module forgets no exchange: %s", error)
        finally:
            self._keys.give_back(self)
