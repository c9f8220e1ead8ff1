"""Interfaces come and go, and with them their methods."""

from pathlib import Path
import textwrap

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ModuleError, ParameterError
from sebridge.modules.interfaces import Interfaces
from sebridge.modules.loaded_modules import LoadedModules
from tests.modules.user_code import COUNTER, Neighbours, loaded, write


@pytest.fixture
def modules(tmp_path: Path) -> LoadedModules:
    return loaded(tmp_path)


@pytest.fixture
def interfaces(modules: LoadedModules, neighbours: Neighbours) -> Interfaces:
    return Interfaces(modules, neighbours.dispatcher, neighbours.host)


def opened(modules: LoadedModules, code: str) -> None:
    write(Path(modules.paths[0]), "mine", code)
    modules.open("mine")


async def test_the_methods_of_an_interface_can_be_called_until_it_ends(
    modules: LoadedModules, interfaces: Interfaces, neighbours: Neighbours
) -> None:
    opened(modules, COUNTER)

    await interfaces.begin("Counter")
    await interfaces.begin("Counter")
    counted = await neighbours.dispatcher.call("count", {"step": 2})

    assert counted.number == 2  # type: ignore[attr-defined]  # a class of the module
    assert neighbours.dispatcher.methods["count"].module == "mine"
    assert "Counter" in interfaces
    await interfaces.end("Counter")
    await interfaces.end("Counter")
    assert dict(neighbours.dispatcher.methods) == {}
    assert "Counter" not in interfaces
    modules.close("mine")


async def test_what_an_interface_does_beside_ends_with_it(
    modules: LoadedModules, interfaces: Interfaces, neighbours: Neighbours, clock: VirtualClock
) -> None:
    code = textwrap.dedent(COUNTER) + textwrap.dedent("""
        class Ticker(Counter):
            def __init__(self, context):
                super().__init__(context)
                context.spawn(self.tick(), "tick")

            async def tick(self):
                while True:
                    await self._context.clock.sleep(1)
                    self._context.notify("tick", {})

            @method
            async def ticks(self) -> None:
                '''Nothing.'''
    """)
    opened(modules, code)

    await interfaces.begin("Ticker")
    await clock.advance(3)
    await interfaces.end_all()
    await clock.advance(3)

    assert len(neighbours.said) == 3
    assert "ticks" not in neighbours.dispatcher.methods
    modules.close("mine")


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("self._context = context", "1 / 0", "mine.py, line 13: ZeroDivisionError"),
        ("self._context = context", "raise SystemExit", "SystemExit"),
        ("self, context", "self", "TypeError"),
        (") -> CountResponse:", "):", "must say that it returns"),
        (") -> CountResponse:", ") -> int:", "must say that it returns"),
        (") -> CountResponse:", ') -> "Nowhere":', "NameError: name 'Nowhere' is not defined"),
    ],
)
async def test_an_interface_that_breaks_leaves_everything_as_it_was(
    modules: LoadedModules,
    interfaces: Interfaces,
    neighbours: Neighbours,
    before: str,
    after: str,
    problem: str,
) -> None:
    opened(modules, COUNTER.replace(before, after, 1))

    with pytest.raises(ModuleError, match=problem):
        await interfaces.begin("Counter")

    assert dict(neighbours.dispatcher.methods) == {}
    assert "Counter" not in interfaces
    modules.close("mine")


async def test_a_method_that_is_there_already_is_not_replaced(
    modules: LoadedModules, interfaces: Interfaces, neighbours: Neighbours
) -> None:
    opened(modules, textwrap.dedent(COUNTER) + "class Other(Counter):\n    count = Counter.count\n")
    await interfaces.begin("Counter")
    first = neighbours.dispatcher.methods["count"]

    with pytest.raises(ModuleError, match=r"mine\.py: there is a method count already"):
        await interfaces.begin("Other")

    assert neighbours.dispatcher.methods["count"] is first
    await interfaces.end_all()
    modules.close("mine")


@pytest.mark.parametrize("answer", ["None", "dict[str, int]"])
async def test_a_method_may_answer_nothing_or_a_mapping(
    modules: LoadedModules, interfaces: Interfaces, answer: str
) -> None:
    opened(modules, COUNTER.replace("-> CountResponse:", f"-> {answer}:"))

    await interfaces.begin("Counter")

    assert "Counter" in interfaces
    await interfaces.end_all()
    modules.close("mine")


async def test_a_built_in_interface_is_there_anyway(
    interfaces: Interfaces, neighbours: Neighbours
) -> None:
    await interfaces.begin("RPC_SE_Interface")

    assert dict(neighbours.dispatcher.methods) == {}


async def test_an_unknown_class_is_a_wrong_parameter(interfaces: Interfaces) -> None:
    with pytest.raises(ParameterError, match="interface_class"):
        await interfaces.begin("Nobody")
