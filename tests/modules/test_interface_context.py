"""The gateway as an interface of the user sees it."""

import asyncio
from dataclasses import dataclass

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ParameterError, RefusedError
from sebridge.modules.context import Context
from sebridge.modules.interface_context import InterfaceContext, notification
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method
from tests.modules.user_code import Neighbours


@dataclass(frozen=True)
class SumResponse:
    total: int


class Sums:
    @method(scope=Scope.ADMIN)
    async def add(self, first: int, second: int) -> SumResponse:
        """Add."""
        return SumResponse(first + second)

    @method
    async def refuse(self) -> None:
        """Refuse."""
        raise RefusedError("not today")

    @method
    async def nothing(self) -> None:
        """Do nothing."""


@pytest.fixture
def context(neighbours: Neighbours) -> Context:
    neighbours.dispatcher.register([Sums()])
    return InterfaceContext("Garden", neighbours.host)


async def test_methods_are_called_and_answer_in_plain_values(context: Context) -> None:
    assert await context.call("add", first=1, second="0x10") == {"total": 17}
    assert await context.call("nothing") == {}


async def test_an_error_of_a_method_is_the_error_of_the_call(context: Context) -> None:
    with pytest.raises(RefusedError, match="not today"):
        await context.call("refuse")
    with pytest.raises(ParameterError, match="first"):
        await context.call("add", second=1)


def test_what_is_notified_goes_out_with_the_time(
    context: Context, neighbours: Neighbours, clock: VirtualClock
) -> None:
    context.notify("garden_watered", {"bed": "roses"})
    context.notify("garden_sum", SumResponse(3))

    assert [(m.name, m.parameters, m.time) for m in neighbours.said] == [
        ("garden_watered", {"bed": "roses"}, clock.utc()),
        ("garden_sum", SumResponse(3), clock.utc()),
    ]


@pytest.mark.parametrize(
    ("name", "parameters", "wrong"),
    [("a/b", {}, "name"), ("", {}, "name"), ("a", [1], "parameters"), ("a", object(), "param")],
)
def test_what_cannot_be_told_is_refused(name: str, parameters: object, wrong: str) -> None:
    with pytest.raises(ParameterError, match=wrong):
        notification(name, parameters, 0)


def test_each_class_has_a_store_of_its_own(neighbours: Neighbours) -> None:
    garden = InterfaceContext("Garden", neighbours.host).store
    house = InterfaceContext("House", neighbours.host).store

    garden["beds"] = ("roses", "peas")
    house["rooms"] = 3

    assert dict(garden) == {"beds": ["roses", "peas"]}
    assert (len(garden), len(house)) == (1, 1)
    del garden["beds"]
    assert neighbours.kept == {("House", "rooms"): 3}


def test_a_store_says_what_is_not_there_or_cannot_be_kept(context: Context) -> None:
    store = context.store

    with pytest.raises(KeyError, match=r"^'beds'$"):
        store["beds"]
    with pytest.raises(KeyError, match=r"^'beds'$"):
        del store["beds"]
    with pytest.raises(TypeError):
        store["beds"] = object()
    with pytest.raises(TypeError, match="under text"):
        store[1] = 2  # type: ignore[index]  # as code of the user may do
    assert "beds" not in store


async def test_what_is_spawned_ends_with_the_interface(
    neighbours: Neighbours, clock: VirtualClock
) -> None:
    context = InterfaceContext("Garden", neighbours.host)
    ended = []

    async def work() -> None:
        try:
            await context.clock.sleep(60)
        finally:
            ended.append("yes")

    context.spawn(work(), "work")
    await clock.settle()
    await context.stop()

    assert ended == ["yes"]
    assert context.name == "Garden"


async def test_work_of_an_interface_cannot_end_the_process(
    neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    context = InterfaceContext("Garden", neighbours.host)

    async def end() -> None:
        raise SystemExit(3)

    task = context.spawn(end(), "watering")
    await asyncio.wait([task])

    assert isinstance(task.exception(), RuntimeError)
    assert "Garden: watering failed" in caplog.text
