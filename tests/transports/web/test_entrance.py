"""Where a request leads: to the handler of its path and verb, and to nothing else."""

import asyncio
import json

import pytest

from tests.patience import PATIENCE
from tests.transports.web.backend import OWNER, READER, House

CALL = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "read_words"})


async def expecting(
    house: House, expected: str, *, token: str = READER, version: str = "1.1"
) -> str:
    """Post a call that waits to be encouraged, and does not wait for long; return what comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    head = [
        f"POST /rpc HTTP/{version}",
        "Host: localhost",
        f"Authorization: Bearer {token}",
        f"Content-Length: {len(CALL)}",
        f"Expect: {expected}",
        "Connection: close",
    ]
    writer.write("\r\n".join([*head, "", CALL]).encode())
    try:
        return (await asyncio.wait_for(reader.read(), PATIENCE)).decode()
    finally:
        writer.close()


async def test_whoever_may_get_may_ask_for_the_head_alone(house: House) -> None:
    whole = await house.knock("GET", "/rpc/methods", READER)
    head = await house.knock("HEAD", "/rpc/methods", READER)

    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.body))


async def test_a_wrong_verb_is_told_all_right_ones(house: House) -> None:
    answer = await house.knock("POST", "/metrics", READER)

    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")
    assert answer.json == {"error": "Method Not Allowed"}


async def test_a_path_that_is_not_there_is_told_so(house: House) -> None:
    for path in ("/", "/rpc/", "/rpc%2Fmethods", "/RPC"):
        answer = await house.knock("POST", path, READER)

        assert (answer.status, answer.json) == (404, {"error": "Not Found"})


async def test_what_is_open_is_shown_to_strangers_and_nothing_else(house: House) -> None:
    shown = await house.knock("GET", "/healthz")
    wrong = await house.knock("POST", "/healthz")
    hidden = await house.knock("GET", "/metrics")

    assert (shown.status, wrong.status, hidden.status) == (200, 405, 401)


async def test_a_client_that_waits_before_it_sends_is_told_to_go_on(house: House) -> None:
    heard = await expecting(house, "100-Continue")

    encouragement, _, answer = heard.partition("\r\n\r\n")
    assert encouragement == "HTTP/1.1 100 Continue"
    assert answer.startswith("HTTP/1.1 200")
    assert answer.endswith('"id":1}')


@pytest.mark.parametrize(
    ("expected", "token", "version", "status"),
    [
        ("100-continue", "wrong", "1.1", 401),
        ("tea", OWNER, "1.1", 417),
        ("100-continue", OWNER, "1.0", 200),
    ],
    ids=["not let in", "something else", "HTTP/1.0"],
)
async def test_nobody_else_is_told_to_go_on(
    house: House, expected: str, token: str, version: str, status: int
) -> None:
    heard = await expecting(house, expected, token=token, version=version)

    assert heard.startswith(f"HTTP/{version} {status}")
