"""JSON-RPC documents, carried out and answered."""

import json
from typing import Any

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import Reason
from sebridge.rpc.json_codec import read_document
from sebridge.rpc.json_document import carry_out
from sebridge.rpc.message import Caller, Request, Response, RpcError, Scope
from sebridge.rpc.quota import Quota, QuotaLimits

ASKED: list[str] = []
CALLER = Caller("mqtt", Scope.ADMIN)


async def answer(request: Request) -> Response:
    """Know the method `name` alone."""
    ASKED.append(request.method)
    if request.method == "name":
        return Response(request.method, None)
    return Response(request.method, None, RpcError(Reason.UNKNOWN_METHOD, "no such method"))


async def answered(value: Any) -> Any:
    """Return what the caller hears, None for nothing at all."""
    ASKED.clear()
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    document = read_document(text)
    quota, clock = Quota(QuotaLimits()), VirtualClock()
    with quota.lease(CALLER, 1, clock.monotonic(), of_several=False) as lease:
        reply = await carry_out(document, answer, lease, clock)
    return None if reply.body is None else json.loads(reply.body)


def call(method: str, **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, **more}


async def test_a_request_is_answered_with_its_id() -> None:
    assert await answered(call("name", id=7)) == {"jsonrpc": "2.0", "result": {}, "id": 7}


async def test_a_batch_is_answered_in_its_order() -> None:
    answers = await answered([call("name", id=1), 5, call("other", id="x")])

    assert [(one["id"], "error" in one) for one in answers] == [
        (1, False),
        (None, True),
        ("x", True),
    ]
    assert ASKED == ["name", "other"]


async def test_notifications_are_carried_out_and_not_answered() -> None:
    assert await answered(call("name")) is None
    assert ASKED == ["name"]
    assert await answered([call("name"), call("other")]) is None
    assert ASKED == ["name", "other"]


async def test_a_notification_in_a_batch_is_left_out() -> None:
    answers = await answered([call("name"), call("name", id=2)])

    assert [one["id"] for one in answers] == [2]


async def test_what_is_no_json_says_so() -> None:
    found = await answered(b"{")

    assert (found["id"], found["error"]["code"]) == (None, -32700)
    assert ASKED == []
