"""What is told of requests that components of Home Assistant sent."""

from dataclasses import dataclass
from typing import Any

import pytest

from sebridge.base.errors import ParameterError
from sebridge.homeassistant.actions import failure_of
from sebridge.rpc.message import Response, RpcError

MARK = "home_assistant"


@dataclass(frozen=True)
class Answer:
    status: int = 0
    reason: Any = None


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (Response("identify", None, RpcError.of(ParameterError("x", "is wrong")), MARK), "x: is"),
        (Response("identify", Answer(0x8A, "exists"), None, MARK), "exists"),
        (Response("identify", Answer(0x8B), None, MARK), "status 0x8B (NOT_FOUND)"),
        (Response("identify", Answer(0xEE), None, MARK), "status 0xEE"),
    ],
)
def test_what_failed_is_told_with_its_method_and_reason(response: Response, problem: str) -> None:
    told = failure_of(response)

    assert told is not None
    assert told.severity == 2
    assert told.description.startswith(f"identify, sent by Home Assistant, failed: {problem}")
    assert told.request_identifier == MARK


@pytest.mark.parametrize(
    "response",
    [
        Response("identify", Answer(), None, MARK),
        Response("exit", None, None, MARK),
        Response("identify", Answer(0x8A, "exists"), None, 7),
        Response("identify", Answer(0x8A, "exists")),
    ],
)
def test_what_succeeded_and_what_others_sent_is_not_told(response: Response) -> None:
    assert failure_of(response) is None
