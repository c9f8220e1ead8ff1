"""Methods by REST, with a real client on a real port: the same tokens, scopes and errors."""

from collections.abc import Awaitable, Callable

import pytest

from sebridge.transports.web.metrics import HttpAnswer
from tests.transports.web.backend import OPERATOR, OWNER, READER, TOKENS, House, options

MakeHouse = Callable[..., Awaitable[House]]


async def test_a_resource_is_read_changed_and_emptied(house: House) -> None:
    posted = await house.knock("POST", "/rest/words", OPERATOR, data=b'{"word": "a"}')
    put = await house.knock("PUT", "/rest/words/b%C3%A9%2F", OPERATOR)
    read = await house.knock("GET", "/rest/words", READER)
    head = await house.knock("HEAD", "/rest/words", READER)
    emptied = await house.knock("DELETE", "/rest/words", OWNER)

    assert (posted.status, posted.json) == (200, {"words": ["a"]})
    assert put.json == {"words": ["a", "bé/"]}
    assert (read.json, read.headers["Content-Type"]) == (put.json, "application/json")
    assert (head.status, head.body) == (200, b"")
    assert (emptied.status, emptied.json) == (200, {"words": []})


@pytest.mark.parametrize(
    ("verb", "path", "token"),
    [("POST", "/rest/words", READER), ("DELETE", "/rest/words", OPERATOR)],
)
async def test_a_scope_that_is_not_enough_is_refused(
    house: House, verb: str, path: str, token: str
) -> None:
    answer = await house.knock(verb, path, token, data=b'{"word": "a"}')

    assert answer.status == 403
    assert answer.json["code"] == -32004
    assert house.store.words == []


@pytest.mark.parametrize(
    ("verb", "path", "data", "status", "code"),
    [
        ("POST", "/rest/words", b"{", 400, -32700),
        ("POST", "/rest/words", b"[]", 400, -32600),
        ("POST", "/rest/words", b"{}", 400, -32602),
        ("GET", "/rest/words?colour=red", None, 400, -32602),
        ("GET", "/rest/fall", None, 500, -32603),
    ],
)
async def test_what_is_wrong_is_told_with_the_code_of_the_method(
    house: House, verb: str, path: str, data: bytes | None, status: int, code: int
) -> None:
    answer = await house.knock(verb, path, OWNER, data=data)

    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.json["error"]


async def test_which_parameter_is_wrong_is_told_as_well(house: House) -> None:
    answer = await house.knock("POST", "/rest/words", OWNER, data=b"{}")

    assert answer.json["data"] == {"parameter": "word"}


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/rest/words/", 404),
        ("GET", "/rest/words/a/b/c", 404),
        ("GET", "/rest/words/a", 405),
    ],
)
async def test_other_paths_and_verbs_are_none(
    house: House, verb: str, path: str, status: int
) -> None:
    answer = await house.knock(verb, path, OWNER)

    assert answer.status == status


async def test_answers_are_counted_by_the_path_that_is_declared(house: House) -> None:
    await house.knock("PUT", "/rest/words/a", OPERATOR)
    await house.knock("PUT", "/rest/words/b", OPERATOR)

    assert house.answers[HttpAnswer("/rest/words/{word}", 200)] == 2


async def test_a_body_is_limited(house_with: MakeHouse) -> None:
    house = await house_with(options(*TOKENS, body=1024))

    answer = await house.knock("POST", "/rest/words", OPERATOR, data=b" " * 1025)

    assert answer.status == 413


async def test_the_openapi_document_is_served(house: House) -> None:
    answer = await house.knock("GET", "/openapi.json", READER)

    assert answer.status == 200
    assert answer.json["info"]["version"] == "1.2.3"
    assert set(answer.json["paths"]) == {
        "/rest/words",
        "/rest/words/{word}",
        "/rest/fall",
    }
