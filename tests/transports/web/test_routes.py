"""What is answered at each path, with a real client on a real port."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import gzip
from typing import Any

from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from prometheus_client.parser import text_string_to_metric_families
import pytest

from sebridge.base.errors import LimitError, ParameterError, RefusedError, RequestError
from sebridge.plugins.routes import PluginRequest, PluginRoute, PluginRoutes, RouteAnswer
from sebridge.rpc.message import Caller, Scope
from sebridge.transports.web.metrics import HttpAnswer
from sebridge.transports.web.routes import HealthReport, PackageIntake, XmlAnswerer
from tests.reference_files import reference
from tests.transports.web.backend import (
    HEALTH,
    OPERATOR,
    OWNER,
    READER,
    TOKENS,
    Counting,
    House,
    options,
)

MakeHouse = Callable[..., Awaitable[House]]

META = reference("openrpc.schema.json")


def request(method: str, **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, **more}


# ------------------------------------------------------------------ JSON-RPC


async def test_a_request_is_answered(house: House) -> None:
    answer = await house.call("add_word", OPERATOR, word="hello", request_identifier=5)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json == {
        "jsonrpc": "2.0",
        "id": 1,
        "result": {"words": ["hello"], "request_identifier": 5},
    }


async def test_a_batch_is_answered_in_one(house: House) -> None:
    answer = await house.post(
        [
            request("add_word", params={"word": "a"}, id=1),
            request("add_word", params={"word": "b"}),
            request("forget_words", id=2),
            request("no_such_method", id=3),
            17,
        ],
        OPERATOR,
    )

    assert answer.status == 200
    assert [one["id"] for one in answer.json] == [1, 2, 3, None]
    assert [one.get("error", {}).get("code") for one in answer.json] == [
        None,
        -32004,
        -32601,
        -32600,
    ]
    assert house.store.words == ["a", "b"]


async def test_a_notification_is_carried_out_and_answered_with_nothing(house: House) -> None:
    answer = await house.post(request("add_word", params={"word": "a"}), OPERATOR)

    assert (answer.status, answer.body) == (204, b"")
    assert house.store.words == ["a"]


async def test_a_notification_without_a_right_is_refused(house: House) -> None:
    answer = await house.post(request("add_word", params={"word": "a"}), READER)

    assert (answer.status, answer.body) == (403, b"")
    assert house.store.words == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"{", -32700),
        (b'{"jsonrpc": "2.0", "method": "read_words", "id": 1', -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 5000, -32700),
        (b"[]", -32600),
        (b"7", -32600),
        (b'{"method": "read_words", "id": 1}', -32600),
        (b'{"jsonrpc": "2.0", "method": "read_words", "params": [1], "id": 1}', -32600),
    ],
)
async def test_what_is_no_request_says_what_is_wrong(house: House, body: bytes, code: int) -> None:
    answer = await house.post(body, OWNER)

    assert (answer.status, answer.json["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("no_such_method", {}, -32601),
        ("add_word", {}, -32602),
        ("add_word", {"word": "a", "colour": "red"}, -32602),
        ("crash", {}, -32603),
    ],
)
async def test_the_error_of_a_method_is_an_answer(
    house: House, method: str, params: dict[str, Any], code: int
) -> None:
    answer = await house.call(method, OWNER, **params)

    assert (answer.status, answer.json["error"]["code"]) == (200, code)


async def test_many_clients_are_answered_at_the_same_time(house: House) -> None:
    answers = await asyncio.gather(
        *(house.call("add_word", OPERATOR, word=str(n)) for n in range(60))
    )

    assert {answer.status for answer in answers} == {200}
    assert sorted(house.store.words, key=int) == [str(n) for n in range(60)]


# ------------------------------------------------------------------ what is too much


async def test_a_body_that_is_announced_too_large_is_refused(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS, body=1024))

    fits = await house.call("add_word", OPERATOR, word="a" * 900)
    refused = await house.call("add_word", OPERATOR, word="b" * 1100)

    assert (fits.status, refused.status) == (200, 413)
    assert refused.json == {"error": "a request has at most 1024 octets"}
    assert house.store.words == ["a" * 900]


async def test_a_body_that_grows_too_large_is_refused(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS, body=1024), Counting())

    async def pieces() -> Any:
        for _ in range(5):
            yield b"<" * 500

    answer = await house.knock("POST", "/rci", OWNER, data=pieces())

    assert answer.status == 413


async def test_a_compressed_body_is_refused(house: House) -> None:
    answer = await house.knock(
        "POST",
        "/rpc",
        OWNER,
        headers={"Content-Encoding": "gzip"},
        data=gzip.compress(b" " * 100_000),
    )

    assert answer.status == 415


# ------------------------------------------------------------------ what there is to see


async def test_the_methods_are_described(house: House) -> None:
    answer = await house.knock("GET", "/rpc/methods", READER)

    assert answer.status == 200
    scopes = {one["name"]: one["scope"] for one in answer.json["methods"]}
    assert scopes == {
        "read_words": "read",
        "add_word": "command",
        "forget_words": "admin",
        "crash": "read",
    }


async def test_methods_that_come_later_are_described_too(house: House) -> None:
    house.dispatcher.unregister(house.store)

    answer = await house.knock("GET", "/rpc/methods", READER)

    assert answer.json["methods"] == []


async def test_a_description_is_made_anew_when_methods_come(house: House) -> None:
    before = (await house.knock("GET", "/rpc/methods", READER)).json
    again = (await house.knock("GET", "/rpc/methods", READER)).json

    house.dispatcher.unregister(house.store)
    after = (await house.knock("GET", "/rpc/methods", READER)).json

    assert before == again
    assert (len(before["methods"]), after["methods"]) == (4, [])
    house.dispatcher.register([house.store])


async def test_the_openrpc_document_is_served(house: House) -> None:
    answer = await house.knock("GET", "/openrpc.json", READER)

    assert answer.status == 200
    assert list(Draft7Validator(META).iter_errors(answer.json)) == []
    assert answer.json["info"]["version"] == "1.2.3"


async def test_a_stranger_learns_only_whether_the_bridge_is_well(house: House) -> None:
    well = await house.knock("GET", "/healthz")
    house.problems.append("the broker is not connected")
    ill = await house.knock("GET", "/healthz")

    assert (well.status, well.json) == (200, {"status": "ok"})
    assert (ill.status, ill.json) == (503, {"status": "failing"})


async def test_a_bridge_lives_though_it_is_not_well(house: House) -> None:
    house.problems.append("the broker is not connected")

    answer = await house.knock("GET", "/livez")

    assert (answer.status, answer.json) == (200, {"status": "ok"})


async def test_whoever_may_read_learns_what_is_wrong(house: House) -> None:
    house.problems.append("the broker is not connected")

    answer = await house.knock("GET", "/healthz", READER)

    assert answer.status == 503
    assert answer.json["problems"] == ["the broker is not connected"]
    assert answer.json["radio"]["joined"] is True


async def test_prometheus_can_read_the_metrics(house: House) -> None:
    await house.call("read_words", READER)
    await house.call("add_word", READER, word="a")

    answer = await house.knock("GET", "/metrics", READER)

    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    samples = [
        (sample.labels, sample.value)
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
        if sample.name == "sebridge_rpc_calls_total"
    ]
    assert samples == [
        ({"interface": "http", "method": "add_word", "outcome": "refused"}, 1.0),
        ({"interface": "http", "method": "read_words", "outcome": "ok"}, 1.0),
    ]


# ------------------------------------------------------------------ XML


@pytest.mark.parametrize("path", ["/rci", "/ws/sci"])
async def test_a_document_of_the_old_gateways_is_answered(house: House, path: str) -> None:
    answer = await house.post(b"<rci_request/>", OPERATOR, path)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.body == b'<rci_reply octets="14" scope="command"/>'


async def test_what_is_wrong_in_a_document_stands_in_the_answer(house: House) -> None:
    answer = await house.post(b"hello", OPERATOR, "/rci")

    assert (answer.status, answer.body) == (200, b"<rci_reply><error>not XML</error></rci_reply>")


async def test_without_an_answerer_there_are_no_documents(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS))

    assert (await house.post(b"<rci_request/>", OWNER, "/rci")).status == 501


# ------------------------------------------------------------------ the backend


async def test_an_answerer_needs_only_the_document_and_who_sent_it() -> None:
    answerer: XmlAnswerer = Counting()

    assert b"scope" in await answerer.answer(b"<a/>", Caller("http", Scope.READ))


def test_a_report_without_problems_is_of_a_healthy_bridge() -> None:
    assert not HealthReport(HEALTH, ()).problems


# ------------------------------------------------------------------ packages


class Intake:
    """Keeps packages that admins hand in."""

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}

    def check(self, caller: Caller) -> None:
        if caller.scope < Scope.ADMIN:
            raise RefusedError("the scope admin is needed")

    async def take(self, filename: str, octets: bytes) -> None:
        if not filename:
            raise ParameterError("filename", "is missing")
        self.taken[filename] = len(octets)


async def test_a_package_is_taken_of_admins(house_with: MakeHouse) -> None:
    intake = Intake()
    packages = PackageIntake(300_000, intake.check, intake.take)
    house = await house_with(options(*TOKENS, body=1024), packages=packages)
    path = "/plugins?filename=a.zip"

    taken = await house.post(bytes(300_000), OWNER, path)
    refused = await house.post(b"1234", OPERATOR, path)
    unnamed = await house.post(b"1234", OWNER, "/plugins")
    large = await house.post(bytes(300_001), OWNER, path)

    assert (taken.status, taken.json) == (201, {"filename": "a.zip"})
    assert (refused.status, refused.json) == (403, {"error": "the scope admin is needed"})
    assert (unnamed.status, unnamed.json) == (400, {"error": "filename: is missing"})
    assert large.status == 413
    assert intake.taken == {"a.zip": 300_000}


async def test_plugins_answer_below_their_names_for_who_may(house_with: MakeHouse) -> None:
    async def log(request: PluginRequest) -> RouteAnswer:
        if request.body == "break":
            raise RequestError("plug-in a: no such meter")
        if request.body == "busy":
            raise LimitError("busy")
        words = [request.verb, request.path, request.query.get("of", ""), request.body]
        return RouteAnswer(201, "text/csv", ",".join(words))

    routes = PluginRoutes()
    for verb in ("GET", "PUT"):
        routes.add(verb, "a/log/of", PluginRoute(Scope.COMMAND, log))
    house = await house_with(options(*TOKENS), plugin_routes=routes)
    path = "/plugins/a/log/of?of=1"

    got = await house.knock("GET", path, OPERATOR)
    asked = await house.knock("HEAD", path, OPERATOR)
    put = await house.knock("PUT", path, OWNER, data=b"text")
    broken = await house.knock("PUT", path, OWNER, data=b"break")
    busy = await house.knock("PUT", path, OWNER, data=b"busy")
    refused = await house.knock("GET", path, READER)
    stranger = await house.knock("GET", path)
    other = [
        await house.knock("GET", "/plugins/b/log", OWNER),
        await house.knock("POST", "/plugins/a/log/of", OWNER),
    ]

    assert (got.status, got.body) == (201, b"GET,log/of,1,")
    assert got.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (asked.status, asked.body) == (201, b"")
    assert put.body == b"PUT,log/of,1,text"
    assert (broken.status, broken.json) == (502, {"error": "plug-in a: no such meter"})
    assert (busy.status, busy.json) == (503, {"error": "busy"})
    assert refused.status == 403
    assert "needs the scope command" in refused.json["error"]
    assert stranger.status == 401
    assert [answer.status for answer in other] == [404, 404]
    assert house.answers[HttpAnswer("/plugins/{path...}", 404)] == 2


async def test_where_there_are_no_plugins_nothing_is_below_their_path(house: House) -> None:
    assert (await house.knock("GET", "/plugins/a/log", OWNER)).status == 404


async def test_where_no_packages_are_taken_it_says_so(house: House) -> None:
    assert (await house.post(b"", OWNER, "/plugins?filename=a.zip")).status == 501


async def test_a_body_in_chunks_has_the_same_limit(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS, body=1024))

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield bytes(500)

    refused = await house.knock("POST", "/rpc", OWNER, data=chunks())

    assert refused.status == 413
    assert refused.json == {"error": "a request has at most 1024 octets"}
