"""Call methods by name; errors become answers."""

from dataclasses import dataclass
import logging

import pytest
from typing_extensions import override

from sebridge.base.errors import (
    NotJoinedError,
    NotStoredError,
    Reason,
    RefusedError,
    StorageError,
)
from sebridge.model.values import ABSENT
from sebridge.rpc.dispatcher import Dispatcher, Outcome, Witness
from sebridge.rpc.message import Caller, Request, Response, RpcError, Scope
from sebridge.rpc.method import method


@dataclass(frozen=True)
class Sum:
    total: int


class Arithmetic:
    """Methods to call."""

    def __init__(self, log: list[str]) -> None:
        self.log = log

    @method
    async def add(self, left: int, right: int = 1) -> Sum:
        """Add two numbers."""
        self.log.append("called")
        return Sum(left + right)

    @method(scope=Scope.READ)
    async def count(self) -> Sum:
        """Say how often something was added."""
        return Sum(len(self.log))

    @method(scope=Scope.ADMIN)
    async def fail(self) -> Sum:
        """Be refused."""
        raise NotJoinedError

    @method
    async def crash(self) -> Sum:
        """Have a bug."""
        raise ZeroDivisionError("secret 1234")


class More:
    """Methods that come later."""

    @method
    async def twice(self, number: int) -> Sum:
        """Double a number."""
        return Sum(2 * number)


class Desk:
    """A dispatcher, and what happened in which order."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.dispatcher = Dispatcher(self._durable)
        self.dispatcher.register([Arithmetic(self.log)])

    async def _durable(self) -> None:
        self.log.append("durable")


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_call_is_answered_with_its_result(desk: Desk) -> None:
    answer = await desk.dispatcher.answer(Request("add", {"left": 2, "right": "3"}))

    assert answer == Response("add", Sum(5))


async def test_what_is_acknowledged_is_durable_before(desk: Desk) -> None:
    await desk.dispatcher.answer(Request("add", {"left": 2}))

    assert desk.log == ["called", "durable"]


async def test_the_request_identifier_comes_back(desk: Desk) -> None:
    in_params = Request("add", {"left": 1, "request_identifier": {"any": "thing"}})
    beside = Request("add", {"left": 1}, request_identifier=7)

    assert (await desk.dispatcher.answer(in_params)).request_identifier == {"any": "thing"}
    assert (await desk.dispatcher.answer(beside)).request_identifier == 7
    assert (await desk.dispatcher.answer(Request("add", {"left": 1}))).request_identifier is ABSENT


async def test_the_request_identifier_comes_back_with_an_error_too(desk: Desk) -> None:
    answer = await desk.dispatcher.answer(Request("fail", {"request_identifier": "x"}))

    assert answer.error is not None
    assert answer.request_identifier == "x"


@pytest.mark.parametrize(
    ("request_", "code", "data"),
    [
        (Request("multiply"), -32601, {}),
        (Request("add"), -32602, {"parameter": "left"}),
        (Request("add", {"left": "x"}), -32602, {"parameter": "left"}),
        (Request("add", {"left": 1, "middle": 2}), -32602, {"parameter": "middle"}),
        (Request("fail"), -32000, {}),
    ],
)
async def test_an_error_becomes_the_answer(
    desk: Desk, request_: Request, code: int, data: dict[str, object]
) -> None:
    answer = await desk.dispatcher.answer(request_)

    assert answer.result is None
    assert answer.error is not None
    assert (answer.error.code, answer.error.data) == (code, data)
    assert desk.log == []


@pytest.mark.parametrize(
    ("name", "params", "problem"),
    [
        ("ad", {}, "there is no method 'ad'; is add meant?"),
        ("nonsense", {}, "there is no method 'nonsense'"),
        ("add", {"left": 1, "rihgt": 2}, "rihgt: add has no such parameter; is right meant?"),
    ],
)
async def test_a_near_name_is_suggested(
    desk: Desk, name: str, params: dict[str, int], problem: str
) -> None:
    response = await desk.dispatcher.answer(Request(name, params))

    assert response.error is not None
    assert response.error.message == problem


async def test_an_unknown_method_is_shown_cut(desk: Desk) -> None:
    answer = await desk.dispatcher.answer(Request("x" * 10_000))

    assert answer.error is not None
    assert len(answer.error.message) < 200


async def test_a_bug_is_logged_with_its_trace_and_not_told_to_the_caller(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await desk.dispatcher.answer(Request("crash", {"request_identifier": 1}))

    assert answer.error == RpcError(Reason.INTERNAL, "internal error")
    assert answer.request_identifier == 1
    assert caplog.messages == ["crash failed"]
    assert caplog.records[0].exc_info is not None


async def refuse() -> None:
    raise StorageError("disk full")


async def test_what_is_in_force_and_not_on_the_disk_is_told() -> None:
    dispatcher = Dispatcher(refuse)
    dispatcher.register([Arithmetic([])])

    answer = await dispatcher.answer(Request("add", {"left": 1, "request_identifier": 5}))

    assert answer.error is not None
    assert answer.error.code == -32006
    assert answer.error.message == (
        "carried out and in force, but not on disk: disk full;"
        " it is written as soon as the disk takes it, and lost if the bridge ends before"
    )
    assert answer.error.data == {"carried_out": True}
    assert answer.request_identifier == 5


async def test_code_that_calls_a_method_hears_of_it_too() -> None:
    dispatcher = Dispatcher(refuse)
    dispatcher.register([Arithmetic([])])

    with pytest.raises(NotStoredError, match="in force, but not on disk: disk full"):
        await dispatcher.call("add", {"left": 1})


async def test_who_only_reads_does_not_wait_for_the_disk() -> None:
    dispatcher = Dispatcher(refuse)
    dispatcher.register([Arithmetic([])])

    answer = await dispatcher.answer(Request("count", {}))
    result = await dispatcher.call("count", {})

    assert answer.result == result == Sum(0)


class Listening(Witness):
    """Writes down what it hears."""

    def __init__(self, log: list[str]) -> None:
        self._log = log

    @override
    def begins(self) -> None:
        self._log.append("begins")

    @override
    def ends(self, response: Response) -> None:
        self._log.append(f"{response.result}")


async def test_a_call_is_told_of_before_it_and_its_response_before_the_disk_is_waited_for(
    desk: Desk,
) -> None:
    await desk.dispatcher.answer(Request("add", {"left": 2}), witness=Listening(desk.log))

    assert desk.log == ["begins", "called", "Sum(total=3)", "durable"]


@pytest.mark.parametrize("request_", [Request("count"), Request("add"), Request("nothing")])
async def test_of_what_cannot_change_anything_nobody_is_told(desk: Desk, request_: Request) -> None:
    heard: list[str] = []

    await desk.dispatcher.answer(request_, witness=Listening(heard))

    assert heard == []


def test_the_methods_are_known_by_name(desk: Desk) -> None:
    assert sorted(desk.dispatcher.methods) == ["add", "count", "crash", "fail"]


def test_two_methods_of_one_name_are_a_mistake_of_ours(desk: Desk) -> None:
    with pytest.raises(ValueError, match="two methods are called add"):
        desk.dispatcher.register([Arithmetic([])])


async def test_a_caller_without_the_right_changes_nothing(desk: Desk) -> None:
    reader = Caller("http", Scope.READ)

    answer = await desk.dispatcher.answer(Request("add", {"left": 2}), reader)

    assert answer.error is not None
    assert answer.error.code == -32004
    assert "needs the scope command" in answer.error.message
    assert desk.log == []


async def test_the_gateway_itself_may_do_everything(desk: Desk) -> None:
    answer = await desk.dispatcher.answer(Request("fail"))

    assert answer.error is not None
    assert answer.error.reason is NotJoinedError.reason


async def test_methods_can_be_taken_away_again(desk: Desk) -> None:
    more = More()
    desk.dispatcher.register([more])
    assert (await desk.dispatcher.answer(Request("twice", {"number": 2}))).result == Sum(4)

    desk.dispatcher.unregister(more)

    answer = await desk.dispatcher.answer(Request("twice", {"number": 2}))
    assert answer.error is not None
    assert answer.error.code == -32601
    assert (await desk.dispatcher.answer(Request("add", {"left": 1}))).error is None


async def test_what_became_of_calls_is_counted_by_interface_and_method(desk: Desk) -> None:
    reader = Caller("http", Scope.READ)
    for request, caller in (
        (Request("add", {"left": 1}), reader),
        (Request("add", {"left": 1}), Caller("mqtt", Scope.ADMIN)),
        (Request("add", {"left": 1}), Caller("mqtt", Scope.ADMIN)),
        (Request("fail"), reader),
        (Request("crash"), Caller("mqtt", Scope.ADMIN)),
        (Request("guess 1"), reader),
        (Request("guess 2"), reader),
    ):
        await desk.dispatcher.answer(request, caller)

    assert desk.dispatcher.outcomes == {
        Outcome("http", "add", "refused"): 1,
        Outcome("mqtt", "add", "ok"): 2,
        Outcome("http", "fail", "refused"): 1,
        Outcome("mqtt", "crash", "error"): 1,
        # names that anybody can make up do not pile up
        Outcome("http", "", "error"): 2,
    }


def test_what_is_no_method_is_bounded_by_the_same_policy(desk: Desk) -> None:
    desk.dispatcher.check("ask_fleet", Scope.ADMIN, Caller("http", Scope.ADMIN))

    with pytest.raises(RefusedError, match="ask_fleet needs the scope admin"):
        desk.dispatcher.check("ask_fleet", Scope.ADMIN, Caller("http", Scope.COMMAND))


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit])
async def test_a_method_cannot_end_the_process(
    desk: Desk, raised: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    class Ending:
        @method
        async def end(self) -> Sum:
            """End everything."""
            raise raised

    desk.dispatcher.register([Ending()])

    answer = await desk.dispatcher.answer(Request("end"))

    assert answer.error == RpcError(Reason.INTERNAL, "internal error")
    assert "end failed" in caplog.messages
