"""Alias requests: names for pieces of XML that are put in place wherever they are used."""

from collections.abc import Mapping

import msgspec

from sebridge.base.errors import AliasError, ParameterError
from sebridge.model.values import Repeated
from sebridge.rpc.alias import Aliases
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method
from sebridge.rpc.xml_text import Xml


class AddAliasResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The name of the alias; where several were defined, the name of each."""

    alias_name: str | Repeated[str]


class ListAliasesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What each alias stands for."""

    alias_list: Mapping[str, Xml]


class AliasMethods:
    """Requests about the aliases of this gateway."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases

    @method
    async def add_alias(self, **alias_name: Xml) -> AddAliasResponse:
        """Define aliases: each parameter's name is that of an alias, its value the XML for it.

        An alias that is there already is replaced. It survives a restart. In an XML request an
        element of that name with type="alias" stands for a parameter, several, or whole requests.
        """
        if not alias_name:
            raise ParameterError("alias_name", "is missing")
        for name, content in alias_name.items():
            self._aliases.define(name, content)
        names = tuple(alias_name)
        return AddAliasResponse(alias_name=names[0] if len(names) == 1 else Repeated(names))

    @method
    async def remove_alias(self, **alias_name: None) -> Mapping[str, bool]:
        """Forget aliases: each parameter's name is that of an alias, without a value.

        The answer says for each name whether there was such an alias.
        """
        if not alias_name:
            raise ParameterError("alias_name", "is missing")
        return {name: self._removed(name) for name in alias_name}

    @method(scope=Scope.READ)
    async def list_aliases(self) -> ListAliasesResponse:
        """Return all aliases, with the XML that each stands for."""
        return ListAliasesResponse(alias_list=self._aliases.definitions())

    def _removed(self, name: str) -> bool:
        try:
            self._aliases.remove(name)
        except AliasError:
            return False
        return True
