"""What a gateway lends to plug-ins, without the gateway."""

from pathlib import Path
from typing import Any

from sebridge.base.signals import SignalBus
from sebridge.gateway.endpoint import LocalEndpoints
from sebridge.modules.additions_store import AdditionsStore
from sebridge.modules.endpoint_additions import EndpointAdditions
from sebridge.modules.endpoints import Endpoints
from sebridge.plugins.lending import Lender
from sebridge.rpc.alias import Aliases
from sebridge.settings.registry import Registry
from tests.gateway.radio_side import Trust
from tests.modules.user_code import loaded

TIMEOUT = "Conversation.default_timeout"


class Lending:
    def __init__(self, folder: Path) -> None:
        bus = SignalBus(strict=True)
        self.kept: dict[str, Any] = {}
        self.endpoints = LocalEndpoints(bus, [])
        added = Endpoints(loaded(folder), self.endpoints, Trust().encryption)
        self.registry = Registry(self.kept, bus)
        self.aliases = Aliases(self.kept)
        self.lender = Lender(
            self.registry,
            self.aliases,
            EndpointAdditions(AdditionsStore({}, {}, {}, {}), added),
        )

    @property
    def present(self) -> tuple[Any, list[str], list[int]]:
        definitions = list(self.aliases.definitions())
        return self.registry.get(TIMEOUT), definitions, sorted(self.endpoints)
