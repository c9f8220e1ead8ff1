"""A directory with code of the user, and what stands around such code."""

from collections.abc import Mapping
from pathlib import Path
import textwrap
from typing import Any

from sebridge.base.clock import VirtualClock
from sebridge.features.basic.cluster import BasicServer
from sebridge.features.price.server import PriceServer
from sebridge.gateway.generic import GenericCluster
from sebridge.modules.class_table import ClassTable, Kind, KnownClass, described
from sebridge.modules.cluster_class import ClusterInstance
from sebridge.modules.endpoint_class import EndpointClass
from sebridge.modules.interface_context import ModuleHost, Store
from sebridge.modules.loaded_modules import LoadedModules
from sebridge.modules.loader import Loader
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.message import Notification

COUNTER = """
    from dataclasses import dataclass
    from sebridge.rpc.method import method

    @dataclass(frozen=True)
    class CountResponse:
        number: int

    class Counter:
        '''Counts.'''

        def __init__(self, context):
            self._context = context

        @method
        async def count(self, step: int = 1) -> CountResponse:
            '''Count on.'''
            number = self._context.store.get("number", 0) + step
            self._context.store["number"] = number
            return CountResponse(number)
"""
"""A module with an interface class and nothing else."""

LAMP = """
    from sebridge.gateway.cluster import LocalCluster
    from sebridge.modules.endpoint_class import EndpointClass
    from sebridge.zcl.cluster import ClusterDefinition

    class LampServer(LocalCluster):
        '''A lamp.'''
        definition = ClusterDefinition(0x0006, "on_off")
        server = True

    class LampEndpoint(EndpointClass):
        '''A lamp and nothing else.'''
        profile_id = 0x0104
        device_id = 0x0100
        device_version = 2

        def clusters(self):
            return [LampServer()]
"""
"""A module with a cluster class, and an endpoint class that has such a cluster."""


def write(directory: Path, name: str, code: str) -> Path:
    """Put a module into a directory."""
    file = directory / f"{name}.py"
    file.write_text(textwrap.dedent(code))
    return file


class AnyEndpoint(EndpointClass):
    """An endpoint without defaults."""


def built_in() -> Mapping[Kind, list[KnownClass]]:
    """Return a few classes that are always there."""
    return {
        Kind.INTERFACE: [KnownClass("RPC_SE_Interface", "api", "Built in.")],
        Kind.ENDPOINT: [described(AnyEndpoint, "here", make=AnyEndpoint)],
        Kind.CLUSTER: [
            KnownClass(
                "ZCL_Cluster",
                "here",
                "Any.",
                GenericCluster,
                lambda _endpoint_id: ClusterInstance(cluster=GenericCluster()),
            ),
            described(
                BasicServer,
                "here",
                make=lambda _endpoint_id: ClusterInstance(cluster=BasicServer("maker", "model")),
            ),
            described(PriceServer, "here"),
        ],
    }


def loaded(directory: Path | None) -> LoadedModules:
    """Return a loaded of a directory beside the classes that are always there."""
    return LoadedModules(Loader(directory), ClassTable(built_in()))


async def durable() -> None:
    """Memory is as durable as the test."""


class Neighbours:
    """What interfaces share: a dispatcher with its methods, and all that was said."""

    def __init__(self, clock: VirtualClock) -> None:
        self.dispatcher = Dispatcher(durable)
        self.said: list[Notification] = []
        self.kept: dict[tuple[str, str], Any] = {}
        store: Store = self.kept
        self.host = ModuleHost(
            call=self.dispatcher.call, notify=self.said.append, clock=clock, store=store
        )
