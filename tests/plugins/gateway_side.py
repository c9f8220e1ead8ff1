"""What a gateway lends to plug-ins, without the gateway."""

from pathlib import Path
from typing import Any

from sebridge.base.signals import SignalBus
from sebridge.gateway.endpoint import LocalEndpoints
from sebridge.modules.additions_store import AdditionsStore
from sebridge.modules.endpoint_additions import EndpointAdditions
from sebridge.modules.endpoints import Endpoints
from sebridge.plugins.host import Host
from sebridge.plugins.lending import Lender
from sebridge.plugins.routes import PluginRoutes
from sebridge.rpc.alias import Aliases
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.settings.registry import Registry
from tests.doubles import RecordingBroker
from tests.gateway.radio_side import Trust
from tests.modules.user_code import loaded

BRANCH = "sebridge/home/plugin"
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


def host(
    board: RecordingBroker, dispatcher: Dispatcher, kept: Any = None, later: Any = None
) -> Host:
    """Return what plug-ins have of a gateway; `kept` has what survives.

    What is done later is put into the list `later`, or done at once where there is none.
    """
    kept = {} if kept is None else kept
    return Host(
        branch=BRANCH,
        board=board,
        methods=dispatcher,
        routes=PluginRoutes(),
        pages=kept.setdefault("pages", {}),
        entities=kept.setdefault("entities", {}),
        entities_changed=lambda: board.stream("entities", b"changed"),
        later=lambda _seconds, function: function() if later is None else later.append(function),
    )
