"""Modules and interfaces: added, removed, broken, and over a restart."""

import logging
from pathlib import Path
import sys

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ModuleError, ParameterError, RefusedError
from sebridge.base.signals import SignalBus
from sebridge.gateway.endpoint import Endpoint, LocalEndpoints
from sebridge.modules.additions_store import AdditionsStore
from sebridge.modules.assembly import Assembly
from sebridge.modules.class_table import Kind
from sebridge.modules.endpoint_additions import EndpointAdditions
from sebridge.modules.endpoints import Endpoints
from sebridge.modules.interfaces import Interfaces
from sebridge.settings.additions import AddedEndpoint
from sebridge.zcl.identifiers import SE_ENDPOINT, SE_PROFILE
from tests.gateway.radio_side import RecordingSender, Trust
from tests.modules.user_code import COUNTER, LAMP, Neighbours, loaded, write

LAMP_2 = AddedEndpoint(endpoint_class="LampEndpoint", endpoint_id=2)


class Gateway:
    """What modules come to: methods, endpoints, and a store."""

    def __init__(self, clock: VirtualClock, directory: Path | None, store: AdditionsStore) -> None:
        self.neighbours = Neighbours(clock)
        self.store = store
        trust = Trust()
        exchange = trust.exchange(RecordingSender(), clock)
        ours = Endpoint(SE_ENDPOINT, SE_PROFILE, 0x0500, ())
        bus = SignalBus(strict=True)
        self.endpoints = LocalEndpoints(bus, [ours])
        self.router = trust.router(self.endpoints, exchange, clock, bus)
        modules = loaded(directory)
        dispatcher = self.neighbours.dispatcher
        self.assembly = Assembly(
            store,
            modules,
            Interfaces(modules, dispatcher, self.neighbours.host),
            EndpointAdditions(store, Endpoints(modules, self.endpoints, trust.encryption)),
        )

    @property
    def methods(self) -> list[str]:
        return sorted(self.neighbours.dispatcher.methods)

    def state(self) -> object:
        """Return all that a request that fails must leave as it was."""
        classes = self.assembly.loaded.classes
        return (
            self.methods,
            sorted(self.router.endpoints),
            {kind: [known.name for known in classes.all(kind)] for kind in Kind},
            list(self.assembly.loaded),
            list(self.store.modules),
            list(self.store.interfaces),
            sorted(name for name in sys.modules if name.startswith("sebridge_modules")),
        )


@pytest.fixture
def store() -> AdditionsStore:
    return AdditionsStore({}, {}, {}, {})


@pytest.fixture
def gateway(clock: VirtualClock, tmp_path: Path, store: AdditionsStore) -> Gateway:
    write(tmp_path, "counter", COUNTER)
    write(tmp_path, "lamp", LAMP)
    return Gateway(clock, tmp_path, store)


async def filled(gateway: Gateway) -> None:
    """Add a module of each kind, an interface and an endpoint."""
    await gateway.assembly.start()
    await gateway.assembly.add_module("counter")
    await gateway.assembly.add_module("lamp")
    await gateway.assembly.add_interface("Counter")
    gateway.assembly.endpoints.add_endpoint(LAMP_2)


async def test_everything_is_there_again_after_a_restart(
    gateway: Gateway, clock: VirtualClock, tmp_path: Path, store: AdditionsStore
) -> None:
    await filled(gateway)
    await gateway.assembly.stop()

    again = Gateway(clock, tmp_path, store)
    await again.assembly.start()

    assert again.methods == ["count"]
    assert sorted(again.router.endpoints) == [2, SE_ENDPOINT]
    assert list(again.assembly.loaded) == ["counter", "lamp"]
    await again.assembly.stop()
    assert again.methods == []
    assert not [name for name in sys.modules if name.startswith("sebridge_modules")]


async def test_a_removed_module_takes_away_what_is_of_it_at_once(gateway: Gateway) -> None:
    await filled(gateway)

    await gateway.assembly.remove_module("counter")
    await gateway.assembly.remove_module("lamp")

    assert gateway.methods == []
    assert list(gateway.router.endpoints) == [SE_ENDPOINT]
    assert list(gateway.assembly.loaded) == []
    assert list(gateway.store.modules) == []
    await gateway.assembly.stop()


async def test_a_module_that_is_added_anew_is_the_new_file_with_all_that_was_made_of_it(
    gateway: Gateway, tmp_path: Path
) -> None:
    await filled(gateway)
    for name in ("counter", "lamp"):
        await gateway.assembly.remove_module(name)
    write(tmp_path, "counter", COUNTER.replace("+ step", "+ 100 * step"))

    for name in ("counter", "lamp"):
        await gateway.assembly.add_module(name)
    counted = await gateway.neighbours.dispatcher.call("count", {})

    assert counted.number == 100  # type: ignore[attr-defined]  # a class of the module
    assert sorted(gateway.router.endpoints) == [2, SE_ENDPOINT]
    await gateway.assembly.stop()


@pytest.mark.parametrize(
    "code",
    [
        "class (",
        "1 / 0",
        "raise SystemExit",
        LAMP.replace("LampServer", "ZCL_Cluster"),
        LAMP,  # its classes are those of another module
        "x = 1",
    ],
    ids=["syntax", "import", "exit", "clash", "clash of modules", "empty"],
)
async def test_a_broken_module_leaves_everything_as_it_was(
    gateway: Gateway, tmp_path: Path, code: str
) -> None:
    await filled(gateway)
    write(tmp_path, "broken", code)
    before = gateway.state()

    with pytest.raises(ModuleError, match=r"broken\.py") as refusal:
        await gateway.assembly.add_module("broken")

    assert gateway.state() == before
    assert str(tmp_path) not in str(refusal.value)
    await gateway.assembly.stop()


async def test_a_module_that_broke_meanwhile_is_told_and_stays_among_what_is_kept(
    gateway: Gateway,
    clock: VirtualClock,
    tmp_path: Path,
    store: AdditionsStore,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await filled(gateway)
    await gateway.assembly.stop()
    write(tmp_path, "counter", "1 / 0")
    again = Gateway(clock, tmp_path, store)

    with caplog.at_level(logging.WARNING):
        await again.assembly.start()

    assert "module counter is not loaded: counter.py, line 1: ZeroDivisionError" in caplog.text
    assert "interface Counter waits" in caplog.text
    assert again.methods == []
    assert sorted(again.router.endpoints) == [2, SE_ENDPOINT]
    write(tmp_path, "counter", COUNTER)
    await again.assembly.add_module("counter")
    assert again.methods == ["count"]
    await again.assembly.stop()


async def test_without_a_directory_modules_are_refused_and_what_is_kept_is_kept(
    gateway: Gateway, clock: VirtualClock, store: AdditionsStore
) -> None:
    await filled(gateway)
    await gateway.assembly.stop()
    without = Gateway(clock, None, store)
    await without.assembly.start()

    with pytest.raises(RefusedError, match=r"modules\.directory is not configured"):
        await without.assembly.add_module("garden")

    assert list(store.modules) == ["counter", "lamp"]
    await without.assembly.remove_module("lamp")
    assert list(store.modules) == ["counter"]
    await without.assembly.stop()


async def test_a_module_that_is_not_loaded_may_be_removed(gateway: Gateway) -> None:
    await filled(gateway)

    for name in ("lamp", "lamp", "nothing", "RPC_SE_Interface"):
        await gateway.assembly.remove_module(name)

    assert list(gateway.store.modules) == ["counter"]
    await gateway.assembly.stop()


async def test_only_an_interface_that_was_added_is_removed(gateway: Gateway) -> None:
    with pytest.raises(ParameterError, match="interface_class: only one that was added"):
        await gateway.assembly.remove_interface("Counter")
    with pytest.raises(RefusedError, match="RPC_SE_Interface is part of the gateway"):
        await gateway.assembly.remove_interface("RPC_SE_Interface")


async def test_an_interface_comes_once_and_goes_for_good(
    gateway: Gateway, clock: VirtualClock, tmp_path: Path, store: AdditionsStore
) -> None:
    await filled(gateway)

    with pytest.raises(ParameterError, match="Counter is added already"):
        await gateway.assembly.add_interface("Counter")
    await gateway.assembly.remove_interface("Counter")

    assert gateway.methods == []
    await gateway.assembly.stop()
    again = Gateway(clock, tmp_path, store)
    await again.assembly.start()
    assert again.methods == []
    await again.assembly.stop()


async def test_an_interface_that_waits_can_be_removed(gateway: Gateway) -> None:
    await filled(gateway)
    await gateway.assembly.remove_module("counter")

    await gateway.assembly.remove_interface("Counter")
    await gateway.assembly.add_module("counter")

    assert gateway.methods == []
    await gateway.assembly.stop()


async def test_what_the_first_gateways_had_as_modules_is_there_without_a_file(
    gateway: Gateway,
) -> None:
    await gateway.assembly.start()

    await gateway.assembly.add_module("RPC_SE_Interface")
    await gateway.assembly.add_interface("RPC_SE_Interface")

    assert list(gateway.assembly.loaded) == []
    assert list(gateway.store.modules) == ["RPC_SE_Interface"]
    assert list(gateway.store.interfaces) == ["RPC_SE_Interface"]
    await gateway.assembly.remove_module("RPC_SE_Interface")
    assert list(gateway.store.modules) == []
    await gateway.assembly.stop()


async def test_a_new_interface_of_another_module_may_not_take_a_method_away(
    gateway: Gateway, tmp_path: Path
) -> None:
    await filled(gateway)
    write(tmp_path, "other", COUNTER.replace("class Counter:", "class Other:"))
    await gateway.assembly.add_module("other")
    before = gateway.state()

    with pytest.raises(ModuleError, match=r"other\.py: there is a method count already"):
        await gateway.assembly.add_interface("Other")

    assert gateway.state() == before
    await gateway.assembly.stop()
