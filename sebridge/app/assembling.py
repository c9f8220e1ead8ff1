"""Put together what code of the user and added endpoints stand on."""

from collections.abc import Callable, Mapping, Sequence
import logging
from typing import Any

import msgspec

from sebridge.app.built_in_classes import built_in_classes
from sebridge.base.clock import Clock
from sebridge.base.errors import ParameterError
from sebridge.base.signals import SignalBus
from sebridge.feature import Feature
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.encryption import EncryptionRules
from sebridge.gateway.endpoint import LocalEndpoints
from sebridge.modules.additions_store import AdditionsStore
from sebridge.modules.assembly import Assembly
from sebridge.modules.class_table import ClassTable
from sebridge.modules.cluster_class import MakeCluster
from sebridge.modules.endpoint_additions import EndpointAdditions
from sebridge.modules.endpoints import Endpoints
from sebridge.modules.interface_context import ModuleHost, notification
from sebridge.modules.interfaces import Interfaces
from sebridge.modules.loaded_modules import LoadedModules
from sebridge.modules.loader import Loader
from sebridge.modules.signals import Notice
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.message import Notification
from sebridge.settings.options import ModulesOptions
from sebridge.storage.collection import OpenCollection

_LOGGER = logging.getLogger(__name__)


class UserCode(msgspec.Struct, frozen=True, kw_only=True):
    """What code of the user speaks with and goes by; `zigbee_now` is the network's time."""

    notify: Callable[[Notification], object]
    clock: Clock
    zigbee_now: Callable[[], int]
    bus: SignalBus


def assemble(
    options: ModulesOptions,
    open_collection: OpenCollection,
    endpoints: LocalEndpoints,
    dispatcher: Dispatcher,
    code: UserCode,
    encryption: EncryptionRules,
    features: Sequence[Feature],
    makers: Mapping[type[LocalCluster], MakeCluster],
) -> Assembly:
    """Return what adds and removes modules, interfaces, endpoints and clusters."""
    classes = ClassTable(built_in_classes(features, code.zigbee_now, code.clock.monotonic, makers))
    loaded = LoadedModules(Loader(options.directory), classes)
    host = ModuleHost(
        call=dispatcher.call,
        notify=code.notify,
        clock=code.clock,
        store=open_collection("module_store", tuple[str, str], Any),
    )
    store = AdditionsStore.kept_by(open_collection)
    interfaces = Interfaces(loaded, dispatcher, host)
    added = Endpoints(loaded, endpoints, encryption)
    _tell_notices(code)
    return Assembly(store, loaded, interfaces, EndpointAdditions(store, added))


def _tell_notices(code: UserCode) -> None:
    """Tell the world what clusters of the user have to say."""

    def tell(notice: Notice) -> None:
        try:
            told = notification(notice.name, notice.parameters, code.clock.utc())
        except ParameterError as error:
            _LOGGER.warning("a notice of a module is not told: %s", error)
            return
        code.notify(told)

    code.bus.listen(Notice, tell)
