"""All forms of requests, and everything that can be wrong with them."""

import asyncio
from collections.abc import AsyncIterator
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.clock import SystemClock
from sebridge.base.errors import DeliveryError, UnknownMethodError
from sebridge.rpc.json_codec import MAX_BATCH, MAX_SIZE
from sebridge.rpc.message import Caller, Request, Response, RpcError
from sebridge.rpc.quota import Quota, QuotaLimits
from sebridge.transports.mqtt.messages import MAX_PAYLOAD
from sebridge.transports.mqtt.topics import Topics
from tests.transports.mqtt.paper import PaperBroker, rpc_server

TOPICS = Topics("sebridge", "home")
REQUEST, RESPONSE = TOPICS.request, TOPICS.response


class Bridge:
    """Answers with the parameters it was given; `wait` waits, `fail` fails."""

    def __init__(self) -> None:
        self.calls: list[Request] = []
        self.callers: list[Caller] = []
        self.gate = asyncio.Event()

    async def answer(self, request: Request, caller: Caller) -> Response:
        self.callers.append(caller)
        self.calls.append(request)
        if request.method == "wait":
            await self.gate.wait()
        params = dict(request.params)
        identifier = params.pop("request_identifier", request.request_identifier)
        if request.method == "fail":
            error = RpcError.of(DeliveryError("not taken", 0xE9))
            return Response(request.method, None, error, identifier)
        if request.method not in {"echo", "wait"}:
            unknown = RpcError.of(UnknownMethodError("there is no such method"))
            return Response(request.method, None, unknown, identifier)
        return Response(request.method, params, None, identifier)

    async def answer_document(self, document: bytes, caller: Caller) -> bytes:
        self.callers.append(caller)
        if document == b"wait":
            await self.gate.wait()
        return b"<reply>" + document + b"</reply>"


class Server:
    """A server of requests between a broker of paper and the bridge."""

    def __init__(self) -> None:
        self.broker = PaperBroker()
        self.told: list[Response] = []
        self.bridge = Bridge()
        self.server = rpc_server(
            self.broker,
            self.bridge.answer,
            self.bridge.answer_document,
            told=self.told.append,
            quota=Quota(QuotaLimits()),
            clock=SystemClock(),
        )

    async def ask(self, topic: str, payload: bytes | str | Any = b"", **more: Any) -> Any:
        """Bring a request; return the topic and the body of its answer, or None."""
        octets = payload if isinstance(payload, (bytes, str)) else json.dumps(payload)
        self.broker.said.clear()
        self.broker.bring(topic, octets, **more)
        for _ in range(5):
            await asyncio.sleep(0)
        answers = self.broker.answers()
        assert len(answers) <= 1
        return answers[0] if answers else None


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    await server.server.start()
    yield server
    await server.server.stop()


def rpc(method: str = "echo", params: Any = None, **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params or {}} | more


# ------------------------------------------------------------------ the bare form


@pytest.mark.parametrize("payload", [b"", b"  \n", b"{}"])
async def test_an_empty_payload_means_no_parameters(server: Server, payload: bytes) -> None:
    answer = await server.ask(f"{REQUEST}/echo", payload)

    assert answer == (f"{RESPONSE}/echo", {"status": "ok", "result": {}})


async def test_the_bare_form_has_the_parameters_alone(server: Server) -> None:
    answer = await server.ask(f"{REQUEST}/echo", {"a": 1, "request_identifier": 5})

    assert answer == (
        f"{RESPONSE}/echo",
        {"status": "ok", "result": {"a": 1}, "request_identifier": 5},
    )


async def test_an_error_of_the_bare_form_has_its_code_and_data(server: Server) -> None:
    answer = await server.ask(f"{REQUEST}/fail", {"request_identifier": None})

    assert answer == (
        f"{RESPONSE}/fail",
        {
            "status": "error",
            "error": {"code": -32002, "message": "not taken", "data": {"status": 0xE9}},
            "request_identifier": None,
        },
    )


async def test_an_unknown_method_is_answered(server: Server) -> None:
    topic, body = await server.ask(f"{REQUEST}/open_the_door", {"request_identifier": 1})

    assert topic == f"{RESPONSE}/open_the_door"
    assert (body["error"]["code"], body["request_identifier"]) == (-32601, 1)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"[1]", -32600),
        (b'"text"', -32600),
        (b"null", -32600),
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b'{"a": NaN}', -32700),
        (b"[" * 100_000, -32700),
        (b"[" * 40 + b"]" * 40, -32700),
        (b'{"a": "' + b"x" * MAX_SIZE + b'"}', -32700),
    ],
)
async def test_what_is_no_object_is_answered_with_an_error(
    server: Server, payload: bytes, code: int
) -> None:
    topic, body = await server.ask(f"{REQUEST}/echo", payload)

    assert topic == f"{RESPONSE}/echo"
    assert (body["status"], body["error"]["code"]) == ("error", code)
    assert server.bridge.calls == []


# ------------------------------------------------------------------ JSON-RPC 2.0


@pytest.mark.parametrize("identifier", [1, "one", 1.5, None])
async def test_a_json_rpc_request_is_answered_with_its_id(server: Server, identifier: Any) -> None:
    answer = await server.ask(REQUEST, rpc(params={"a": 1}, id=identifier))

    assert answer == (RESPONSE, {"jsonrpc": "2.0", "result": {"a": 1}, "id": identifier})


async def test_an_identifier_among_the_parameters_comes_back_beside_the_id(server: Server) -> None:
    _, body = await server.ask(REQUEST, rpc(params={"request_identifier": "mine"}, id=7))

    assert body == {"jsonrpc": "2.0", "result": {"request_identifier": "mine"}, "id": 7}


async def test_a_request_without_an_id_is_carried_out_and_not_answered(server: Server) -> None:
    assert await server.ask(REQUEST, rpc()) is None
    assert [call.method for call in server.bridge.calls] == ["echo"]


async def test_an_error_is_an_error_of_json_rpc(server: Server) -> None:
    _, body = await server.ask(REQUEST, rpc("nothing", id=1))

    assert body.keys() == {"jsonrpc", "error", "id"}
    assert (body["error"]["code"], body["id"]) == (-32601, 1)


async def test_a_batch_is_answered_with_an_array_in_its_order(server: Server) -> None:
    batch = [rpc(id=1), rpc(), rpc("nothing", id=2), 5, rpc(id="three")]

    topic, body = await server.ask(REQUEST, batch)

    assert topic == RESPONSE
    assert [(entry["id"], "error" in entry) for entry in body] == [
        (1, False),
        (2, True),
        (None, True),
        ("three", False),
    ]


async def test_a_batch_of_notifications_is_not_answered(server: Server) -> None:
    assert await server.ask(REQUEST, [rpc(), rpc()]) is None
    assert len(server.bridge.calls) == 2


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", -32700),
        (b"junk", -32700),
        (b"[" * 200_000, -32700),
        (b"x" * (MAX_SIZE + 1), -32700),
        (b"[]", -32600),
        (json.dumps([rpc(id=1)] * (MAX_BATCH + 1)), -32600),
        (b"5", -32600),
        (json.dumps({"method": "echo", "id": None}), -32600),
        (json.dumps(rpc() | {"method": 5}), -32600),
        (json.dumps(rpc() | {"params": [1]}), -32600),
        (json.dumps(rpc(id=[1])), -32600),
    ],
)
async def test_what_is_no_request_is_answered_with_null_as_id(
    server: Server, payload: bytes | str, code: int
) -> None:
    topic, body = await server.ask(REQUEST, payload)

    assert topic == RESPONSE
    assert (body["error"]["code"], body["id"]) == (code, None)
    assert server.bridge.calls == []


# ------------------------------------------------------------------ both


@pytest.mark.parametrize("level", ["", "/echo"])
async def test_the_fleet_is_asked_and_each_gateway_answers_on_its_own_topic(
    server: Server, level: str
) -> None:
    payload = {} if level else rpc(id=1)

    topic, _ = await server.ask(f"{TOPICS.fleet_request}{level}", payload)

    assert topic == f"{RESPONSE}{level}"


@pytest.mark.parametrize("level", ["", "/echo"])
async def test_the_response_topic_and_the_correlation_are_honoured(
    server: Server, level: str
) -> None:
    payload = {} if level else rpc(id=1)

    topic, _ = await server.ask(
        f"{REQUEST}{level}", payload, response_topic="flows/answer", correlation=b"\x00\x01"
    )

    assert topic == "flows/answer"
    assert server.broker.correlations == [b"\x00\x01"]


@pytest.mark.parametrize("level", ["", "/echo"])
async def test_a_retained_request_is_refused_and_the_refusal_goes_where_it_was_wanted(
    server: Server, level: str
) -> None:
    topic, body = await server.ask(
        f"{REQUEST}{level}", {}, retain=True, response_topic="flows/answer", correlation=b"1"
    )

    assert topic == "flows/answer"
    assert body["error"]["code"] == -32004
    assert "retained" in body["error"]["message"]
    assert server.bridge.calls == []


@pytest.mark.parametrize("level", ["", "/echo"])
@pytest.mark.parametrize("wanted", ["/" * 201, "a/#", "sebridge/home/info", "homeassistant/x", ""])
async def test_a_response_topic_that_does_harm_is_refused_where_answers_usually_go(
    server: Server, level: str, wanted: str
) -> None:
    topic, body = await server.ask(f"{REQUEST}{level}", {}, response_topic=wanted, correlation=b"1")

    assert topic == f"{RESPONSE}{level}"
    assert body["error"]["code"] == -32004
    assert "response topic" in body["error"]["message"]
    assert server.broker.correlations == [b"1"]
    assert server.bridge.calls == []


async def test_a_document_with_such_a_response_topic_is_refused_and_one_of_the_fleet_is_not(
    server: Server,
) -> None:
    refused, body = await document(server, b"<a/>", response_topic="sebridge/cabin/info")
    answered, _ = await document(server, b"<a/>", response_topic="sebridge/cabin/rci/fleet")

    assert refused == TOPICS.document_reply
    assert b"response topic" in body
    assert answered == "sebridge/cabin/rci/fleet"


async def test_a_method_with_a_control_character_is_answered_where_it_can_be(
    server: Server,
) -> None:
    topic, body = await server.ask(f"{REQUEST}/get\x01time")

    assert topic == RESPONSE
    assert body["error"]["code"] == -32601


@pytest.mark.parametrize("level", ["", "/echo"])
async def test_what_is_oversize_is_refused(server: Server, level: str) -> None:
    topic, body = await server.ask(f"{REQUEST}{level}", b" " * (MAX_PAYLOAD + 1))

    assert topic == f"{RESPONSE}{level}"
    assert body["error"]["code"] == -32700


async def test_a_method_of_absurd_length_is_answered_on_a_topic_that_is_not(server: Server) -> None:
    topic, body = await server.ask(f"{REQUEST}/{'x' * 60_000}")

    assert topic == f"{RESPONSE}/{'x' * 80}"
    assert body["error"]["code"] == -32601


async def test_a_slow_request_does_not_hold_up_others(server: Server) -> None:
    server.broker.bring(f"{REQUEST}/wait")

    topic, _ = await server.ask(f"{REQUEST}/echo")

    assert topic == f"{RESPONSE}/echo"


async def test_requests_under_way_are_answered_when_the_bridge_stops(server: Server) -> None:
    assert await server.ask(f"{REQUEST}/wait", {"request_identifier": 1}) is None
    server.broker.bring(REQUEST, json.dumps([rpc("wait", id=2), rpc(id=3)]))
    await asyncio.sleep(0)

    await server.server.stop()

    answers = dict(server.broker.answers())
    assert answers.keys() == {f"{RESPONSE}/wait", RESPONSE}
    bare, batch = answers[f"{RESPONSE}/wait"], answers[RESPONSE]
    assert "stopping" in bare["error"]["message"]
    assert [(entry["id"], "stopping" in entry["error"]["message"]) for entry in batch] == [
        (2, True),
        (3, True),
    ]
    _, refused = await server.ask(f"{REQUEST}/echo")
    assert refused["error"]["message"] == "the bridge is stopping"


@given(payload=st.binary(max_size=200), level=st.sampled_from(["", "/echo", "/nothing"]))
def test_whatever_comes_is_answered_with_json(payload: bytes, level: str) -> None:
    async def ask() -> Any:
        server = Server()
        await server.server.start()
        answer = await server.ask(f"{REQUEST}{level}", payload)
        await server.server.stop()
        return answer

    topic, _body = asyncio.run(ask())

    assert topic == f"{RESPONSE}{level}"


# ------------------------------------------------------------------ RCI and SCI


async def document(server: Server, payload: bytes, **more: Any) -> tuple[str, bytes]:
    """Bring a document; return topic and payload of the one reply."""
    server.broker.said.clear()
    server.broker.bring(TOPICS.document_request, payload, **more)
    for _ in range(5):
        await asyncio.sleep(0)
    (reply,) = server.broker.said
    return reply


async def test_a_document_is_answered_by_one(server: Server) -> None:
    assert await document(server, b"<rci_request/>") == (
        "sebridge/home/rci/reply",
        b"<reply><rci_request/></reply>",
    )


async def test_a_document_may_be_for_the_whole_fleet(server: Server) -> None:
    server.broker.bring("sebridge/all/rci/request", b"<rci_request/>")
    for _ in range(5):
        await asyncio.sleep(0)

    assert server.broker.said == [(TOPICS.document_reply, b"<reply><rci_request/></reply>")]


async def test_a_reply_goes_where_the_caller_wants_it(server: Server) -> None:
    topic, _ = await document(server, b"<a/>", response_topic="head/end", correlation=b"7")

    assert topic == "head/end"
    assert server.broker.correlations == [b"7"]


@pytest.mark.parametrize(
    ("payload", "more", "problem"),
    [
        (b"<a/>", {"retain": True}, b"retained requests are refused"),
        (b"<" * (MAX_PAYLOAD + 1), {}, b"octets allowed"),
    ],
)
async def test_a_document_that_is_refused_is_told_why(
    server: Server, payload: bytes, more: dict[str, Any], problem: bytes
) -> None:
    _, reply = await document(server, payload, **more)

    assert reply.startswith(b'<rci_reply version="1.1"><error id=')
    assert problem in reply


async def test_a_document_that_is_broken_off_is_told(server: Server) -> None:
    server.broker.bring(TOPICS.document_request, b"wait")
    for _ in range(5):
        await asyncio.sleep(0)

    await server.server.stop()

    ((topic, reply),) = server.broker.said
    assert topic == TOPICS.document_reply
    assert b"may have been carried out" in reply
