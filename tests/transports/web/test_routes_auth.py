"""What happens before a request is answered, with a real client on a real port."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
import logging

import pytest

from tests.patience import until
from tests.transports.web.backend import (
    OPERATOR,
    OWNER,
    READER,
    TOKENS,
    Breaking,
    House,
    Waiting,
    options,
)

MakeHouse = Callable[..., Awaitable[House]]

EVERYTHING = [
    ("POST", "/rpc"),
    ("GET", "/rpc/methods"),
    ("GET", "/openrpc.json"),
    ("GET", "/openapi.json"),
    ("GET", "/rest/words"),
    ("PUT", "/rest/words/a"),
    ("GET", "/metrics"),
    ("POST", "/rci"),
    ("POST", "/ws/sci"),
    ("GET", "/no/such/page"),
    ("DELETE", "/rpc"),
]


@pytest.mark.parametrize(("verb", "path"), EVERYTHING)
@pytest.mark.parametrize("token", [None, "wrong"])
async def test_nothing_is_told_without_a_token(
    house: House, verb: str, path: str, token: str | None
) -> None:
    answer = await house.knock(verb, path, token)

    assert answer.status == 401
    assert answer.headers.getall("WWW-Authenticate") == [
        'Bearer realm="sebridge"',
        'Basic realm="sebridge", charset="UTF-8"',
    ]
    assert answer.json.keys() == {"error"}


async def test_a_request_without_a_right_changes_nothing(house: House) -> None:
    statuses = [
        (await house.call("add_word", token, word="x")).status for token in (None, "wrong", READER)
    ]
    statuses.append((await house.call("forget_words", OPERATOR)).status)

    assert statuses == [401, 401, 403, 403]
    assert house.store.words == []
    assert (await house.call("add_word", OPERATOR, word="y")).status == 200
    assert house.store.words == ["y"]


async def test_a_token_may_come_as_the_password_of_any_user(house: House) -> None:
    coded = base64.b64encode(f"idigi:{OWNER}".encode()).decode()

    answer = await house.knock("GET", "/metrics", headers={"Authorization": f"Basic {coded}"})

    assert answer.status == 200


async def test_without_tokens_this_machine_may_read_and_nothing_else(unguarded: House) -> None:
    read = await unguarded.call("read_words")
    written = await unguarded.call("add_word", word="x")

    assert (read.status, written.status) == (200, 403)
    assert "needs the scope command" in written.json["error"]["message"]
    assert unguarded.store.words == []


async def test_a_name_that_somebody_pointed_at_us_is_not_ours(unguarded: House) -> None:
    answer = await unguarded.knock("GET", "/metrics", headers={"Host": "attacker.example"})

    assert answer.status == 403


async def test_a_page_of_another_origin_is_refused(house: House) -> None:
    answer = await house.knock(
        "GET", "/metrics", OWNER, headers={"Origin": "https://attacker.example"}
    )

    assert answer.status == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/nothing"])
async def test_every_answer_tells_browsers_to_trust_nothing(house: House, path: str) -> None:
    headers = (await house.knock("GET", path, OWNER)).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Server"] == "sebridge"
    assert not any(name.startswith("Access-Control") for name in headers)


async def test_a_client_that_asks_too_often_is_told_when_to_come_again(
    house_with: MakeHouse,
) -> None:
    house = await house_with(options(*TOKENS, requests_per_minute=2))

    answers = [await house.call("read_words", READER) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 30
    assert (await house.call("read_words", OWNER)).status == 200


async def test_guessing_is_slowed_down_and_told_in_the_log_without_the_guess(
    house_with: MakeHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house = await house_with(options(*TOKENS, failed_sign_ins_per_minute=3))

    statuses = [(await house.call("read_words", f"guess-{n}")).status for n in range(5)]

    assert statuses == [401, 401, 401, 429, 429]
    said = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(said) == 3  # whoever goes on does not fill the log
    assert all("127.0.0.1" in record.getMessage() for record in said)
    assert "guess-" not in caplog.text
    assert (await house.call("read_words", READER)).status == 200


async def test_no_token_reaches_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    await house.call("read_words", OWNER)
    await house.knock("GET", f"/{OWNER}-unknown", READER)
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    writer.write(f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OWNER}\x01\r\n\r\n".encode())
    broken = await reader.read()
    writer.close()

    assert broken.startswith(b"HTTP/1.0 400")
    assert "BadHttpMessage" in caplog.text or "InvalidHeader" in caplog.text
    assert OWNER not in caplog.text
    assert READER not in caplog.text


async def test_a_bug_is_an_error_without_its_trace(
    house_with: MakeHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house = await house_with(options(*TOKENS), Breaking())

    answer = await house.post(b"secret", OWNER, "/rci")

    assert (answer.status, answer.json) == (500, {"error": "internal error"})
    assert "POST /rci failed" in caplog.text


async def test_a_wrong_verb_is_told_the_right_one(house: House) -> None:
    answer = await house.knock("GET", "/rpc", OWNER)

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_visits_are_counted_by_path_and_status(house: House) -> None:
    await house.call("read_words", READER)
    await house.call("read_words")
    await house.knock("GET", "/made/up/1", READER)
    await house.knock("GET", "/made/up/2", READER)

    text = (await house.knock("GET", "/metrics", READER)).body.decode()

    assert 'sebridge_http_requests_total{path="/rpc",status="200"} 1.0' in text
    assert 'sebridge_http_requests_total{path="/rpc",status="401"} 1.0' in text
    assert 'sebridge_http_requests_total{path="",status="404"} 2.0' in text


async def test_one_request_too_many_at_once_is_told_so(house_with: MakeHouse) -> None:
    waiting = Waiting()
    many = options(*TOKENS, connections=300, connections_per_address=300)
    house = await house_with(many, waiting)
    first = [asyncio.create_task(house.post(b"<a/>", OWNER, "/rci")) for _ in range(250)]
    await until(lambda: waiting.waiting == 250)

    refused = await house.call("read_words", OWNER)
    other = await house.call("read_words", READER)
    waiting.go_on.set()
    answers = await asyncio.gather(*first)
    again = await house.call("read_words", READER)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert other.status == 200
    assert {answer.status for answer in answers} == {200}
    assert again.status == 200
