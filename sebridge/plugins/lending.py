"""What a plug-in's configuration changes: lent to it as long as it runs, and kept nowhere."""

from collections.abc import Awaitable, Callable

import msgspec

from sebridge.base.errors import MarkupError, ParameterError
from sebridge.modules.endpoint_additions import EndpointAdditions
from sebridge.plugins.manifest import Configuration
from sebridge.rpc.alias import Aliases
from sebridge.rpc.xml_text import Xml
from sebridge.settings.registry import Registry

TakeBack = Callable[[], Awaitable[None]]
"""Ends what was lent."""


class Lender(msgspec.Struct, frozen=True):
    """What of the gateway a configuration can change."""

    registry: Registry
    aliases: Aliases
    endpoints: EndpointAdditions

    async def lend(self, configuration: Configuration, to: str) -> TakeBack:
        """Put a configuration in force, until what is returned is called.

        `to` is said to those who would change the same meanwhile. All or nothing: RequestError
        says what of it cannot be.
        """
        aliases = {name: _xml(name, text) for name, text in configuration.aliases.items()}
        undone: list[Callable[[], object]] = []
        try:
            undone.append(self.aliases.lend(aliases, to))
            undone.append(self.registry.lend(configuration.settings, to))
            take_endpoints_back = await self.endpoints.lend(
                [wanted.entry for wanted in configuration.endpoints],
                [wanted.entry for wanted in configuration.clusters],
                to,
            )
        except BaseException:
            for undo in reversed(undone):
                undo()
            raise

        async def take_back() -> None:
            await take_endpoints_back()
            for undo in reversed(undone):
                undo()

        return take_back


def _xml(name: str, text: str) -> Xml:
    try:
        return Xml(text)
    except MarkupError as error:
        raise ParameterError(f"configuration.aliases.{name}", str(error)) from error
