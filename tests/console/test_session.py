"""A page's WebSocket: who comes in, what is carried out, and what it hears."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sebridge.console.console import SOCKET
from sebridge.rpc.quota import QuotaLimits
from sebridge.settings.http_options import HttpOptions, IngressOptions
from sebridge.transports.web.sign_in import PATH
from tests.console.served import Served, Tab
from tests.patience import PATIENCE, until
from tests.transports.web.backend import OPERATOR, OWNER, READER, TOKENS

INGRESS = IngressOptions(address="127.0.0.1", scope="command")
USER = {"X-Remote-User-Id": "anna"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with Served(HttpOptions(port=0, tokens=TOKENS)) as served:
        yield served


@pytest.fixture
async def tab(served: Served) -> Tab:
    tab = await served.open(**bearer(OPERATOR))
    await tab.heard()
    return tab


async def test_a_page_is_told_who_it_comes_as(served: Served) -> None:
    tab = await served.open(**bearer(READER))

    hello = (await tab.heard())["hello"]

    assert (hello["name"], hello["scope"], hello["version"]) == ("the read", "read", "1.2.3")


async def test_a_cookie_lets_a_page_in_from_our_own_origin_alone(served: Served) -> None:
    signed_in = await served.client.post(served.house.url + PATH, json={"token": OWNER})
    # aiohttp keeps no cookies of addresses, so that the test sends them
    cookie = signed_in.headers["Set-Cookie"].partition(";")[0]

    tab = await served.open(Cookie=cookie)

    assert (await tab.heard())["hello"]["scope"] == "admin"
    assert await served.refusal(Cookie=cookie) == 403
    assert await served.refusal(Cookie=cookie, Origin="https://elsewhere.example") == 403
    # nowhere else
    answered = await served.house.knock("POST", "/rpc", headers={"Cookie": cookie}, data=b"{}")
    assert answered.status == 401


async def test_a_stranger_is_not_let_in(served: Served) -> None:
    assert await served.refusal(**served.origin()) == 401
    assert await served.refusal(**served.origin(), Cookie="sebridge_0=owner.1.2") == 401
    assert await served.refusal(**served.origin(), **USER) == 403


async def test_a_user_of_home_assistant_is_let_in_by_its_supervisor() -> None:
    async with Served(HttpOptions(port=0, ingress=INGRESS)) as served:
        tab = await served.open(**USER)
        hello = (await tab.heard())["hello"]
        who = await served.house.knock("GET", PATH, headers=USER)

        assert (hello["name"], hello["scope"]) == ("anna", "command")
        assert who.json == {"name": "anna", "scope": "command"}
        assert (await served.house.knock("GET", PATH)).json == {"name": None, "scope": None}
        refused = await served.house.knock("GET", "/rpc/methods", headers=USER)
        assert refused.status == 401  # what is no page needs a token


async def test_users_of_home_assistant_come_in_again_when_they_may_do_other_things() -> None:
    async with Served(HttpOptions(port=0, tokens=TOKENS, ingress=INGRESS)) as served:
        user, other, owner = [
            await served.open(**who)
            for who in (USER, USER | {"X-Remote-User-Id": "ben"}, bearer(OWNER))
        ]
        for tab in (user, other, owner):
            await tab.heard()
        served.console.part_from("ingress", {"anna", "owner"})
        ended = await user.socket.receive(timeout=PATIENCE)

        assert ended.type is aiohttp.WSMsgType.CLOSE
        await until(lambda: served.console.pages == 2)
        for tab in (other, owner):
            assert (await tab.call("read_words"))["status"] == "ok"


async def test_what_is_no_socket_is_told_so(served: Served) -> None:
    answered = await served.house.knock("GET", SOCKET, OWNER)

    assert (answered.status, answered.headers["Upgrade"]) == (426, "websocket")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"token": "none of ours"}', 401),
        (b'{"token": 1}', 400),
        (b'{"token": "a", "more": 1}', 400),
        (b"token", 400),
        (b'{"token": "%b"}' % (b"x" * 5_000), 413),
    ],
)
async def test_what_does_not_sign_in_is_told(served: Served, body: bytes, status: int) -> None:
    answered = await served.house.knock("POST", PATH, data=body)

    assert answered.status == status
    assert answered.json["error"]
    assert "Set-Cookie" not in answered.headers


async def test_who_signs_out_has_no_cookie_left(served: Served) -> None:
    answered = await served.house.knock("DELETE", PATH)

    assert answered.status == 204
    assert answered.headers["Set-Cookie"].startswith("sebridge_0=; Max-Age=0;")


async def test_methods_are_called_as_the_caller_may(tab: Tab) -> None:
    added = await tab.call("add_word", 1, word="one")
    read = await tab.call("read_words", "x")
    refused = await tab.call("forget_words", 3)
    unknown = await tab.call("read_word", 4)

    assert added == {"message_id": 1, "status": "ok", "result": {"words": ["one"]}}
    assert (read["message_id"], read["result"]) == ("x", {"words": ["one"]})
    assert (refused["status"], refused["error"]["code"]) == ("error", -32004)
    assert "read_words" in unknown["error"]["message"]


async def test_what_is_no_command_ends_nothing(tab: Tab) -> None:
    await tab.socket.send_str("{")
    await tab.socket.send_bytes(b"{}")

    assert [(await tab.heard())["message_id"] for _ in range(2)] == [None, None]
    assert (await tab.call("read_words"))["status"] == "ok"


@pytest.mark.parametrize(
    ("command", "args", "problem"),
    [
        ("subscribe", {}, "topics: is missing"),
        ("subscribe", {"topics": "info"}, "topics: must be a list"),
        ("subscribe", {"topics": ["info", 1]}, r"topics[1]: must be text"),
        ("subscribe", {"topics": ["info/#/a"]}, "topics[0]: is no filter of topics"),
        ("unsubscribe", {"topic": []}, "topic: there is no such argument"),
        ("describe_methods", {"all": True}, "all: there is no such argument"),
        ("send_document", {"document": 1}, "document: must be a str"),
    ],
)
async def test_wrong_arguments_of_its_own_commands_are_told(
    tab: Tab, command: str, args: dict[str, Any], problem: str
) -> None:
    answered = await tab.call(command, 1, **args)

    assert (answered["status"], answered["error"]["code"]) == ("error", -32602)
    assert problem in answered["error"]["message"]


async def test_a_document_in_xml_is_answered_as_the_caller_may(tab: Tab) -> None:
    answered = await tab.call("send_document", 1, document="<a/>")

    assert answered["result"] == {"document": "<to><a/>COMMAND</to>"}


async def test_the_methods_are_described(tab: Tab) -> None:
    described = await tab.call("describe_methods")

    names = [one["name"] for one in described["result"]["methods"]]
    assert "read_words" in names


async def test_who_subscribes_hears_what_is_published(served: Served, tab: Tab) -> None:
    served.link.publish("sebridge/home/info", b'{"a":1}', retain=True)
    served.link.publish("sebridge/home/health", b"{}", retain=True)

    assert (await tab.call("subscribe", 1, topics=["info", "notification/#"]))["status"] == "ok"
    first = await tab.heard()
    served.link.stream("sebridge/home/notification/message", b'"hello"')
    served.link.publish("sebridge/home/health", b"[]", retain=True)
    second = await tab.heard()

    assert first["changes"] == [{"topic": "info", "payload": {"a": 1}, "kept": True}]
    assert second["changes"] == [
        {"topic": "notification/message", "payload": "hello", "kept": False}
    ]


async def test_who_unsubscribes_hears_no_more(served: Served, tab: Tab) -> None:
    await tab.call("subscribe", 1, topics=["info", "log"])
    await tab.call("unsubscribe", 2, topics=["info"])
    served.link.publish("sebridge/home/info", b"1", retain=True)
    served.link.stream("sebridge/home/log", b"2")

    assert [one["topic"] for one in (await tab.heard())["changes"]] == ["log"]


async def test_a_page_that_is_closed_is_told_nothing_more(served: Served, tab: Tab) -> None:
    await tab.call("subscribe", 1, topics=["#"])
    await tab.socket.close()
    await until(lambda: not served.console.pages)

    served.link.publish("sebridge/home/info", b"1", retain=True)  # nobody is left to be told


async def test_a_bridge_that_stops_parts_from_its_pages(served: Served, tab: Tab) -> None:
    await asyncio.gather(served.console.stop(), tab.socket.receive())

    assert tab.socket.close_code == aiohttp.WSCloseCode.GOING_AWAY


async def test_pages_are_bounded(served: Served) -> None:
    tabs = [await served.open(**bearer(OWNER)) for _ in range(32)]

    assert served.console.pages == len(tabs)
    assert await served.refusal(**bearer(OWNER)) == 503


async def test_commands_of_a_page_are_bounded(served: Served, tab: Tab) -> None:
    served.go_on.clear()
    for number in range(33):
        args = {"document": "<a/>"}
        command = {"command": "send_document", "message_id": number, "args": args}
        await tab.socket.send_json(command)
    busy = await tab.heard()
    served.go_on.set()
    answered = [await tab.heard() for _ in range(32)]

    assert (busy["message_id"], busy["error"]["code"]) == (32, -32004)
    assert {one["status"] for one in answered} == {"ok"}


async def test_pages_share_the_quota_with_all_others() -> None:
    options = HttpOptions(port=0, tokens=TOKENS)
    async with Served(options, QuotaLimits(calls=4)) as served:
        tab = await served.open(**bearer(OPERATOR))
        await tab.heard()
        served.go_on.clear()
        await tab.socket.send_json(
            {"command": "send_document", "message_id": 1, "args": {"document": "<a/>"}}
        )
        busy = await tab.call("read_words", 2)
        served.go_on.set()

        assert (busy["message_id"], busy["status"]) == (2, "error")
        assert "busy" in busy["error"]["message"]
        assert (await tab.heard())["message_id"] == 1


async def test_an_answer_that_is_too_large_is_left_out_and_said_so() -> None:
    options = HttpOptions(port=0, tokens=TOKENS)
    async with Served(options, QuotaLimits(reply=300)) as served:
        tab = await served.open(**bearer(OPERATOR))
        await tab.heard()

        answered = await tab.call("describe_methods")

        assert answered["status"] == "error"
        assert "the answer is left out" in answered["error"]["message"]


async def test_what_a_page_asked_for_is_done_though_it_is_gone(served: Served, tab: Tab) -> None:
    await tab.socket.send_json({"command": "add_word", "message_id": 1, "args": {"word": "last"}})
    await tab.socket.close()

    await until(lambda: not served.console.pages)
    assert served.house.store.words in ([], ["last"])  # done or not, but nothing is broken


async def test_the_log_is_not_for_who_may_only_read(served: Served) -> None:
    reader, operator = [await served.open(**bearer(token)) for token in (READER, OPERATOR)]
    for tab in (reader, operator):
        await tab.heard()
        await tab.call("subscribe", 1, topics=["#"])
    served.link.stream("sebridge/home/log", b"1")
    served.link.stream("sebridge/home/notification/message", b"2")

    told = [[one["topic"] for one in (await tab.heard())["changes"]] for tab in (reader, operator)]
    assert told == [["notification/message"], ["log", "notification/message"]]
